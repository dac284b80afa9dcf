// Amounts in entries that follow from an earlier decision: an approval of what was reserved, a receipt of what was due.
// Where the replay decided otherwise, the act is repeated in the same proportion to what it was about: what was done in
// full is done in full again, a part stays that part up to what there is.
#pragma once

#include <optional>

#include "contracts/engine.hpp"

namespace dengji::contracts::dry_run {

// What there is for the entry's amount to be taken from, in the state just before it; nullopt for entries whose amount,
// if any, is a decision of its own.
std::optional<Fen> at_stake(const state::ReadView& view, const CheckedEntry& entry);

struct Repeated {
  state::BodyPtr body;  // nullptr: as it is
  bool nothing_left = false;
};
// The entry's body where `was` was at stake and `would` is. Both as at_stake gave them.
Repeated repeat_amount(const CheckedEntry& entry, Fen was, Fen would);

}  // namespace dengji::contracts::dry_run
