// How the trade area is put together from its files: what each hands to trade_area(), and the checks that they share.
// Nothing outside the area needs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/certification/certification.hpp"
#include "contracts/common/text_forms.hpp"
#include "contracts/trade/trades.hpp"

namespace dengji::contracts {

std::vector<EntryTypeInfo> trade_agreement_types();    // trade_agreements.cpp: agree, amend, close, terminate, void
std::vector<EntryTypeInfo> trade_performance_types();  // trade_performance.cpp: deliver, accept, usage
std::vector<EntryTypeInfo> trade_money_types();        // trade_money.cpp: settle, refund, money.reverse
std::vector<EntryTypeInfo> trade_dispute_types();      // trade_disputes.cpp: dispute, resolve, flag, clear

std::string trade_account(const RegNo& trade, std::string_view name);
ServiceFeeParties trade_fee_parties(const Trade& trade);

// Ids of what a trade has many of: "<JY no.>-<letter><n in six digits>", so that they sort in order.
std::string trade_part_id(const RegNo& trade, std::string_view letter, std::int64_t n);
inline constexpr std::int64_t kMaxTradeParts = 999'999;
// Refuses one more than that; `what` names them.
Verdict check_serial_left(const Trade& trade, std::int64_t used, std::string_view what);

// The trade that a body names; the leaf is then about it and its parties may read it.
std::expected<Trade, Refusal> trade_to_act_on(EntryTx& tx, const RegNo& no, std::string_view pointer = "/body/trade");

// Who may act for a party of a trade: itself, or the organisation that has succeeded it by now.
bool acts_for_party(const EntryTx& tx, const OrgId& actor, const OrgId& party);
// Refuses a signer in this role ("seller", "buyer") that does not act for the trade's.
Verdict check_signs_for(const EntryTx& tx, const Trade& trade, std::string_view role);
// The platform is neither seller nor buyer.
Verdict check_platform_apart(const EntryTx& tx, const Trade& trade);
// Refuses a trade that has ended or is in dispute.
Verdict check_running(const Trade& trade);

// Was a settlement ever recorded, whatever became of it?
bool trade_has_money(const ReadView& view, const RegNo& trade);
// Told in the leaf if it changes; does not write the trade.
void set_trade_status(EntryTx& tx, Trade& trade, TradeStatus to);

// A certificate under which the trade could be delivered or used at the instant: the one agreed on, also while it runs
// off after a transfer or cancellation, or another of the data set that was in force. As now known.
std::optional<Certificate> trade_certificate(const ReadView& view, const Trade& trade, LedgerTime at);

// Shows how an amount is split between the seller and the other beneficiaries; each share is rounded down, the seller
// keeps the rest. Nothing where there are none.
void show_shares(EntryTx& tx, const Trade& trade, std::string_view settlement, Fen amount);

}  // namespace dengji::contracts
