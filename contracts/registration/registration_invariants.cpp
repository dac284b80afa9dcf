#include "contracts/registration/registration_invariants.hpp"

#include <map>

#include "contracts/certification/certification.hpp"
#include "contracts/registration/registration_objects.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

class RegistrationCheck {
 public:
  RegistrationCheck(const ReadView& view, Date day) : view_(view), day_(day) {}

  std::vector<std::string> run() {
    each<Dataset>([&](const Dataset& dataset) {
      check_leads(dataset);
      check_firsts(dataset);
      check_parents_allow(dataset);
      const auto& end = dataset.application.source.agreement_until;
      if (dataset.valid_to && end && *dataset.valid_to > *end)
        fault(dataset.label() + " outlasts its source agreement");
    });
    each<Certificate>([&](const Certificate& certificate) { check_certificate_within(certificate); });
    each<GrantedLicence>([&](const GrantedLicence& licence) {
      check_licence_within(licence);
      check_alone(licence);
    });
    return std::move(faults_);
  }

 private:
  void fault(std::string what) { faults_.push_back(std::move(what)); }

  template <class T, class Look>
  void each(Look look) {
    const std::string prefix = object_prefix(T::kKind);
    view_.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
      look(decode<T>(record));
      return true;
    });
  }

  void check_leads(const Dataset& dataset) {
    const std::string_view status = effective_status(dataset, day_);
    if (status != "notice" && status != "objected" && status != "registered" && status != "frozen") return;
    const std::string claim =
        crypto::to_b64(dataset.application.manifest.root) + " " + std::string(name_of(dataset.application.right));
    const auto [other, alone] = leads_.emplace(claim, dataset.label());
    if (!alone) fault(dataset.label() + " and " + other->second + " are both live for " + claim);
  }

  void check_firsts(const Dataset& dataset) {
    const auto once = [&](bool first, const std::string& scope) {
      if (!first) return;
      const auto [other, alone] = firsts_.emplace(scope, dataset.label());
      if (!alone) fault(dataset.label() + " and " + other->second + " are both first of " + scope);
    };
    once(dataset.first_enterprise, dataset.original.text);
    // The root of the registration, as later releases change the present one, is not kept: equal present roots suffice.
    if (!dataset.application.content_version) {
      once(dataset.first_dataset, crypto::to_b64(dataset.application.manifest.root));
    }
  }

  void check_within(const std::string& what, const Licence& own, const std::string& whose, const Licence& bound) {
    const bool wider = (own.commercial && !bound.commercial) || (own.derivatives && !bound.derivatives) ||
                       (own.redistribution && !bound.redistribution) ||
                       (bound.until && (!own.until || *own.until > *bound.until));
    if (wider) fault(what + " is licensed beyond " + whose);
  }

  void check_parents_allow(const Dataset& dataset) {
    const std::string_view status = effective_status(dataset, day_);
    if ((status != "registered" && status != "frozen") || !dataset.application.parents) return;
    for (const std::string& id : *dataset.application.parents) {
      const auto parent = find_object<Dataset>(view_, resolve_alias(view_, Dataset::kKind, id));
      if (!parent) {
        fault(dataset.label() + " has the unknown parent " + id);
      } else {
        check_within(dataset.label(), dataset.application.licence, parent->label(), parent->application.licence);
      }
    }
  }

  void check_certificate_within(const Certificate& certificate) {
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

  void check_licence_within(const GrantedLicence& licence) {
    if (*licence.terms.until < day_) return;
    const auto dataset = find_object<Dataset>(view_, licence.dataset);
    if (!dataset) return fault("licence " + licence.id + " has no data set");
    if (!licence.under) {
      check_within("licence " + licence.id, licence.terms, dataset->label(), dataset->application.licence);
    } else if (const auto above = find_object<GrantedLicence>(view_, *licence.under)) {
      check_within("licence " + licence.id, licence.terms, above->id, above->terms);
    } else {
      fault("licence " + licence.id + " lies under none");
    }
  }

  // Licences come by id; each is compared with those before it within the same thing.
  void check_alone(const GrantedLicence& licence) {
    std::vector<GrantedLicence>& others = within_[licence.within()];
    for (const GrantedLicence& other : others) {
      const bool overlap = other.from <= *licence.terms.until && licence.from <= *other.terms.until;
      if (overlap && (other.exclusive || licence.exclusive)) {
        fault("licences " + licence.id + " and " + other.id + " exclude each other");
      }
    }
    others.push_back(licence);
  }

  const ReadView& view_;
  const Date day_;
  std::vector<std::string> faults_;
  std::map<std::string, std::string> leads_;
  std::map<std::string, std::string> firsts_;
  std::map<std::string, std::vector<GrantedLicence>> within_;
};

}  // namespace

std::vector<std::string> check_registration_invariants(const state::ReadView& view, Date day) {
  return RegistrationCheck(view, day).run();
}

}  // namespace dengji::contracts
