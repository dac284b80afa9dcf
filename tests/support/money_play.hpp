// A seeded player of the money side of the rulebook: it makes up acts of every kind, sensible or not, on a ledger in
// memory, and remembers what was accepted so that it can be replayed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "contracts/invariants.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

class MoneyPlay {
 public:
  explicit MoneyPlay(std::uint64_t seed);

  // One random act, accepted or refused.
  void step();
  // Everything that must hold after it; each fault in a sentence.
  std::vector<std::string> faults() const;

  // An act of the caller's own between the player's; it counts and is remembered like these.
  Submitted submit(const std::string& type, const std::vector<By>& by, const Json& body);

  const ContractFixture& ledger() const { return ledger_; }
  int accepted() const { return accepted_; }
  int refused() const { return refused_; }
  // "subsidy.pay ok", "subsidy.pay 643" …: what was tried and what came of it.
  const std::map<std::string, int>& outcomes() const { return outcomes_; }

  struct Sent {
    std::string bytes;
    LedgerTime time;
  };
  // Accepted entries, genesis first, as they were sent.
  const std::vector<Sent>& sent() const { return sent_; }

 private:
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  std::string pick_id(const std::string& kind);
  std::int64_t amount(std::int64_t around);
  Json voucher(std::int64_t fen);
  std::string bank_day();

  void enact_lines();
  void register_dataset(const std::string& holder);

  void pass_time();
  void trade_act();
  void judge_trade();
  void perform_trade();
  void fee_act();
  void pool_act();
  void claim_act();
  void subsidy_act();
  void certificate_act();
  std::uint64_t fitting_act(contracts::ClaimStatus status);

  std::mt19937_64 random_;
  ContractFixture ledger_;
  contracts::PostingsLedger postings_;
  std::vector<std::string> lines_;
  std::vector<Sent> sent_;
  std::map<std::string, int> outcomes_;
  std::vector<std::string> vouchers_;
  int datasets_ = 0;
  int accepted_ = 0;
  int refused_ = 0;
};

}  // namespace dengji::test
