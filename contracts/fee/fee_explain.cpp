// Where every fen of a fee comes from, what lowered it since, and why a waiver was not given.
#include <algorithm>

#include "contracts/certification/certification.hpp"
#include "contracts/common/story.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/trade/settlements.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

// What the payer has to bear: open or paid.
Fen charge_of(const Fee& fee) {
  return Fen(fee.assessed_fen.value() - fee.cancelled_fen.value() - fee.waived_fen.value());
}

// The entries that issued certificates for a data set: each tells whether the waiver of its registration fee applied,
// also where it did not and the fee stayed as it was.
Result<std::vector<Seq>> issues_of(const ReadView& view, const EntryHistory& entries, std::string_view dataset) {
  const std::string prefix = index_prefix(Certificate::kKind, "dataset", dataset);
  std::vector<std::string> numbers;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    numbers.emplace_back(key.substr(prefix.size()));
    return true;
  });
  std::vector<Seq> issues;
  for (const std::string& no : numbers) {
    const auto versions = entries.versions(object_key(Certificate::kKind, no));
    if (!versions) return std::unexpected(versions.error());
    if (!versions->empty()) issues.push_back(versions->front().seq);
  }
  return issues;
}

// --- the assessment anew
WorkingStep registration_step(const ReadView& view, const Fee& fee, const FeeSchedule& schedule) {
  const auto dataset = find_object<Dataset>(view, fee.cause);
  const bool recognised = dataset && dataset->recognition;
  return {.step = "schedule",
          .fen = recognised ? schedule.recognition_fen.value_or(Fen(0)) : schedule.registration_fen};
}

// A settlement's fee is of its whole amount: what a refund takes off is a cancellation of its own.
WorkingStep service_step(const ReadView& view, const Fee& fee, const ServiceFee& service) {
  if (service.mode == FeeMode::once) return {.step = "once", .fen = service.amount_fen.value_or(Fen(0))};
  const auto settlement = find_object<Settlement>(view, fee.cause);
  const Fen base = settlement ? settlement->amount_fen : Fen(0);
  const std::int64_t ppm = service.ppm.value_or(0);
  return {.step = "rate", .base_fen = base, .ppm = ppm, .fen = ppm_of(base, ppm, service.rounding).value_or(Fen(0))};
}

// By the schedule that is frozen in the fee; nullopt for a fee by decision.
std::optional<ExplainedWorking> assessed_anew(const ReadView& view, const Fee& fee) {
  if (fee.rule.empty()) return std::nullopt;
  const auto policy = policy_by_rule(view, fee.rule);
  LEDGER_ASSERT(policy && policy->fee_schedule);
  const FeeSchedule& schedule = *policy->fee_schedule;
  WorkingEffect working{.cause = fee.no.text, .rule = fee.rule, .line = fee.line, .steps = {}, .fen = Fen(0)};
  if (fee.kind == FeeKind::registration) {
    working.steps.push_back(registration_step(view, fee, schedule));
  } else {
    const auto service = std::find_if(schedule.service.begin(), schedule.service.end(),
                                      [&](const ServiceFee& each) { return each.line == fee.line; });
    LEDGER_ASSERT(service != schedule.service.end());
    working.rounding = service->rounding;
    working.steps.push_back(service_step(view, fee, *service));
  }
  working.fen = working.steps.back().fen;
  return add_up(working);
}

// A waiver that the fee had in store and that was not given, with the reason that the working told.
void add_not_waived(std::vector<ExplainedStop>& stops, const std::vector<ExplainedWorking>& workings, const Fee& fee) {
  for (const ExplainedWorking& working : workings) {
    if (working.rule != fee.waiver_rule || working.fen != Fen(0) || working.steps.empty()) continue;
    stops.push_back({.why = working.steps.back().step,
                     .fen = std::nullopt,
                     .entries = {*working.entry},
                     .note = "waiver " + working.rule + " was not given"});
  }
}

}  // namespace

Result<Explanation> Fee::explain(const Fee& fee, const ReadView& view, const EntryHistory& entries, LedgerTime) {
  std::vector<Seq> also;
  if (fee.waiver_rule) {
    auto issues = issues_of(view, entries, fee.cause);
    if (!issues) return std::unexpected(std::move(issues.error()));
    also = std::move(*issues);
  }
  auto story = story_of(entries, {Fee::kKind, fee.no.text, std::move(also)}, [](std::string_view record) {
    const auto then = decode<Fee>(record);
    return AmountThen{charge_of(then), std::string(name_of(then.status))};
  });
  if (!story) return std::unexpected(std::move(story.error()));
  const FeeBalances balances = fee_balances(view, fee);
  Explanation shown{.kind = std::string(Fee::kKind),
                    .id = fee.no.text,
                    .rule = fee.rule,
                    .status = std::string(name_of(fee.status)),
                    .amount_fen = charge_of(fee),
                    .parts = {},
                    .workings = std::move(story->workings),
                    .now = assessed_anew(view, fee),
                    .changes = std::move(story->changes),
                    .stopped = std::move(story->lowered)};
  if (balances.open > Fen(0)) shown.parts.push_back({"open", balances.open});
  if (balances.kept != Fen(0)) shown.parts.push_back({"paid", balances.kept});
  add_not_waived(shown.stopped, shown.workings, fee);
  return shown;
}

}  // namespace dengji::contracts
