// The invariants after every entry, over the keys that it touched: what `dengji audit` asks at every seq and the
// property tests after every step. It keeps what a single entry cannot tell (which data sets lead, which are first of
// their scope, what was exported in a year) in tables of its own, built from the same records that it is shown, so it
// trusts no counter, mark or index of the contracts for these.
#pragma once

#include "contracts/invariants/act_invariants.hpp"
#include "contracts/registration/registration_invariants.hpp"
#include "contracts/standing_invariants.hpp"

namespace dengji::contracts {

class InvariantWatch {
 public:
  // `before` is the state just before the entry. Every fault in a sentence; empty if all holds. Entries must come in
  // order from the first.
  Faults take(const ReadView& before, const WatchedEntry& entry);

 private:
  RegistrationWatch registrations_;
  ExportWatch exports_;
  std::uint64_t next_ = 0;
  LedgerTime last_;
};

}  // namespace dengji::contracts
