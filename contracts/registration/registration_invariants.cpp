#include "contracts/registration/registration_invariants.hpp"

#include "contracts/certification/certification.hpp"
#include "contracts/registration/registration_objects.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

bool leads(std::string_view status) {
  return status == "notice" || status == "objected" || status == "registered" || status == "frozen";
}

std::string lead_of(const Dataset& dataset) {
  return crypto::to_b64(dataset.application.manifest.root) + " " + std::string(name_of(dataset.application.right));
}

// What can be said of one object and those next to it.
class RegistrationCheck {
 public:
  RegistrationCheck(const ReadView& view, Date day, Faults& faults) : view_(view), day_(day), faults_(faults) {}

  void fault(std::string what) { faults_.push_back(std::move(what)); }

  void source(const Dataset& dataset) {
    const auto& end = dataset.application.source.agreement_until;
    if (dataset.valid_to && end && *dataset.valid_to > *end) fault(dataset.label() + " outlasts its source agreement");
  }

  void parents(const Dataset& dataset) {
    const std::string_view status = effective_status(dataset, day_);
    if ((status != "registered" && status != "frozen") || !dataset.application.parents) return;
    for (const std::string& id : *dataset.application.parents) {
      const auto parent = find_object<Dataset>(view_, resolve_alias(view_, Dataset::kKind, id));
      if (!parent) {
        fault(dataset.label() + " has the unknown parent " + id);
      } else {
        within(dataset.label(), dataset.application.licence, parent->label(), parent->application.licence);
      }
    }
  }

  void certificate(const Certificate& certificate) {
    if (certificate.status != CertificateStatus::valid && certificate.status != CertificateStatus::suspended) return;
    const auto dataset = find_object<Dataset>(view_, certificate.dataset);
    if (!dataset || !dataset->valid_to || certificate.valid_to > *dataset->valid_to) {
      fault(certificate.no.text + " outlasts its registration");
    } else if (dataset->holder != certificate.holder) {
      fault(certificate.no.text + " is live and not the holder's");
    } else if (dataset->status == DatasetStatus::cancelled || dataset->status == DatasetStatus::revoked) {
      fault(certificate.no.text + " is live, its registration is not");
    }
  }

  void licence(const GrantedLicence& licence) {
    if (*licence.terms.until < day_) return;
    const auto dataset = find_object<Dataset>(view_, licence.dataset);
    if (!dataset) return fault("licence " + licence.id + " has no data set");
    if (!licence.under) {
      within("licence " + licence.id, licence.terms, dataset->label(), dataset->application.licence);
    } else if (const auto above = find_object<GrantedLicence>(view_, *licence.under)) {
      within("licence " + licence.id, licence.terms, above->id, above->terms);
    } else {
      fault("licence " + licence.id + " lies under none");
    }
  }

  // Two licences within the same thing.
  void side_by_side(const GrantedLicence& one, const GrantedLicence& other) {
    const bool overlap = other.from <= *one.terms.until && one.from <= *other.terms.until;
    if (overlap && (other.exclusive || one.exclusive)) {
      fault("licences " + one.id + " and " + other.id + " exclude each other");
    }
  }

 private:
  void within(const std::string& what, const Licence& own, const std::string& whose, const Licence& bound) {
    const bool wider = (own.commercial && !bound.commercial) || (own.derivatives && !bound.derivatives) ||
                       (own.redistribution && !bound.redistribution) ||
                       (bound.until && (!own.until || *own.until > *bound.until));
    if (wider) fault(what + " is licensed beyond " + whose);
  }

  const ReadView& view_;
  const Date day_;
  Faults& faults_;
};

}  // namespace

Faults check_registration_invariants(const ReadView& view, Date day) {
  Faults faults;
  RegistrationCheck check(view, day, faults);
  std::map<std::string, std::string> leading;
  std::map<std::string, std::string> firsts;
  each_record<Dataset>(view, [&](const Dataset& dataset) {
    if (leads(effective_status(dataset, day))) {
      const auto [other, alone] = leading.emplace(lead_of(dataset), dataset.label());
      if (!alone) check.fault(dataset.label() + " and " + other->second + " are both live for " + other->first);
    }
    const auto once = [&](bool first, const std::string& scope) {
      if (!first) return;
      const auto [other, alone] = firsts.emplace(scope, dataset.label());
      if (!alone) check.fault(dataset.label() + " and " + other->second + " are both first of " + scope);
    };
    once(dataset.first_enterprise, dataset.original.text);
    // The root of the registration, as later releases change the present one, is not kept: equal present roots suffice.
    if (!dataset.application.content_version) {
      once(dataset.first_dataset, crypto::to_b64(dataset.application.manifest.root));
    }
    check.source(dataset);
    check.parents(dataset);
  });
  each_record<Certificate>(view, [&](const Certificate& certificate) { check.certificate(certificate); });
  // Licences come by id; each is compared with those before it within the same thing.
  std::map<std::string, std::vector<GrantedLicence>> beside;
  each_record<GrantedLicence>(view, [&](const GrantedLicence& licence) {
    check.licence(licence);
    std::vector<GrantedLicence>& others = beside[licence.within()];
    for (const GrantedLicence& other : others) check.side_by_side(licence, other);
    others.push_back(licence);
  });
  return faults;
}

void RegistrationWatch::take(Touch& touch) {
  const ReadView& after = touch.after();
  const Date day = touch.entry.day();
  RegistrationCheck check(after, day, touch.faults);
  touch.each_changed<Dataset>([&](const std::optional<Dataset>& was, const Dataset& is) {
    const auto first = [&](bool before, bool now, const std::string& scope) {
      if (before || !now) return;
      const auto [other, alone] = firsts_.emplace(scope, is.label());
      if (!alone) check.fault(is.label() + " and " + other->second + " are both first of " + scope);
    };
    first(was && was->first_enterprise, is.first_enterprise, is.original.text);
    first(was && was->first_dataset, is.first_dataset, crypto::to_b64(is.application.manifest.root));
    if (was && leads(name_of(was->status))) leads_[lead_of(*was)].erase(was->id);
    if (leads(name_of(is.status))) {
      std::set<std::string>& claimants = leads_[lead_of(is)];
      claimants.insert(is.id);
      int live = 0;
      for (const std::string& id : claimants) {
        const auto one = find_object<Dataset>(after, id);
        if (one && leads(effective_status(*one, day))) ++live;
      }
      if (live > 1) check.fault(is.label() + " is not alone live for " + lead_of(is));
    }
    check.source(is);
    check.parents(is);
    if (!is.no) return;
    if (is.certificate) {
      if (const auto latest = find_object<Certificate>(after, is.certificate->text)) check.certificate(*latest);
    }
    if (!was) return;
    // What stands on it need only be asked when its terms changed.
    const Licence& old = was->application.licence;
    const Licence& now = is.application.licence;
    if (old.commercial == now.commercial && old.derivatives == now.derivatives &&
        old.redistribution == now.redistribution && old.until == now.until) {
      return;
    }
    for (const std::string& name : {is.id, is.no->text}) {
      each_indexed<Dataset>(after, "parent", name, [&](const Dataset& child) { check.parents(child); });
    }
    each_indexed<GrantedLicence>(after, "dataset", is.id,
                                 [&](const GrantedLicence& licence) { check.licence(licence); });
  });
  touch.each_changed<Certificate>(
      [&](const std::optional<Certificate>&, const Certificate& is) { check.certificate(is); });
  touch.each_changed<GrantedLicence>([&](const std::optional<GrantedLicence>&, const GrantedLicence& is) {
    check.licence(is);
    each_indexed<GrantedLicence>(after, "within", is.within(), [&](const GrantedLicence& other) {
      if (other.id != is.id) check.side_by_side(is, other);
    });
  });
}

}  // namespace dengji::contracts
