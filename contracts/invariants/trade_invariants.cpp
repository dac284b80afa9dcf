#include "contracts/invariants/trade_invariants.hpp"

#include <algorithm>
#include <map>

#include "contracts/certification/certification.hpp"
#include "contracts/trade/settlements.hpp"
#include "contracts/trade/trade_performance.hpp"
#include "contracts/trade/trades.hpp"

namespace dengji::contracts {
namespace {

std::string trade_book(const RegNo& no) {
  return "trade/" + no.text;
}

void check_settlement_sums(const Settlement& settlement, Faults& faults) {
  if (settlement.net() < Fen(0) || settlement.refunded_fen < Fen(0) || settlement.reversed_fen < Fen(0)) {
    faults.push_back("settlement " + settlement.object_id() + " is reversed or refunded beyond its amount");
  }
}

void check_voucher_sums(const Voucher& voucher, Faults& faults) {
  if (voucher.used_fen > voucher.total_fen) faults.push_back("voucher " + voucher.hash + " is used beyond its total");
}

void check_ceiling(const ReadView& view, const Trade& trade, Faults& faults) {
  const std::string book = trade_book(trade.no);
  expect_equal(faults, posted_balance(view, book + "/contract").value(), trade.terms.amount_fen.value(),
               book + " contract = ceiling");
}

// In force at the instant, by all that was known before the entry. What was agreed earlier runs off: then a certificate
// that was given up or replaced meanwhile does.
enum class Certified : std::uint8_t { newly, running_off };
void check_certified(Touch& touch, const RegNo& certificate, LedgerTime at, Certified how, const std::string& what) {
  const auto found = find_object<Certificate>(touch.before, certificate.text);
  if (found && certificate_in_force(touch.before, *found, at)) return;
  const std::string_view status = found ? effective_status(touch.before, *found, at) : "not there";
  if (how == Certified::running_off && (status == "replaced" || status == "cancelled")) return;
  touch.fault(what + ", and certificate " + certificate.text + " is " + std::string(status));
}

void check_touched_settlements(Touch& touch) {
  std::map<std::string, Sum> net;
  touch.each_changed<Settlement>([&](const std::optional<Settlement>& was, const Settlement& is) {
    check_settlement_sums(is, touch.faults);
    net[trade_book(is.trade) + "/settled"] += is.net().value() - (was ? was->net().value() : 0);
    if (!was) return;
    if (was->amount_fen != is.amount_fen || was->bank_date != is.bank_date || was->seq != is.seq ||
        was->voucher != is.voucher || is.refunded_fen < was->refunded_fen || is.reversed_fen < was->reversed_fen) {
      touch.fault("settlement " + is.object_id() + " was rewritten");
    }
  });
  const std::string prefix = account_key("trade/");
  touch.each_written(prefix, [&](const std::string&, std::string_view rest, const std::string& value) {
    if (!rest.ends_with("/settled")) return;
    const std::string id = "trade/" + std::string(rest);
    const Account was = read_account(touch.before, id);
    const Account is = decode<Account>(value);
    const Sum by = Sum{is.credits - is.debits} - Sum{was.credits - was.debits};
    expect_equal(touch.faults, by, net[id], id + " changes by what its settlements change");
    net.erase(id);
  });
  for (const auto& [id, by] : net) expect_equal(touch.faults, 0, by, id + " changes by what its settlements change");
}

}  // namespace

void check_trade_invariants(const ReadView& view, Faults& faults) {
  std::map<std::string, Sum> net;
  each_record<Settlement>(view, [&](const Settlement& settlement) {
    net[settlement.trade.text] += settlement.net().value();
    check_settlement_sums(settlement, faults);
  });
  each_record<Trade>(view, [&](const Trade& trade) {
    const std::string settled = trade_book(trade.no) + "/settled";
    expect_equal(faults, posted_balance(view, settled).value(), net[trade.no.text],
                 settled + " = settlements net of refunds");
    check_ceiling(view, trade, faults);
  });
  each_record<Voucher>(view, [&](const Voucher& voucher) { check_voucher_sums(voucher, faults); });
}

void check_touched_trades(Touch& touch) {
  check_touched_settlements(touch);
  touch.each_changed<Trade>([&](const std::optional<Trade>& was, const Trade& is) {
    check_ceiling(touch.after(), is, touch.faults);
    if (!was) {
      return check_certified(touch, is.terms.certificate, touch.entry.time, Certified::newly,
                             "trade " + is.no.text + " was agreed");
    }
    if (was->agreed_seq != is.agreed_seq || was->terms.certificate != is.terms.certificate ||
        was->terms.contract_hash != is.terms.contract_hash || was->seller_region != is.seller_region) {
      touch.fault("trade " + is.no.text + " was rewritten");
    }
  });
  touch.each_changed<DeliveryNote>([&](const std::optional<DeliveryNote>& was, const DeliveryNote& is) {
    if (was) return;
    check_certified(touch, is.certificate, touch.entry.time, Certified::running_off,
                    "delivery " + is.object_id() + " was made");
  });
  touch.each_changed<UsageRecord>([&](const std::optional<UsageRecord>& was, const UsageRecord& is) {
    if (was) return;
    const LedgerTime day_end{start_of_day(add_days(is.to, 1)).ms - 1};
    check_certified(touch, is.certificate, std::min(day_end, touch.entry.time), Certified::running_off,
                    "usage " + is.object_id() + " was recorded");
  });
  touch.each_changed<Voucher>([&](const std::optional<Voucher>& was, const Voucher& is) {
    check_voucher_sums(is, touch.faults);
    if (was && (was->total_fen != is.total_fen || is.lines.size() < was->lines.size())) {
      touch.fault("voucher " + is.hash + " was rewritten");
    }
  });
}

}  // namespace dengji::contracts
