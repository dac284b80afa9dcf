#include "contracts/dry_run/drafts.hpp"

#include "contracts/common/policy_directory.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts::dry_run {
namespace {

int first_year(const Draft& draft) {
  return civil(draft.body.effective_from).year;
}

bool takes_over_years(const Draft& draft) {
  return draft.from_the_start && draft.body.kind == PolicyKind::subsidy_line;
}

// The last day that the draft leaves to a version of its code; nullopt if it does not touch it.
std::optional<Date> last_day_left(const Draft& draft, const PolicySpan& span) {
  if (takes_over_years(draft)) {
    const Date last = add_days(*make_date(first_year(draft), 1, 1), -1);
    return span.to && *span.to <= last ? std::nullopt : std::optional(last);
  }
  // Others end by themselves when a higher version begins; one that was announced for later must not return.
  return span.from < draft.first ? std::nullopt : std::optional(add_days(draft.first, -1));
}

void make_room(EntryTx& tx, const Draft& draft) {
  for (const PolicySpan& span : policy_versions(tx.view(), draft.body.code)) {
    const auto last = last_day_left(draft, span);
    const auto policy = policy_by_rule(tx.view(), span.rule());
    LEDGER_ASSERT(policy);
    if (!last || policy->kind != draft.body.kind) continue;
    end_policy_span(tx, policy_code_key(policy->code), span, *last);
    end_policy_span(tx, policy_kind_key(policy->kind, policy->jurisdiction, policy->topic()), span, *last);
  }
}

// One version governs an earn year, for the claims made before the period as well.
void take_over_claims(EntryTx& tx, const Draft& draft) {
  const std::string rule = policy_versions(tx.view(), draft.body.code).back().rule();
  const std::string prefix = index_prefix(Claim::kKind, "line", draft.body.code);
  std::vector<Claim> claims;
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto claim = tx.find<Claim>(key.substr(prefix.size()));
    LEDGER_ASSERT(claim);
    if (claim->earn_year >= first_year(draft)) claims.push_back(std::move(*claim));
    return true;
  });
  for (Claim& claim : claims) {
    claim.rule = rule;
    tx.put(claim);
  }
}

}  // namespace

Result<PolicyEnactBody> read_draft(std::string_view bytes) {
  const auto value = json::read_strict(bytes);
  if (!value) return std::unexpected(value.error());
  return from_json<PolicyEnactBody>(*value);
}

Draft draft_over(PolicyEnactBody body, Date from) {
  Draft draft{std::move(body), from, true};
  draft.first = std::max(draft.body.effective_from, from);
  draft.from_the_start = draft.body.effective_from <= from;
  if (takes_over_years(draft)) {
    draft.body.effective_from = std::max(draft.body.effective_from, *make_date(civil(from).year, 1, 1));
    draft.body.retroactive = true;
  } else {
    draft.body.effective_from = draft.first;
  }
  return draft;
}

Verdict put_in_force(const Draft& draft, Seq seq, LedgerTime time, Overlay& into) {
  EntryTx tx(into, {.seq = seq, .time = time, .entry_id = {}, .ledger = {}, .type = "policy.enact", .parties = {}});
  make_room(tx, draft);
  DENGJI_TRY(enact_unsigned(tx, draft.body));
  if (takes_over_years(draft)) take_over_claims(tx, draft);
  into.absorb(tx.take_writes());
  return {};
}

bool is_about_code_of(const Draft& draft, const CheckedEntry& entry) {
  if (entry.type->type == "policy.enact") {
    return static_cast<const TypedBody<PolicyEnactBody>&>(*entry.body).value.code == draft.body.code;
  }
  if (entry.type->type != "policy.retire") return false;
  const std::string& policy = static_cast<const TypedBody<PolicyRetireBody>&>(*entry.body).value.policy;
  return policy.substr(0, policy.find('@')) == draft.body.code;
}

}  // namespace dengji::contracts::dry_run
