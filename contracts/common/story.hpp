// What the entries that concerned one object told of it: their workings, and how each changed its amount. The part of
// an explanation (ledger/state/explain.hpp) that is the same for every kind of object that holds money.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/workings.hpp"
#include "ledger/state/entry_tx.hpp"

namespace dengji::contracts {

struct Story {
  std::vector<ExplainedWorking> workings;
  std::vector<ExplainedChange> changes;
  std::vector<ExplainedStop> lowered;  // the changes that took something off, with the event that did
};

// Of one version of the object.
struct AmountThen {
  Fen amount;
  std::string status;
};
using AmountOf = std::function<AmountThen(std::string_view record)>;

struct StoryOf {
  std::string_view kind;
  std::string id;
  // Entries that tell a working about the object without writing it.
  std::vector<Seq> also;
};

// Every entry up to the version that `entries` is of. Errors: those of `entries`.
Result<Story> story_of(const EntryHistory& entries, const StoryOf& object, const AmountOf& amount_of);

}  // namespace dengji::contracts
