#include "node/cli/certificate_facts.hpp"

#include <algorithm>

#include "crypto/base64.hpp"
#include "ledger/base/time.hpp"

namespace dengji::cli {
namespace {

using node::Proven;

constexpr std::string_view kCertificateKind = "certificate";
constexpr std::string_view kDatasetKind = "dataset";
constexpr std::string_view kApplicationKind = "certificate_application";
constexpr const char* kTransferType = "dataset.transfer";

std::string member_text(const Json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The effects of one name on one kind of object, in their order.
std::vector<const Json*> effects_on(const Proven& proven, std::string_view fx, std::string_view kind) {
  std::vector<const Json*> found;
  for (const Json& effect : proven.leaf.effects) {
    if (member_text(effect, "fx") == fx && member_text(effect, "kind") == kind) found.push_back(&effect);
  }
  return found;
}

std::string org_with_role(const Proven& proven, std::string_view role) {
  for (const entry::Party& party : proven.entry.envelope.parties)
    if (party.role == role) return party.org.text;
  return {};
}

std::string day_of(const Proven& proven) {
  return format_date(shanghai_day(proven.leaf.time));
}

Json span_of(const Proven& proven, const std::string& status) {
  return Json{{"from", format_time(proven.leaf.time)}, {"status", status}, {"seq", proven.leaf.seq.value}};
}

void copy_member(const Json& from, const char* member, Json& to, const char* as) {
  if (const auto found = from.find(member); found != from.end()) to[as] = *found;
}

// The application that an issue or a renewal answered; empty: none.
std::string answered(const Proven& proven) {
  for (const Json* effect : effects_on(proven, "status", kApplicationKind)) {
    const std::string to = member_text(*effect, "to");
    if (to == "issued" || to == "renewed") return member_text(*effect, "id");
  }
  return {};
}

// Why a status changed, as the certificate keeps it; empty where the leaf does not say.
std::string reason_of(const Proven& proven) {
  const std::string& type = proven.entry.envelope.type;
  if (type == kTransferType) return type;
  const bool says = type.starts_with("certificate.") || type == "dataset.cancel" || type == "dataset.revoke";
  return says ? member_text(proven.entry.envelope.body, "reason") : std::string();
}

// A last day that came nearer by an entry that is not among the proofs is told; one that lies further is made up.
bool is_earlier_day(const Json& told, const Json& proven) {
  const auto a = told.is_string() ? parse_date(told.get_ref<const std::string&>()) : std::nullopt;
  const auto b = proven.is_string() ? parse_date(proven.get_ref<const std::string&>()) : std::nullopt;
  return a && b && *a < *b;
}

}  // namespace

std::optional<std::string> replaced_by(const Proven& issue) {
  for (const Json* effect : effects_on(issue, "status", kCertificateKind))
    if (member_text(*effect, "to") == "replaced") return member_text(*effect, "id");
  return std::nullopt;
}

const Json* CertificateFacts::dataset(const std::string& name) const {
  const auto alias = by_no_.find(name);
  const auto found = datasets_.find(alias == by_no_.end() ? name : alias->second);
  return found == datasets_.end() ? nullptr : &found->second;
}

void CertificateFacts::take_registration(const Proven& proven) {
  const entry::Envelope& envelope = proven.entry.envelope;
  const auto about = [this](const std::string& id) -> Json& {
    Json& facts = datasets_[id];
    facts["dataset"] = id;
    return facts;
  };
  if (envelope.type == "dataset.apply" || envelope.type == "dataset.recognise")
    about(crypto::to_b64(proven.entry.entry_id))["holder"] = org_with_role(proven, "applicant");
  const auto numbers = effects_on(proven, "number", kDatasetKind);
  const auto changes = effects_on(proven, "status", kDatasetKind);
  if (numbers.size() == 1 && changes.size() == 1) {
    const std::string id = member_text(*changes[0], "id");
    const std::string no = member_text(*numbers[0], "no");
    about(id)["dataset_no"] = no;
    by_no_[no] = id;
  }
  for (const Json* effect : effects_on(proven, "flag", kDatasetKind)) {
    const Json members = effect->value("members", Json::array());
    if (member_text(*effect, "code") == "transferred" && members.size() == 2)
      about(member_text(*effect, "id"))["holder"] = members[1];
  }
  for (const Json* effect : effects_on(proven, "deadline", kDatasetKind)) {
    if (member_text(*effect, "what") == "validity")
      about(member_text(*effect, "id"))["valid_to"] = effect->value("until", Json());
  }
}

void CertificateFacts::take_new_certificate(const Proven& proven, const std::string& no) {
  const entry::Envelope& envelope = proven.entry.envelope;
  const std::string name = member_text(envelope.body, "dataset");
  const Json* registration = dataset(name);
  Json facts = Json::object();
  if (envelope.type == kTransferType) {
    const auto old = replaced_by(proven);
    const auto before = old ? certificates_.find(*old) : certificates_.end();
    if (before != certificates_.end()) {
      for (const char* member :
           {"dataset", "dataset_no", "issuer", "certifier", "scope", "grade", "valid_from", "valid_to"})
        copy_member(before->second, member, facts, member);
      if (facts.contains("valid_from") && is_earlier_day(facts["valid_from"], day_of(proven)))
        facts["valid_from"] = day_of(proven);
    }
    facts["holder"] = org_with_role(proven, "transferee");
    facts["application"] = nullptr;
    if (old) facts["reason"] = "replaces " + *old;
  } else {
    const std::string certifier = org_with_role(proven, "certifier");
    const std::string application = answered(proven);
    facts["issuer"] = org_with_role(proven, "platform");
    facts["certifier"] = certifier.empty() ? Json() : Json(certifier);
    copy_member(envelope.body, "scope", facts, "scope");
    copy_member(envelope.body, "grade", facts, "grade");
    facts["valid_from"] = envelope.body.value("valid_from", Json(day_of(proven)));
    if (registration) {
      copy_member(*registration, "holder", facts, "holder");
      copy_member(*registration, "valid_to", facts, "valid_to");
    }
    copy_member(envelope.body, "valid_to", facts, "valid_to");
    facts["application"] = application.empty() ? Json() : Json(application);
    facts["reason"] = nullptr;
  }
  // The body names the data set by its number or its id; the other of the two is the registration's to say.
  facts[name.starts_with("DJ") ? "dataset_no" : "dataset"] = name;
  if (registration) {
    copy_member(*registration, "dataset", facts, "dataset");
    copy_member(*registration, "dataset_no", facts, "dataset_no");
  }
  facts["no"] = no;
  facts["issued_on"] = day_of(proven);
  facts["issued_seq"] = proven.leaf.seq.value;
  facts["renewed_on"] = nullptr;
  facts["history"] = Json::array();
  certificates_[no] = std::move(facts);
}

void CertificateFacts::take_changes(const Proven& proven) {
  const bool renewal = proven.entry.envelope.type == "certificate.renew";
  for (const Json* effect : effects_on(proven, "status", kCertificateKind)) {
    const auto found = certificates_.find(member_text(*effect, "id"));
    if (found == certificates_.end()) continue;
    Json& facts = found->second;
    const std::string to = member_text(*effect, "to");
    facts["status"] = to;
    facts["history"].push_back(span_of(proven, to));
    if (!effect->contains("from")) continue;
    const std::string reason = reason_of(proven);
    if (reason.empty()) {
      facts.erase("reason");
    } else {
      facts["reason"] = reason;
    }
  }
  for (const Json* effect : effects_on(proven, "deadline", kCertificateKind)) {
    const auto found = certificates_.find(member_text(*effect, "id"));
    if (found == certificates_.end() || member_text(*effect, "what") != "validity") continue;
    Json& facts = found->second;
    facts["valid_to"] = effect->value("until", Json());
    if (!renewal) continue;
    facts["renewed_on"] = day_of(proven);
    facts["history"].push_back(span_of(proven, member_text(facts, "status")));
    if (const std::string application = answered(proven); !application.empty()) facts["application"] = application;
  }
}

void CertificateFacts::take(const Proven& proven) {
  take_registration(proven);
  const auto numbers = effects_on(proven, "number", kCertificateKind);
  const auto changes = effects_on(proven, "status", kCertificateKind);
  for (const Json* effect : changes) {
    const std::string no = member_text(*effect, "id");
    const bool numbered = std::any_of(numbers.begin(), numbers.end(),
                                      [&no](const Json* number) { return member_text(*number, "no") == no; });
    if (numbered && !effect->contains("from")) take_new_certificate(proven, no);
  }
  take_changes(proven);
}

Json CertificateFacts::of(const std::string& no) const {
  const auto found = certificates_.find(no);
  return found == certificates_.end() ? Json::object() : found->second;
}

Result<Comparison> compare_certificate(const Json& certificate, const Json& facts) {
  const auto contradiction = [](const std::string& member, const std::string& told, const Json& proven) {
    return fail(ErrorCode::ledger_inconsistent,
                "the certificate says otherwise than its entries: " + member + " is " + told + ", its entries " +
                    (proven.is_null() ? "give it none" : "make it " + proven.dump()),
                "/certificate/" + member);
  };
  Comparison comparison;
  for (const auto& [member, told] : certificate.items()) {
    const auto proven = facts.find(member);
    const bool nearer = member == "valid_to" && proven != facts.end() && is_earlier_day(told, *proven);
    if (proven == facts.end() || nearer) {
      comparison.unproven[member] = told;
    } else if (*proven != told) {
      return contradiction(member, told.dump(), *proven);
    } else {
      comparison.proven[member] = told;
    }
  }
  for (const auto& [member, proven] : facts.items()) {
    if (!proven.is_null() && !certificate.contains(member)) return contradiction(member, "not there", proven);
  }
  return comparison;
}

}  // namespace dengji::cli
