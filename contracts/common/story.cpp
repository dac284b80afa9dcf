#include "contracts/common/story.hpp"

#include <algorithm>
#include <map>

namespace dengji::contracts {
namespace {

// Its own, or one about several objects that names it as one of those that bear the amount.
bool concerns(const WorkingEffect& working, std::string_view id) {
  return working.cause == id || std::any_of(working.steps.begin(), working.steps.end(),
                                            [&](const WorkingStep& step) { return step.note == id; });
}

// What the amount fell by, under the name of the last event that moved money for it, else of the status.
ExplainedStop lowering(const ExplainedChange& change) {
  return {.why = change.postings.empty() ? change.status : change.postings.back().event,
          .fen = Fen(-change.fen.value()),
          .entries = {change.entry},
          .note = std::nullopt};
}

}  // namespace

Result<Story> story_of(const EntryHistory& entries, const StoryOf& object, const AmountOf& amount_of) {
  auto versions = entries.versions(object_key(object.kind, object.id));
  if (!versions) return std::unexpected(std::move(versions.error()));
  std::map<std::uint64_t, std::optional<std::string>> records;
  for (EntryHistory::Version& version : *versions) records.emplace(version.seq.value, std::move(version.value));
  for (const Seq seq : object.also) records.emplace(seq.value, std::nullopt);
  Story story;
  std::int64_t before = 0;
  for (const auto& [seq, record] : records) {
    const auto told = entries.told(Seq{seq});
    if (!told) return std::unexpected(told.error());
    const ExplainedEntry entry{static_cast<std::int64_t>(seq), told->type, told->time, std::nullopt};
    for (const Effect& effect : told->effects) {
      const auto* working = std::get_if<WorkingEffect>(&effect);
      if (working != nullptr && concerns(*working, object.id)) story.workings.push_back(add_up(*working, entry));
    }
    if (!record) continue;
    AmountThen then = amount_of(*record);
    ExplainedChange change{.entry = entry,
                           .status = std::move(then.status),
                           .fen = Fen(then.amount.value() - before),
                           .after_fen = then.amount,
                           .postings = postings_for(told->effects, object.id)};
    before = then.amount.value();
    if (change.fen < Fen(0)) story.lowered.push_back(lowering(change));
    story.changes.push_back(std::move(change));
  }
  return story;
}

}  // namespace dengji::contracts
