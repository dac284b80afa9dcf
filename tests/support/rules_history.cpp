#include "tests/support/rules_history.hpp"

#include <algorithm>
#include <cctype>

#include "ledger/state/keys.hpp"

namespace dengji::test {
namespace {

const std::string kNothing;
const std::vector<std::string> kNobody;

// "o", kind, id of an object's key.
std::optional<std::pair<std::string_view, std::string_view>> object_of_key(std::string_view key) {
  const std::string_view prefix("o\x1f");
  if (!key.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = key.substr(prefix.size());
  const auto end = rest.find(state::kSeparator);
  if (end == std::string_view::npos) return std::nullopt;
  return std::pair(rest.substr(0, end), rest.substr(end + 1));
}

// Plays steps under the names that things have now, and leaves these in the steps.
class Replayer {
 public:
  std::string run(std::vector<Step>& steps) {
    for (Step& step : steps) {
      const std::vector<std::string> made = step.made;
      rename_ids(step.body, names_);
      ledger_.play(step);
      if (step.made.size() == made.size()) {
        for (std::size_t i = 0; i < made.size(); ++i) names_[made[i]] = step.made[i];
      }
      if (!ledger_.faults().empty()) return ledger_.faults().front();
    }
    ledger_.check_whole();
    if (ledger_.faults().empty()) ledger_.check_replay();
    return ledger_.faults().empty() ? std::string() : ledger_.faults().front();
  }

 private:
  RulesLedger ledger_;
  std::map<std::string, std::string> names_;
};

}  // namespace

// --- what there is
std::vector<std::string> Roster::note(const contracts::Accepted& accepted) {
  std::vector<std::string> made;
  for (const auto& [key, value] : accepted.writes) {
    const auto object = object_of_key(key);
    if (!object || !value || !known_.insert(key).second) continue;
    ids_[std::string(object->first)].emplace_back(object->second);
    made.emplace_back(object->second);
  }
  for (const state::Effect& effect : accepted.effects) {
    if (const auto* status = std::get_if<state::StatusEffect>(&effect)) {
      statuses_[status->kind + "/" + status->id] = status->to;
    } else if (const auto* number = std::get_if<state::NumberEffect>(&effect)) {
      // A number that an object got later, such as a data set's.
      if (std::find(made.begin(), made.end(), number->no.text) == made.end()) made.push_back(number->no.text);
    }
  }
  return made;
}

const std::vector<std::string>& Roster::of(std::string_view kind) const {
  const auto found = ids_.find(kind);
  return found == ids_.end() ? kNobody : found->second;
}

const std::string& Roster::status(std::string_view kind, const std::string& id) const {
  const auto found = statuses_.find(std::string(kind) + "/" + id);
  return found == statuses_.end() ? kNothing : found->second;
}

// --- playing
RulesLedger::RulesLedger() : ledger_(contracts::registry(), ContractFixture::Start::empty_unsigned) {
  ledger_.observe(
      [this](const contracts::CheckedEntry& checked, const contracts::Accepted& accepted) { take(checked, accepted); });
  ledger_.start();
}

Submitted RulesLedger::play(Step& step) {
  made_.clear();
  if (step.wait_hours > 0) ledger_.at(format_time(LedgerTime{ledger_.time().ms + step.wait_hours * 3'600'000}));
  Submitted done = ledger_.submit(step.type, step.by, step.body);
  step.made = made_;
  if (done.accepted()) ++accepted_;
  const std::string what = done.accepted() ? "ok" : done.error ? "unread" : std::to_string(done.verdict());
  ++outcomes_[step.type + " " + what];
  return done;
}

void RulesLedger::take(const contracts::CheckedEntry& checked, const contracts::Accepted& accepted) {
  const std::uint64_t seq = entries_.size();
  const entry::Envelope& envelope = checked.entry.envelope;
  made_ = roster_.note(accepted);
  const auto found =
      watch_.take(ledger_.view(), {Seq{seq}, ledger_.time(), envelope.type, envelope.parties, accepted.writes});
  for (const std::string& fault : found) faults_.push_back(fault);
  Json effects = Json::array();
  for (const state::Effect& effect : accepted.effects) effects.push_back(state::effect_to_json(effect));
  postings_.add(seq, effects);
  entries_.push_back(checked);
  times_.push_back(ledger_.time());
}

void RulesLedger::check_whole() {
  const auto add = [&](const std::vector<std::string>& more) {
    faults_.insert(faults_.end(), more.begin(), more.end());
  };
  add(contracts::check_invariants(ledger_.view(), ledger_.today()));
  add(postings_.faults());
  add(postings_.compare(ledger_.view()));
}

void RulesLedger::check_replay() {
  MemoryView view;
  std::optional<LedgerTime> previous;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const contracts::Outcome outcome = contracts::apply_entry(view, entries_[i], {Seq{i}, times_[i], previous});
    const auto* accepted = std::get_if<contracts::Accepted>(&outcome);
    if (!accepted || accepted->leaf != ledger_.leaves()[i]) {
      faults_.push_back("replay gives another leaf at entry " + std::to_string(i));
      return;
    }
    view.absorb(accepted->writes);
    previous = times_[i];
  }
  if (view.fingerprint() != ledger_.view().fingerprint()) faults_.push_back("replay gives another state");
}

// --- cutting down
void rename_ids(Json& body, const std::map<std::string, std::string>& names) {
  if (body.is_string()) {
    const auto found = names.find(body.get_ref<const std::string&>());
    if (found != names.end()) body = found->second;
  } else if (body.is_structured()) {
    for (Json& part : body) rename_ids(part, names);
  }
}

std::string fault_of(std::vector<Step> steps) {
  return Replayer().run(steps);
}

std::string words_of(const std::string& fault) {
  std::string words;
  for (std::size_t at = 0; at < fault.size();) {
    const auto end = std::min(fault.find(' ', at), fault.size());
    const std::string_view word = std::string_view(fault).substr(at, end - at);
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return std::islower(c) != 0; });
    if (plain && !word.empty()) words.append(words.empty() ? "" : " ").append(word);
    at = end + 1;
  }
  return words;
}

std::vector<Step> shrink(std::vector<Step> steps, const std::string& fault, const Judge& judge) {
  const std::string wanted = words_of(fault);
  const auto same = [&](const std::vector<Step>& trial) { return words_of(judge(trial)) == wanted; };
  for (std::size_t size = std::max<std::size_t>(1, steps.size() / 2); size > 0; size /= 2) {
    // Singles as long as one more goes: leaving one out may set another free.
    for (bool again = true; again;) {
      again = false;
      for (std::size_t end = steps.size(); end > 0;) {
        const std::size_t from = end > size ? end - size : 0;
        std::vector<Step> trial(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(from));
        trial.insert(trial.end(), steps.begin() + static_cast<std::ptrdiff_t>(end), steps.end());
        if (same(trial)) {
          steps = std::move(trial);
          again = size == 1;
        }
        end = from;
      }
    }
  }
  Replayer().run(steps);  // under the names that things have in the short history
  return steps;
}

std::string pasteable(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    if (step.wait_hours > 0) {
      text += "ledger.at(format_time(LedgerTime{ledger.time().ms + " + std::to_string(step.wait_hours) +
              " * 3'600'000}));\n";
    }
    std::string by;
    for (const By& party : step.by) {
      by += (by.empty() ? "" : ", ") + std::string("{\"") + party.role + "\", \"" + party.org + "\"" +
            (party.key ? ", " + std::to_string(party.key) : "") + "}";
    }
    text += "ledger.submit(\"" + step.type + "\", {" + by + "}, Json::parse(R\"(" + step.body.dump() + ")\"));\n";
  }
  return text;
}

}  // namespace dengji::test
