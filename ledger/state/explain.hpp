// How an amount came about, to the fen: what the entries told when they decided it, every change since and which entry
// made it, what the state gives when it is computed anew, and what stopped the rest. Object kinds that hold money fill
// an Explanation (registry.hpp); the API serves it and dengji prints it, neither knowing what a kind means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/seq.hpp"
#include "ledger/state/effects.hpp"

namespace dengji::state {

// The entries below one size of the ledger, for explanations: of the node's own log, or of an export that was audited.
class EntryHistory {
 public:
  virtual ~EntryHistory() = default;

  struct Told {
    std::string type;
    LedgerTime time;
    std::vector<Effect> effects;
  };
  // Errors: not_found at or beyond the size, those of the log.
  virtual Result<Told> told(Seq seq) const = 0;

  struct Version {
    Seq seq;
    std::optional<std::string> value;  // nullopt: erased
  };
  // What a state key held after each entry that wrote it, oldest first.
  virtual Result<std::vector<Version>> versions(std::string_view key) const = 0;
  // The last entry that wrote it, whatever the number of those before.
  virtual Result<std::optional<Seq>> last_change(std::string_view key) const = 0;
};

struct ExplainedEntry {
  std::int64_t seq = 0;
  std::string type;
  LedgerTime time;
  std::optional<std::string> id;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("seq", self.seq, Spec{"The entry"});
    visit("type", self.type, Spec{"Its type"});
    visit("time", self.time, Spec{"Its ledger time"});
    visit("id", self.id, Spec{"The object concerned"});
  }
};

// A step of a working with what it adds to the amount: all of them add up to the result.
struct ExplainedStep {
  std::string step;
  std::optional<Fen> base_fen;
  std::optional<std::int64_t> ppm;
  Fen fen;
  Fen adds_fen;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("step", self.step, Spec{"Name of the step, as in the working"});
    visit("base_fen", self.base_fen, Spec{"What the rate applies to", -kMaxSafeInteger});
    visit("ppm", self.ppm, Spec{"Rate in parts per million"});
    visit("fen", self.fen, Spec{"Result of the step", -kMaxSafeInteger});
    visit("adds_fen", self.adds_fen, Spec{"What it adds to the amount, or takes off it", -kMaxSafeInteger});
    visit("note", self.note, Spec{"The entry, number or limit behind the step"});
  }
};

struct ExplainedWorking {
  std::optional<ExplainedEntry> entry;
  std::string rule;
  std::string line;
  Rounding rounding = Rounding::down;
  std::vector<ExplainedStep> steps;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("entry", self.entry, Spec{"The entry that told it; absent where it was computed anew from the state"});
    visit("rule", self.rule, Spec{"Policy and version"});
    visit("line", self.line, Spec{"Line of the policy"});
    visit("rounding", self.rounding, Spec{"How the one rounding is done"});
    visit("steps", self.steps, Spec{.doc = "From the base to the amount", .items_max = kMaxSafeInteger});
    visit("fen", self.fen, Spec{"The amount that follows", -kMaxSafeInteger});
  }
};

struct ExplainedPosting {
  std::string fx;
  std::string event;
  std::string debit;
  std::string credit;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fx", self.fx, Spec{"post, reserve, take or void"});
    visit("event", self.event, Spec{"What happened"});
    visit("debit", self.debit, Spec{"Account debited"});
    visit("credit", self.credit, Spec{"Account credited"});
    visit("fen", self.fen, Spec{"Amount"});
  }
};

// One entry that concerned the object.
struct ExplainedChange {
  ExplainedEntry entry;
  std::string status;
  Fen fen;
  Fen after_fen;
  std::vector<ExplainedPosting> postings;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("entry", self.entry, Spec{"The entry"});
    visit("status", self.status, Spec{"The object's status after it"});
    visit("fen", self.fen, Spec{"What it added to the amount, or took off it", -kMaxSafeInteger});
    visit("after_fen", self.after_fen, Spec{"The amount after it"});
    visit("postings", self.postings,
          Spec{.doc = "The money that it moved or set aside for the object", .items_max = kMaxSafeInteger});
  }
};

struct ExplainedStop {
  std::string why;
  std::optional<Fen> fen;
  std::vector<ExplainedEntry> entries;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("why", self.why, Spec{"The step, event or verdict that stopped it"});
    visit("fen", self.fen, Spec{"What it took off the amount, where that can be told"});
    visit("entries", self.entries, Spec{.doc = "The entries behind it, oldest first", .items_max = kMaxSafeInteger});
    visit("note", self.note, Spec{"The limit, object or reason"});
  }
};

struct ExplainedPart {
  std::string part;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("part", self.part, Spec{"Where this part of the amount is"});
    visit("fen", self.fen, Spec{"How much", -kMaxSafeInteger});
  }
};

struct Explanation {
  std::string kind;
  std::optional<std::string> id;
  std::string rule;
  std::optional<std::string> status;
  Fen amount_fen;
  std::vector<ExplainedPart> parts;
  std::vector<ExplainedWorking> workings;
  std::optional<ExplainedWorking> now;
  std::vector<ExplainedChange> changes;
  std::vector<ExplainedStop> stopped;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"Kind of object"});
    visit("id", self.id, Spec{"Its id; absent for what would be due"});
    visit("rule", self.rule, Spec{"Policy and version that govern it; empty for a decision"});
    visit("status", self.status, Spec{"Its status"});
    visit("amount_fen", self.amount_fen, Spec{"What is explained: granted or due, net of all that lowered it"});
    visit("parts", self.parts, Spec{.doc = "Where the amount is; they add up to it", .items_max = kMaxSafeInteger});
    visit("workings", self.workings, Spec{.doc = "What the entries told, oldest first", .items_max = kMaxSafeInteger});
    visit("now", self.now, Spec{"Computed anew from the state"});
    visit("changes", self.changes,
          Spec{.doc = "Every entry that concerned it, oldest first; their fen add up to the amount",
               .items_max = kMaxSafeInteger});
    visit("stopped", self.stopped, Spec{.doc = "Why it is not more", .items_max = kMaxSafeInteger});
  }
};

// The entry as an explanation names it. Errors: those of told().
Result<ExplainedEntry> explained_entry(const EntryHistory& entries, Seq seq, std::optional<std::string> id = {});
// The postings of an entry for a cause.
std::vector<ExplainedPosting> postings_for(const std::vector<Effect>& effects, std::string_view cause);

}  // namespace dengji::state
