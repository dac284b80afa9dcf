// What must hold of a ledger at every seq (docs/domain.md "Invariants"), checked in three independent ways: from a
// whole state, here; from what each entry wrote (contracts/invariants/watch.hpp); and from the postings in the leaves'
// effects alone. Each subject has its file in contracts/invariants/. Used by audit and by the property tests; no
// contract calls it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/invariants/touch.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::contracts {

// Every fault found, a sentence each; empty if all holds on `day`, that of the state's last entry or later. Account
// limits and balanced books with their identities; trades and vouchers; claims against pools and caps, and what was
// granted against what is now earned; registrations, certificates and licences; exports; filings. Reads the whole
// state.
Faults check_invariants(const ReadView& view, Date day);
// The money alone: books, trades, vouchers, claims and pools.
Faults check_money_invariants(const ReadView& view);

// Re-adds the postings of effects given as JSON, with no help from the code that made them: its own reading of the
// members, its own account table, its own sums.
class PostingsLedger {
 public:
  // Effects of one leaf, in order. Faults (an unknown form, an account beyond its limit, lines across books) are kept.
  void add(std::uint64_t seq, const json::Json& effects);

  // Faults so far, then those of the identities as they stand now: the fee, pool-year and receivable identities and,
  // per BT number, pool against caps.
  Faults faults() const;
  // Differences between these balances and those of a state, both ways.
  Faults compare(const ReadView& view) const;

  const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }

 private:
  struct Granted {
    std::int64_t posted = 0;
    std::int64_t pending = 0;
  };

  void add_line(const std::string& where, const std::string& movement, const std::string& cause,
                const json::Json& line);
  void add_granted(const std::string& movement, const std::string& cause, const std::string& debit,
                   const std::string& credit, std::int64_t fen);
  void check_granted(std::vector<std::string>& faults) const;

  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, std::int64_t, std::less<>> reserved_;                       // by cause and both accounts
  std::map<std::string, Granted, std::less<>> pool_granted_;                        // by BT number
  std::map<std::string, std::map<std::string, Granted>, std::less<>> cap_granted_;  // by BT number, then cap book
  std::vector<std::string> faults_;
};

}  // namespace dengji::contracts
