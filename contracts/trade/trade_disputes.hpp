// Disputes about a trade and the flag that keeps it out of subsidies. Part of the trade area (trades.hpp). Each side
// may have one dispute open; while any is, the trade is disputed, and nothing but money and the other side's dispute is
// recorded. The platform or the bureau resolves it; neither may if it is a party or related to one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/trade/trades.hpp"

namespace dengji::contracts {

enum class DisputeStatus : std::uint8_t { open, resolved };
enum class DisputeGround : std::uint8_t { quality, delivery, price, payment, rights, other };
enum class DisputeOutcome : std::uint8_t { upheld, part_upheld, dismissed, settled };

struct Dispute {
  static constexpr std::string_view kKind = "dispute";

  RegNo trade;
  std::int64_t n = 1;  // from 1 within the trade
  DisputeStatus status = DisputeStatus::open;
  OrgId seller;
  OrgId buyer;
  OrgId raised_by;
  bool by_seller = false;
  DisputeGround ground = DisputeGround::other;
  std::string statement;
  std::optional<Fen> amount_fen;
  std::vector<Hash32> evidence;
  Date raised_on;
  std::int64_t seq = 0;
  Date answer_due;
  std::optional<DisputeOutcome> outcome;
  std::optional<std::string> reason;
  std::optional<Hash32> ruling_hash;
  std::optional<OrgId> resolved_by;
  std::optional<Date> resolved_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("n", self.n, Spec{"Serial within the trade", 1});
    visit("status", self.status, Spec{"Status"});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("raised_by", self.raised_by, Spec{"Who raised it"});
    visit("by_seller", self.by_seller, Spec{"Raised on the seller's side"});
    visit("ground", self.ground, Spec{"What it is about"});
    visit("statement", self.statement, Spec{"What is claimed", 1, 1000});
    visit("amount_fen", self.amount_fen, Spec{"Amount in dispute"});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of evidence", .items_max = 16});
    visit("raised_on", self.raised_on, Spec{"Day on which it was raised"});
    visit("seq", self.seq, Spec{"Entry that raised it"});
    visit("answer_due", self.answer_due, Spec{"Last day for the answer"});
    visit("outcome", self.outcome, Spec{"How it was resolved"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
    visit("ruling_hash", self.ruling_hash, Spec{"SHA-256 of the ruling or settlement"});
    visit("resolved_by", self.resolved_by, Spec{"Who resolved it"});
    visit("resolved_on", self.resolved_on, Spec{"Day on which it was resolved"});
  }

  std::string object_id() const { return id(trade, n); }
  static std::string id(const RegNo& trade, std::int64_t n);     // "<JY no.>-X<n in six digits>"
  static void indexes(const Dispute& dispute, IndexSink& sink);  // trade, status
  static constexpr std::array kDeadlines{DeadlineName{"answer", "The other side answers the dispute", "对方答复期限"}};
  static std::vector<Deadline> deadlines(const Dispute& dispute, DeadlineCall& call);
  std::vector<OrgId> readers() const { return {seller, buyer}; }
  static void extend_json(const Dispute& dispute, const ReadView& view, LedgerTime now, Json& json);  // adds id
};

struct DisputeBody {
  RegNo trade;
  DisputeGround ground = DisputeGround::other;
  std::string statement;
  std::optional<Fen> amount_fen;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("ground", self.ground, Spec{"What it is about"});
    visit("statement", self.statement, Spec{"What is claimed", 1, 1000});
    visit("amount_fen", self.amount_fen, Spec{"Amount in dispute", 1});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of evidence", .items_max = 16});
  }
};

struct ResolveBody {
  std::string dispute;
  DisputeOutcome outcome = DisputeOutcome::dismissed;
  std::string reason;
  std::optional<Hash32> ruling_hash;
  std::optional<bool> terminates;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dispute", self.dispute, Spec{"Id of the dispute, such as JY32050020260000001F-X000001", 28, 28});
    visit("outcome", self.outcome, Spec{"How it ends; settled = the parties came to terms"});
    visit("reason", self.reason, Spec{"Why", 1, 1000});
    visit("ruling_hash", self.ruling_hash, Spec{"SHA-256 of the ruling or settlement"});
    visit("terminates", self.terminates, Spec{"Whether the trade ends with it"});
  }
};

struct FlagBody {
  RegNo trade;
  FlagReason reason = FlagReason::other;
  std::optional<std::string> note;
  std::vector<std::int64_t> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("reason", self.reason, Spec{"Why it is flagged"});
    visit("note", self.note, Spec{"In words", 1, 300});
    visit("evidence", self.evidence, Spec{.doc = "Entries that show it, by seq", .items_min = 1, .items_max = 32});
  }
};

struct ClearBody {
  RegNo trade;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("reason", self.reason, Spec{"Why it is cleared", 1, 300});
  }
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::DisputeStatus> {
  static constexpr std::array names{"open", "resolved"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::DisputeGround> {
  static constexpr std::array names{"quality", "delivery", "price", "payment", "rights", "other"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::DisputeOutcome> {
  static constexpr std::array names{"upheld", "part_upheld", "dismissed", "settled"};
};
