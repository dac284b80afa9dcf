#include "contracts/governance/publications.hpp"

#include <algorithm>

#include "contracts/common/policies.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = GovernanceVerdict;

// --- org.attest
Verdict check_attested_days(const EntryTx& tx, const OrgAttestBody& body) {
  const Date today = tx.context().day();
  if (body.from > today) return refuse(V::attestation_days, "today is " + format_date(today), "/body/from");
  if (body.until && *body.until < body.from) {
    return refuse(V::attestation_days, "from " + format_date(body.from), "/body/until");
  }
  return {};
}

Verdict apply_attest(EntryTx& tx, const OrgAttestBody& body) {
  if (const auto* holder = tx.context().party("holder"); holder && holder->org != body.org) {
    return refuse(V::not_the_holder, holder->org.text + " signs for " + body.org.text, "/body/org");
  }
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  DENGJI_TRY(check_attested_days(tx, body));
  const Attestation attestation{.standard = body.standard,
                                .level = body.level,
                                .attested_by = body.attested_by,
                                .from = body.from,
                                .until = body.until,
                                .recorded_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  auto& all = org->attestations;
  const auto old =
      std::find_if(all.begin(), all.end(), [&](const Attestation& one) { return one.standard == body.standard; });
  if (old != all.end()) {
    *old = attestation;
  } else if (all.size() >= Org::kMaxRecords) {
    return refuse(V::records_full, body.org.text + " meets " + std::to_string(all.size()) + " standards", "/body/org");
  } else {
    all.push_back(attestation);
  }
  tx.put(*org);
  std::vector<std::string> members{body.standard};
  if (body.level) members.push_back(*body.level);
  tx.flag(Org::kKind, body.org.text, "attested", std::move(members));
  tx.subject(Org::kKind, body.org.text);
  tx.reader(body.org);
  return {};
}

// --- document.publish
bool is_place_on_the_web(std::string_view url) {
  return url.starts_with("https://") && std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// The older document is replaced once.
Verdict replace(EntryTx& tx, const DocumentForm& form) {
  auto old = tx.need<Document>(crypto::to_b64(*form.replaces), "/body/replaces");
  if (!old) return std::unexpected(std::move(old.error()));
  if (old->status == DocumentStatus::replaced) {
    return refuse(V::document_replaced, "by " + crypto::to_b64(*old->replaced_by) + "; replace that one",
                  "/body/replaces");
  }
  tx.status(Document::kKind, old->object_id(), name_of(old->status), name_of(DocumentStatus::replaced));
  old->status = DocumentStatus::replaced;
  old->replaced_by = form.hash;
  tx.put(*old);
  return {};
}

Verdict apply_publish(EntryTx& tx, const DocumentForm& form) {
  Document document;
  static_cast<DocumentForm&>(document) = form;
  const std::string id = document.object_id();
  if (const auto known = tx.find<Document>(id)) {
    return refuse(V::document_known, "by entry " + std::to_string(known->published_seq), "/body/hash");
  }
  if (!is_place_on_the_web(form.url)) return refuse(V::document_url_form, form.url, "/body/url");
  if (form.policy && !policy_by_rule(tx.view(), *form.policy)) {
    return refuse(General::object_unknown, "policy " + *form.policy, "/body/policy");
  }
  if (form.replaces) DENGJI_TRY(replace(tx, form));
  document.publisher = tx.context().parties.front().org;
  document.published_on = tx.context().day();
  document.published_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.put(document);
  tx.status(Document::kKind, id, "", name_of(document.status));
  tx.subject(Document::kKind, id);
  return {};
}

}  // namespace

std::string Document::object_id() const {
  return crypto::to_b64(hash);
}

void Document::indexes(const Document& document, IndexSink& sink) {
  sink.add("kind", name_of(document.kind));
  sink.add("status", name_of(document.status));
}

std::vector<EntryTypeInfo> publication_types() {
  constexpr std::string_view kArea = "governance";
  return {
      entry_type<OrgAttestBody, &apply_attest>(
          "org.attest", kArea,
          {"Records that an organisation meets a standard, by whom it was attested and until when",
           "登记主体符合的标准、认证机构与有效期"},
          {{{"holder"}, 0, 1}, {{"platform", "registrar", "bureau", "certifier", kGovernor}, 1, 15}},
          Visibility::everyone),
      entry_type<DocumentForm, &apply_publish>(
          "document.publish", kArea,
          {"Publishes a document by its hash, title and place on the web", "以哈希、标题与网址发布文件"},
          {{{"bureau", kGovernor}, 1, 16}}, Visibility::everyone),
  };
}

}  // namespace dengji::contracts
