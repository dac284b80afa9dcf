// What may happen to a filing after it was declared: the declarant amends or withdraws it, the other party disputes it,
// the platform revokes it. A confirmed one is changed by both parties together, or falls back to being one-sided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/filing/filings.hpp"

namespace dengji::contracts {

struct FilingAmendBody {
  RegNo filing;
  Deal deal;  // its members stand beside `filing`
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    Deal::fields(self.deal, visit);
    visit("reason", self.reason, Spec{"Why it is amended", 1, 500});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of papers that support it", .items_max = 16});
  }
};

struct FilingDisputeBody {
  RegNo filing;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    visit("reason", self.reason, Spec{"What is not right", 1, 500});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of papers that support it", .items_max = 16});
  }
};

// filing.withdraw and filing.revoke.
struct FilingEndBody {
  RegNo filing;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    visit("reason", self.reason, Spec{"Why", 1, 500});
  }
};

}  // namespace dengji::contracts
