#include "contracts/dry_run/amounts.hpp"

#include <algorithm>
#include <array>

#include "contracts/fee/fees.hpp"
#include "contracts/subsidy/claim_books.hpp"

namespace dengji::contracts::dry_run {
namespace {

template <class T>
const T& value_in(const Body& body) {
  return static_cast<const TypedBody<T>&>(body).value;
}

using Stake = std::optional<Fen>;

Stake reserved_or_granted(const ReadView& view, const RegNo& no) {
  const auto claim = find_object<Claim>(view, no.text);
  return claim ? Stake(claim->amount_fen) : std::nullopt;
}

Stake receivable(const ReadView& view, const RegNo& no) {
  const auto claim = find_object<Claim>(view, no.text);
  return claim ? Stake(posted_balance(view, receivable_account(*claim))) : std::nullopt;
}

Stake stake_of(const ReadView& view, const SubsidyApproveBody& body) {
  return reserved_or_granted(view, body.subsidy);
}

Stake stake_of(const ReadView& view, const SubsidyRecoverBody& body) {
  Stake stake = receivable(view, body.subsidy);
  const auto other = body.offset ? find_object<Claim>(view, body.offset->text) : std::nullopt;
  if (stake && other) stake = std::min(*stake, posted_balance(view, payable_account(*other)));
  return stake;
}

Stake stake_of(const ReadView& view, const FeeReceiveBody& body) {
  const auto fee = find_object<Fee>(view, body.fee.text);
  return fee ? Stake(fee_balances(view, *fee).open) : std::nullopt;
}

Stake stake_of(const ReadView& view, const FeeWaiveBody& body) {
  const auto fee = find_object<Fee>(view, body.fee.text);
  if (!fee) return std::nullopt;
  const FeeBalances now = fee_balances(view, *fee);
  return plus(now.open, now.kept);
}

Stake stake_of(const ReadView& view, const FeeRefundBody& body) {
  const auto fee = find_object<Fee>(view, body.fee.text);
  if (!fee) return std::nullopt;
  const FeeBalances now = fee_balances(view, *fee);
  return body.step == RefundStep::instruct ? minus(now.owed, now.refund_pending) : now.refund_pending;
}

// What is asked beyond what is there (a fee overpaid) stays beyond it.
Fen same_part(Fen asked, Fen was, Fen would) {
  if (asked < was) return std::min(asked, would);
  return plus(would, minus(asked, was));
}

// The paper proves another amount then.
template <class T>
void drop_voucher(T& body) {
  if constexpr (requires { body.voucher.reset(); }) body.voucher.reset();
}

template <class T>
Repeated repeat(const Body& body, Fen was, Fen would) {
  const T& asked = value_in<T>(body);
  std::optional<Fen> amount = asked.amount_fen;
  if (!amount) return {};
  const Fen then = same_part(*amount, was, would);
  if (then == Fen(0)) return {nullptr, true};
  T again = asked;
  again.amount_fen = then;
  drop_voucher(again);
  return {std::make_shared<const TypedBody<T>>(std::move(again)), false};
}

struct AmountRule {
  std::string_view type;
  Stake (*stake)(const ReadView&, const Body&);
  Repeated (*repeat)(const Body&, Fen, Fen);
};

template <class T>
constexpr AmountRule rule(std::string_view type) {
  return {type, [](const ReadView& view, const Body& body) { return stake_of(view, value_in<T>(body)); }, &repeat<T>};
}

// subsidy.clawback and subsidy.write_off share a body and differ in what is at stake.
template <Stake (*Of)(const ReadView&, const RegNo&)>
constexpr AmountRule decision(std::string_view type) {
  return {type,
          [](const ReadView& view, const Body& body) { return Of(view, value_in<SubsidyDecisionBody>(body).subsidy); },
          &repeat<SubsidyDecisionBody>};
}

constexpr std::array kRules = {
    rule<SubsidyApproveBody>("subsidy.approve"),
    rule<SubsidyRecoverBody>("subsidy.recover"),
    decision<&reserved_or_granted>("subsidy.clawback"),
    decision<&receivable>("subsidy.write_off"),
    rule<FeeReceiveBody>("fee.receive"),
    rule<FeeWaiveBody>("fee.waive"),
    rule<FeeRefundBody>("fee.refund"),
};

const AmountRule* rule_for(std::string_view type) {
  const auto found =
      std::find_if(kRules.begin(), kRules.end(), [&](const AmountRule& one) { return one.type == type; });
  return found == kRules.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Fen> at_stake(const ReadView& view, const CheckedEntry& entry) {
  const AmountRule* rule = rule_for(entry.type->type);
  return rule ? rule->stake(view, *entry.body) : std::nullopt;
}

Repeated repeat_amount(const CheckedEntry& entry, Fen was, Fen would) {
  const AmountRule* rule = rule_for(entry.type->type);
  return rule && was != would ? rule->repeat(*entry.body, was, would) : Repeated{};
}

}  // namespace dengji::contracts::dry_run
