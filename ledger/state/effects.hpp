// What an entry did, as the leaf tells it: a closed vocabulary, hashed, its members fixed for ever (docs/formats.md
// "Effects"). Contracts make effects through EntryTx (entry_tx.hpp); fold() is the one function that turns an effect
// into state, for the node, for an auditor and for a dry run alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/state/json_fields.hpp"
#include "ledger/state/verdict.hpp"
#include "ledger/state/view.hpp"

namespace dengji::state {

// A number was assigned: the counter of (prefix, region, year) rises by one.
struct NumberEffect {
  static constexpr std::string_view kTag = "number";
  RegNo no;
  std::string kind;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("kind", self.kind, Spec{"Kind of object that bears the number", 1, 32});
    visit("no", self.no, Spec{"The number"});
  }
};

// An object's status changed; `from` is absent when the object is new.
struct StatusEffect {
  static constexpr std::string_view kTag = "status";
  std::string kind;
  std::string id;
  std::optional<std::string> from;
  std::string to;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("from", self.from, Spec{"Status before", 1, 32});
    visit("id", self.id, Spec{"The object's id", 1, 128});
    visit("kind", self.kind, Spec{"Kind of object", 1, 32});
    visit("to", self.to, Spec{"Status after", 1, 32});
  }
};

struct PostingLine {
  std::string debit;
  std::string credit;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("credit", self.credit, Spec{"Account credited", 1, 200});
    visit("debit", self.debit, Spec{"Account debited", 1, 200});
    visit("fen", self.fen, Spec{"Amount", 1});
  }
};

// Money moved (post), was set aside (reserve), was moved out of what was set aside (take) or set free again (void). All
// lines stand or fall together; `cause` is the FY, JY, BT or policy code that they are about.
struct MoneyEffect {
  std::string cause;
  std::string event;
  std::vector<PostingLine> lines;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("cause", self.cause, Spec{"What the money is about", 1, 64});
    visit("event", self.event, Spec{"What happened, such as fee_assessed", 1, 64});
    visit("lines", self.lines, Spec{.doc = "Postings, debit to credit", .items_min = 1, .items_max = 64});
  }
};
struct PostEffect : MoneyEffect {
  static constexpr std::string_view kTag = "post";
};
struct ReserveEffect : MoneyEffect {
  static constexpr std::string_view kTag = "reserve";
};
struct TakeEffect : MoneyEffect {
  static constexpr std::string_view kTag = "take";
};
struct VoidEffect : MoneyEffect {
  static constexpr std::string_view kTag = "void";
};

// One step of a calculation: `step` names it (tier, cap, floor, threshold, granted …).
struct WorkingStep {
  std::string step;
  std::optional<Fen> base_fen;
  std::optional<std::int64_t> ppm;
  Fen fen;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("base_fen", self.base_fen, Spec{"What the rate applies to", -kMaxSafeInteger});
    visit("fen", self.fen, Spec{"Result of the step", -kMaxSafeInteger});
    visit("note", self.note, Spec{"The entry, number or limit behind the step", 1, 128});
    visit("ppm", self.ppm, Spec{"Rate in parts per million"});
    visit("step", self.step, Spec{"Name of the step", 1, 32});
  }
};

// How a fee, waiver or subsidy came about, to the fen.
struct WorkingEffect {
  static constexpr std::string_view kTag = "working";
  std::string cause;
  std::string rule;  // "<policy code>@<version>"
  std::string line;
  Rounding rounding = Rounding::down;
  std::vector<WorkingStep> steps;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("cause", self.cause, Spec{"FY or BT number, or policy code", 1, 64});
    visit("fen", self.fen, Spec{"The amount that follows", -kMaxSafeInteger});
    visit("line", self.line, Spec{"Line of the policy", 0, 64});
    visit("rounding", self.rounding, Spec{"How the one rounding was done"});
    visit("rule", self.rule, Spec{"Policy and version", 1, 80});
    visit("steps", self.steps, Spec{.doc = "From the base to the amount", .items_max = 64});
  }
};

// Something to look at: it changes nothing by itself.
struct FlagEffect {
  static constexpr std::string_view kTag = "flag";
  std::string kind;
  std::string id;
  std::string code;
  std::vector<std::string> members;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"What is odd, such as mismatched", 1, 32});
    visit("id", self.id, Spec{"The object's id", 1, 128});
    visit("kind", self.kind, Spec{"Kind of object", 1, 32});
    visit("members", self.members, Spec{"Members or objects concerned", 1, 128});
  }
};

// A thing that can happen once has happened: (scope, key) is taken.
struct MarkEffect {
  static constexpr std::string_view kTag = "mark";
  std::string scope;
  std::string key;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("key", self.key, Spec{"What is taken", 1, 256});
    visit("scope", self.scope, Spec{"Of what kind", 1, 32});
  }
};

// A time limit now runs for an object: the last day, until 24:00 Asia/Shanghai.
struct DeadlineEffect {
  static constexpr std::string_view kTag = "deadline";
  std::string kind;
  std::string id;
  std::string what;
  Date until;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"The object's id", 1, 128});
    visit("kind", self.kind, Spec{"Kind of object", 1, 32});
    visit("until", self.until, Spec{"Last day"});
    visit("what", self.what, Spec{"Which limit, such as notice", 1, 32});
  }
};

using Effect = std::variant<NumberEffect, StatusEffect, PostEffect, ReserveEffect, TakeEffect, VoidEffect,
                            WorkingEffect, FlagEffect, MarkEffect, DeadlineEffect>;

// {"fx":"post","cause":…}: the tag is the member `fx`.
Json effect_to_json(const Effect& effect);
Result<Effect> effect_from_json(const Json& json);

// The JSON Schema of each effect, by tag, for docs and OpenAPI.
Json effect_schemas();

// Applies one effect. Refused, with `into` unchanged: an account beyond its limit, an amount out of range, a mark taken
// twice, more taken or voided than was reserved, a number that is not the next of its series. An account id that fits
// no type or lines across books are our bug.
Verdict fold(const Effect& effect, Overlay& into);

}  // namespace dengji::state
