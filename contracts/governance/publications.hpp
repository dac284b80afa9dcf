// What is published about the ledger's world beside its acts: the standards that organisations meet (org.attest) and
// documents such as notices and the texts of policies (document.publish). The ledger keeps hash, title and place; the
// document itself stays where it is published. Part of the governance area.
#pragma once

#include <string>
#include <vector>

#include "contracts/governance/governance.hpp"

namespace dengji::contracts {

struct OrgAttestBody {
  OrgId org;
  std::string standard;
  std::optional<std::string> level;
  std::string attested_by;
  Date from;
  std::optional<Date> until;
  std::vector<Hash32> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"Who meets the standard"});
    visit("standard", self.standard, Spec{"The standard, such as DCMM or ISO/IEC 27001", 1, 64});
    visit("level", self.level, Spec{"Level reached", 1, 64});
    visit("attested_by", self.attested_by, Spec{"Body that attested it", 1, 200});
    visit("from", self.from, Spec{"First day"});
    visit("until", self.until, Spec{"Last day"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of the certificate", .items_min = 1, .items_max = 16});
  }
};

enum class DocumentKind : std::uint8_t { notice, standard, guide, report, policy_text, other };
enum class DocumentStatus : std::uint8_t { published, replaced };

struct DocumentForm {
  Hash32 hash;
  std::string title;
  DocumentKind kind = DocumentKind::notice;
  std::string url;
  std::optional<std::string> policy;
  std::optional<Hash32> replaces;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("hash", self.hash, Spec{"SHA-256 of the document"});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("kind", self.kind, Spec{"What it is"});
    visit("url", self.url, Spec{"Where it is published: https://…", 9, 500});
    visit("policy", self.policy, Spec{"Policy whose text it is, such as FEE-REG@1", 1, 80});
    visit("replaces", self.replaces, Spec{"Document that it takes the place of"});
  }
};

struct Document : DocumentForm {
  static constexpr std::string_view kKind = "document";

  DocumentStatus status = DocumentStatus::published;
  OrgId publisher;
  Date published_on;
  std::int64_t published_seq = 0;
  std::optional<Hash32> replaced_by;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    DocumentForm::fields(self, visit);
    visit("status", self.status, Spec{"Status"});
    visit("publisher", self.publisher, Spec{"First signer"});
    visit("published_on", self.published_on, Spec{"Day of publication"});
    visit("published_seq", self.published_seq, Spec{"Entry that published it"});
    visit("replaced_by", self.replaced_by, Spec{"Document that took its place"});
  }

  std::string object_id() const;
  static void indexes(const Document& document, IndexSink& sink);  // kind, status
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::DocumentKind> {
  static constexpr std::array names{"notice", "standard", "guide", "report", "policy_text", "other"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::DocumentStatus> {
  static constexpr std::array names{"published", "replaced"};
};
