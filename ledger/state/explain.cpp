#include "ledger/state/explain.hpp"

namespace dengji::state {
namespace {

struct PostingsFor {
  std::string_view cause;
  std::vector<ExplainedPosting>& into;

  template <class E>
  void operator()(const E& effect) const {
    if constexpr (std::is_base_of_v<MoneyEffect, E>) {
      if (effect.cause != cause) return;
      for (const PostingLine& line : effect.lines) {
        into.push_back({std::string(E::kTag), effect.event, line.debit, line.credit, line.fen});
      }
    }
  }
};

}  // namespace

Result<ExplainedEntry> explained_entry(const EntryHistory& entries, Seq seq, std::optional<std::string> id) {
  auto told = entries.told(seq);
  if (!told) return std::unexpected(std::move(told.error()));
  return ExplainedEntry{static_cast<std::int64_t>(seq.value), std::move(told->type), told->time, std::move(id)};
}

std::vector<ExplainedPosting> postings_for(const std::vector<Effect>& effects, std::string_view cause) {
  std::vector<ExplainedPosting> postings;
  const PostingsFor visit{cause, postings};
  for (const Effect& effect : effects) std::visit(visit, effect);
  return postings;
}

}  // namespace dengji::state
