// Which versions exist, without reading the policies themselves: a small list per (kind, jurisdiction), for a
// vocabulary per name too, and one per code, so that "which is in force?" costs two reads. Keys: "policy" + "kind" +
// kind + jurisdiction (+ name), and "policy" + "code" + code. Written only by policy.enact and policy.retire.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/policies.hpp"

namespace dengji::contracts {

struct PolicySpan {
  std::string code;
  std::int64_t version = 1;
  Date from;
  std::optional<Date> to;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"Code"});
    visit("version", self.version, Spec{"Version"});
    visit("from", self.from, Spec{"First day"});
    visit("to", self.to, Spec{"Last day"});
  }

  std::string rule() const { return code + "@" + std::to_string(version); }
  friend auto operator<=>(const PolicySpan&, const PolicySpan&) = default;
};

// By code, then version.
struct PolicyDirectory {
  std::vector<PolicySpan> spans;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("spans", self.spans, Spec{"Versions by code, then number"});
  }
};

std::string policy_kind_key(PolicyKind kind, std::string_view jurisdiction, std::string_view topic = {});
std::string policy_code_key(std::string_view code);
std::vector<PolicySpan> policy_versions(const ReadView& view, std::string_view code);
void add_policy_span(EntryTx& tx, const std::string& key, const PolicySpan& span);
// The version ends on `last`; one that would have begun later never comes into force.
void end_policy_span(EntryTx& tx, const std::string& key, const PolicySpan& span, Date last);

}  // namespace dengji::contracts
