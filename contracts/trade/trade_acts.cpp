#include "contracts/trade/trade_acts.hpp"

#include <algorithm>

#include "contracts/common/succession.hpp"
#include "contracts/registration/registration_certificates.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = TradeVerdict;

}  // namespace

std::string trade_account(const RegNo& trade, std::string_view name) {
  return std::string("trade/").append(trade.text).append("/").append(name);
}

ServiceFeeParties trade_fee_parties(const Trade& trade) {
  return {trade.seller, trade.buyer, trade.seller_region, trade.buyer_region};
}

std::string trade_part_id(const RegNo& trade, std::string_view letter, std::int64_t n) {
  const std::string digits = std::to_string(n);
  return std::string(trade.text)
      .append("-")
      .append(letter)
      .append(6 - std::min<std::size_t>(6, digits.size()), '0')
      .append(digits);
}

Verdict check_serial_left(const Trade& trade, std::int64_t used, std::string_view what) {
  if (used < kMaxTradeParts) return {};
  return refuse(V::serials_used_up,
                "trade " + trade.no.text + " has " + std::to_string(used) + " " + std::string(what) +
                    "; agree on a new trade for more",
                "/body/trade");
}

std::expected<Trade, Refusal> trade_to_act_on(EntryTx& tx, const RegNo& no, std::string_view pointer) {
  auto trade = tx.find<Trade>(no.text);
  if (!trade) return refuse(General::object_unknown, "trade " + no.text, std::string(pointer));
  tx.subject(Trade::kKind, no.text);
  for (const OrgId& org : trade->readers()) tx.reader(org);
  return std::move(*trade);
}

bool acts_for_party(const EntryTx& tx, const OrgId& actor, const OrgId& party) {
  return stands_for(tx.view(), actor, party);
}

Verdict check_signs_for(const EntryTx& tx, const Trade& trade, std::string_view role) {
  const OrgId& party = role == "seller" ? trade.seller : trade.buyer;
  if (acts_for_party(tx, tx.context().org(role), party)) return {};
  return refuse(V::not_the_party,
                "trade " + trade.no.text + " is between " + trade.seller.text + " and " + trade.buyer.text + "; its " +
                    std::string(role) + " or who has succeeded it signs",
                "/parties");
}

Verdict check_platform_apart(const EntryTx& tx, const Trade& trade) {
  const OrgId& platform = tx.context().org("platform");
  if (platform != trade.seller && platform != trade.buyer) return {};
  return refuse(V::platform_is_party, platform.text + " is a party of " + trade.no.text, "/parties");
}

Verdict check_running(const Trade& trade) {
  if (trade.ended()) {
    return refuse(V::status_not_open,
                  "trade " + trade.no.text + " is " + std::string(name_of(trade.status)) +
                      "; only money and disputes can still be recorded",
                  "/body/trade");
  }
  if (trade.status == TradeStatus::disputed) {
    return refuse(V::disputed,
                  "trade " + trade.no.text + " has " + std::to_string(trade.open_disputes) +
                      " open; trade.resolve comes first, money can be recorded meanwhile",
                  "/body/trade");
  }
  return {};
}

bool trade_has_money(const ReadView& view, const RegNo& trade) {
  return view.get(counter_key("settlement/" + trade.text)).has_value();
}

void set_trade_status(EntryTx& tx, Trade& trade, TradeStatus to) {
  if (trade.status == to) return;
  tx.status(Trade::kKind, trade.no.text, name_of(trade.status), name_of(to));
  trade.status = to;
}

std::optional<Certificate> trade_certificate(const ReadView& view, const Trade& trade, LedgerTime at) {
  auto agreed = find_object<Certificate>(view, trade.terms.certificate.text);
  LEDGER_ASSERT(agreed);
  if (certificate_serves_trade(view, *agreed, trade.agreed_at, at)) return agreed;
  std::optional<Certificate> other;
  const std::string prefix = index_prefix(Certificate::kKind, "dataset", trade.dataset);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto certificate = find_object<Certificate>(view, key.substr(prefix.size()));
    LEDGER_ASSERT(certificate);
    if (certificate_in_force(view, *certificate, at)) other = std::move(certificate);
    return !other;
  });
  return other;
}

void show_shares(EntryTx& tx, const Trade& trade, std::string_view settlement, Fen amount) {
  if (!trade.terms.shares || trade.terms.shares->empty()) return;
  std::vector<WorkingStep> steps;
  std::int64_t rest = amount.value();
  for (const Share& share : *trade.terms.shares) {
    const auto fen = ppm_of(amount, share.ppm, Rounding::down);
    LEDGER_ASSERT(fen);
    rest -= fen->value();
    steps.push_back({.step = "share", .base_fen = amount, .ppm = share.ppm, .fen = *fen, .note = share.org.text});
  }
  steps.push_back({.step = "seller_keeps", .fen = Fen(rest), .note = trade.seller.text});
  tx.working({.cause = std::string(settlement),
              .rule = trade.no.text,
              .line = "shares",
              .rounding = Rounding::down,
              .steps = std::move(steps),
              .fen = amount});
}

}  // namespace dengji::contracts
