// A random history of the whole rulebook as steps that can be kept, played again and cut down: what to send, by whom,
// how long to wait before. The ledger here plays a step in memory, without signatures, and asks after each entry
// whether every invariant still holds of what it touched, and in full when told to.
//
//   RulesHistory history(seed);  // rules_player.hpp
//   while (history.steps().size() < 1000 && history.world().faults().empty()) history.go_on();
//   if (!history.world().faults().empty())
//     std::puts(pasteable(shrink(history.steps(), history.world().faults().front())).c_str());
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "contracts/invariants.hpp"
#include "contracts/invariants/watch.hpp"
#include "tests/support/contract_fixture.hpp"

namespace dengji::test {

struct Step {
  std::int64_t wait_hours = 0;
  std::string type;
  std::vector<By> by;
  Json body;
  std::vector<std::string> made;  // ids of objects that it made when it was first played, in order
};

// What there is on a ledger, kept from what entries wrote: no scan per step.
class Roster {
 public:
  // Ids of the objects that are new, in order of kind and id.
  std::vector<std::string> note(const contracts::Accepted& accepted);
  const std::vector<std::string>& of(std::string_view kind) const;
  // As the last `status` effect said; empty if there was none.
  const std::string& status(std::string_view kind, const std::string& id) const;

 private:
  std::set<std::string, std::less<>> known_;
  std::map<std::string, std::vector<std::string>, std::less<>> ids_;
  std::map<std::string, std::string, std::less<>> statuses_;  // by "kind/id"
};

class RulesLedger {
 public:
  RulesLedger();
  RulesLedger(const RulesLedger&) = delete;
  RulesLedger& operator=(const RulesLedger&) = delete;

  // Notes what it made in the step. Faults of what it touched are kept.
  Submitted play(Step& step);
  // All invariants over the whole state, and the postings against it.
  void check_whole();
  // Applies every accepted entry again to an empty ledger: leaves and state must be the same.
  void check_replay();

  const ContractFixture& ledger() const { return ledger_; }
  const Roster& roster() const { return roster_; }
  const std::vector<std::string>& faults() const { return faults_; }
  int accepted() const { return accepted_; }
  // "subsidy.pay ok", "subsidy.pay 643", "fee.waive unread" …: what was tried and what came of it.
  const std::map<std::string, int>& outcomes() const { return outcomes_; }

 private:
  void take(const contracts::CheckedEntry& checked, const contracts::Accepted& accepted);

  ContractFixture ledger_;
  Roster roster_;
  contracts::InvariantWatch watch_;
  contracts::PostingsLedger postings_;
  std::vector<contracts::CheckedEntry> entries_;
  std::vector<LedgerTime> times_;
  std::vector<std::string> made_;  // by the entry that was just taken
  std::vector<std::string> faults_;
  std::map<std::string, int> outcomes_;
  int accepted_ = 0;
};

// --- failing histories ---------------------------------------------------------------------------------------------
// The first fault of playing steps from the start, "" if there is none. Ids in bodies are those of the first playing;
// they are replaced by what the same steps make now.
std::string fault_of(std::vector<Step> steps);
// Every string of a body that is a key of `names` becomes its value.
void rename_ids(Json& body, const std::map<std::string, std::string>& names);
// What stays of a fault when numbers, ids and names are left out: two faults with the same words are the same.
std::string words_of(const std::string& fault);
// Fewest steps found that still come to the same fault: halves are left out, then quarters … single steps.
using Judge = std::function<std::string(std::vector<Step>)>;
std::vector<Step> shrink(std::vector<Step> steps, const std::string& fault, const Judge& judge = fault_of);
// A history as lines that can be pasted into a test with a ContractFixture `ledger`.
std::string pasteable(const std::vector<Step>& steps);

}  // namespace dengji::test
