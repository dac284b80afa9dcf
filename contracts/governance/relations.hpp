// Relations between organisations over time: who controls whom or is affiliated (org.affiliate), and who came after
// whom (org.succeed). Money hangs on them: related parties earn no subsidy, so a relation that is recorded late has
// what was granted computed anew at once. Part of the governance area; the ties stand in the organisations themselves.
#pragma once

#include <string>
#include <vector>

#include "contracts/governance/governance.hpp"

namespace dengji::contracts {

enum class Affiliation : std::uint8_t { controls, affiliated };
enum class Succession : std::uint8_t { merger, new_code };

struct OrgAffiliateBody {
  OrgId org;
  OrgId other;
  Affiliation relation = Affiliation::controls;
  Date since;
  std::optional<Date> until;
  std::vector<Hash32> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"One organisation; the controller, if the relation is controls"});
    visit("other", self.other, Spec{"The other"});
    visit("relation", self.relation, Spec{"Whether org controls other, or both are affiliated"});
    visit("since", self.since,
          Spec{"First day; may lie long ago. A recorded first day names the relation to be ended"});
    visit("until", self.until, Spec{"Last day; absent while it lasts"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what shows it", .items_min = 1, .items_max = 16});
  }
};

struct OrgSucceedBody {
  OrgId predecessor;
  Succession cause = Succession::merger;
  Date on;
  std::vector<Hash32> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("predecessor", self.predecessor, Spec{"Who is succeeded, by the party that signs as successor"});
    visit("cause", self.cause, Spec{"Merged into the successor, or the same firm under a new code"});
    visit("on", self.on, Spec{"First day of the successor"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of what shows it", .items_min = 1, .items_max = 16});
  }
};

// After `org` was written as a member of `group`: its subsidies and those of everyone who was ever in the group.
Verdict recompute_group(EntryTx& tx, const OrgId& org, const std::string& group);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::Affiliation> {
  static constexpr std::array names{"controls", "affiliated"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Succession> {
  static constexpr std::array names{"merger", "new_code"};
};
