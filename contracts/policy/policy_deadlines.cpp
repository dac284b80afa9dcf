// The days that policies name: their own last one, the end of a claim window, of the time to claim an earn year, of a
// measure.
#include "contracts/common/policy_directory.hpp"
#include "contracts/subsidy/subsidy_base.hpp"

namespace dengji::contracts {
namespace {

// In force on its last day, with no version of its code that takes over: otherwise its end leaves no gap.
bool ends_without_successor(const ReadView& view, const Policy& policy, Date last) {
  const auto after = policy_version_on(view, policy.code, add_days(last, 1));
  const auto then = policy_version_on(view, policy.code, last);
  return !after && then && then->version == policy.version;
}

// Years whose claims are still taken, by the version that governs each.
void add_claim_years(const Policy& policy, DeadlineCall& call, std::vector<Deadline>& found) {
  const SubsidyLine& line = *policy.subsidy_line;
  if (line.earn != EarnPeriod::calendar) return;
  const int days = static_cast<int>(*line.claim_deadline_days);
  const int first = std::max(civil(policy.effective_from).year, civil(add_days(call.today(), -days)).year);
  for (int year = first; year <= civil(call.today()).year; ++year) {
    const auto governs = line_for_year(call.view(), policy.code, year);
    if (!governs || governs->version != policy.version) continue;
    const Date begins = std::max(*make_date(year, 1, 1), policy.effective_from);
    const Date last = add_days(*make_date(year, 12, 31), days);
    found.push_back({"claim", begins, last, "claimant", std::nullopt, true});
  }
}

}  // namespace

std::vector<Deadline> Policy::deadlines(const Policy& policy, DeadlineCall& call) {
  std::vector<Deadline> found;
  const Date from = policy.effective_from;
  const auto last = policy.last_day();
  if (last && *last < from) return found;  // retired before it began
  if (last && ends_without_successor(call.view(), policy, *last)) {
    found.push_back({"validity", from, *last, "bureau", std::nullopt, true});
  }
  if (policy.measure) found.push_back({"target", from, policy.measure->by, "bureau", std::nullopt, true});
  if (!policy.subsidy_line) return found;
  if (const auto& window = policy.subsidy_line->window_to) {
    found.push_back(
        {"window", policy.subsidy_line->window_from.value_or(from), *window, "claimant", std::nullopt, true});
  }
  if (policy.subsidy_line->claim_deadline_days) add_claim_years(policy, call, found);
  return found;
}

}  // namespace dengji::contracts
