#include "contracts/common/succession.hpp"

#include <algorithm>

namespace dengji::contracts {
namespace {

// An organisation is succeeded once, and its successor can no longer be succeeded by it: the way has an end.
const OrgId* next_in_line(const Org& org) {
  const auto tie =
      std::find_if(org.ties.begin(), org.ties.end(), [](const Tie& one) { return one.nature == "successor"; });
  return tie == org.ties.end() ? nullptr : &tie->other;
}

}  // namespace

OrgId place_of(const ReadView& view, const OrgId& org) {
  const auto found = find_object<Org>(view, org.text);
  return found && found->place ? *found->place : org;
}

std::vector<OrgId> holders_of_place(const ReadView& view, const OrgId& place) {
  std::vector<OrgId> holders{place};
  const std::string prefix = index_prefix(Org::kKind, "place", place.text);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    holders.emplace_back(std::string(key.substr(prefix.size())));
    return true;
  });
  return holders;
}

OrgId successor_now(const ReadView& view, const OrgId& party) {
  OrgId last = party;
  while (const auto org = find_object<Org>(view, last.text)) {
    const OrgId* next = next_in_line(*org);
    if (!next) break;
    last = *next;
  }
  return last;
}

bool stands_for(const ReadView& view, const OrgId& actor, const OrgId& party) {
  OrgId at = party;
  while (at != actor) {
    const auto org = find_object<Org>(view, at.text);
    const OrgId* next = org ? next_in_line(*org) : nullptr;
    if (!next) return false;
    at = *next;
  }
  return true;
}

}  // namespace dengji::contracts
