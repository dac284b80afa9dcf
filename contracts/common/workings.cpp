#include "contracts/common/workings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dengji::contracts {
namespace {

// Any other step states the amount that there is after it.
constexpr std::array<std::string_view, 2> kAdding{"tier", "cross_province"};
constexpr std::array<std::string_view, 3> kTakingOff{"granted", "forfeited", "assessed"};
// Told beside the amount: what it is of, and how it is shared out.
constexpr std::array<std::string_view, 4> kBeside{"base", "pot", "asked_by_all", "taken_back"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::int64_t adds(const WorkingStep& step, std::int64_t before) {
  if (one_of(kAdding, step.step)) return step.fen.value();
  if (one_of(kTakingOff, step.step)) return -step.fen.value();
  if (one_of(kBeside, step.step)) return 0;
  return step.fen.value() - before;
}

}  // namespace

ExplainedWorking add_up(const WorkingEffect& working, std::optional<ExplainedEntry> entry) {
  ExplainedWorking shown{.entry = std::move(entry),
                         .rule = working.rule,
                         .line = working.line,
                         .rounding = working.rounding,
                         .steps = {},
                         .fen = working.fen};
  std::int64_t sum = 0;
  for (const WorkingStep& step : working.steps) {
    const std::int64_t added = adds(step, sum);
    sum += added;
    shown.steps.push_back({step.step, step.base_fen, step.ppm, step.fen, Fen(added), step.note});
  }
  if (sum != working.fen.value()) {
    shown.steps.push_back(
        {"limited", std::nullopt, std::nullopt, working.fen, Fen(working.fen.value() - sum), std::nullopt});
  }
  return shown;
}

}  // namespace dengji::contracts
