// A market made of records alone: what a ledger's entries would have written, put together by hand so that a test says
// exactly which payment stands on which day. Entry numbers count up by one; a model can take the records one by one or
// be built from all of them at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "contracts/insight/scope.hpp"
#include "contracts/insight/stats.hpp"
#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/numbers.hpp"

namespace dengji::contracts::insight {

inline Date day_of(std::string_view text) {
  const auto day = parse_date(text);
  LEDGER_ASSERT(day.has_value());
  return *day;
}
// Noon of a day.
inline LedgerTime noon(Date day) {
  return {start_of_day(day).ms + 12 * 3'600'000};
}

class EmptyState final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

struct NewOrg {
  std::string region = "320500";
  Ownership ownership = Ownership::private_owned;
  Scale scale = Scale::small;
  std::string group;  // from 2020 on
  std::vector<Tie> ties = {};
};

class Market final : public FactSource {
 public:
  void org(const std::string& id, const NewOrg& how = {}) {
    Org org;
    org.id = OrgId(id);
    org.name = id;
    org.region = how.region;
    org.ownership = how.ownership;
    org.scale = how.scale;
    org.ties = how.ties;
    if (!how.group.empty()) org.groups.push_back({how.group, day_of("2020-01-01"), std::nullopt});
    orgs_[id] = org;
    put(FactKind::org, org);
  }

  // Registered and in force from the day on; known by its name.
  void dataset(const std::string& name, const std::string& holder, const std::string& industry,
               const std::string& day = "2026-01-05") {
    Dataset& dataset = datasets_[name];
    dataset.id = crypto::to_b64(crypto::sha256(name));
    dataset.no = state::make_number({"DJ", orgs_[holder].region, 2026}, static_cast<std::int64_t>(datasets_.size()));
    dataset.holder = OrgId(holder);
    dataset.region = orgs_[holder].region;
    dataset.application.industry = industry;
    dataset.applied_on = day_of(day);
    dataset.valid_from = day_of(day);
    dataset.valid_to = add_months(day_of(day), 36);
    dataset.status = DatasetStatus::registered;
    dataset.history = {{noon(day_of(day)), DatasetStatus::registered}};
    put(FactKind::dataset, dataset);
  }
  void dataset_status(const std::string& name, DatasetStatus status, std::optional<Date> frozen_until = {}) {
    datasets_[name].status = status;
    datasets_[name].frozen_until = frozen_until;
    put(FactKind::dataset, datasets_[name]);
  }

  struct Terms {
    std::string day = "2026-02-01";
    std::int64_t amount_fen = 1'000'000;
    TradeMode mode = TradeMode::catalogue;
    std::optional<std::int64_t> unit_fen = std::nullopt;
    std::optional<std::int64_t> quantity = std::nullopt;
    std::optional<std::string> unit = std::nullopt;
  };
  // The JY number.
  std::string trade(const std::string& seller, const std::string& buyer, const std::string& dataset,
                    const Terms& terms) {
    const Org& from = orgs_[seller];
    Trade trade;
    trade.no = state::make_number({"JY", from.region, 2026}, ++serials_[from.region]);
    trade.seller = OrgId(seller);
    trade.buyer = OrgId(buyer);
    trade.dataset = datasets_[dataset].id;
    trade.terms.mode = terms.mode;
    trade.terms.amount_fen = Fen(terms.amount_fen);
    if (terms.unit_fen) trade.terms.price.unit_fen = Fen(*terms.unit_fen);
    trade.terms.quantity = terms.quantity;
    trade.terms.unit = terms.unit;
    trade.seller_region = from.region;
    trade.buyer_region = orgs_[buyer].region;
    trade.seller_scale = from.scale;
    trade.buyer_scale = orgs_[buyer].scale;
    trade.cross_province = !same_province(trade.seller_region, trade.buyer_region);
    trade.agreed_at = noon(day_of(terms.day));
    trades_[trade.no.text] = trade;
    put(FactKind::trade, trade);
    return trade.no.text;
  }
  // The settlement's id.
  std::string settle(const std::string& trade, std::int64_t fen, const std::string& day,
                     const std::string& voucher = {}) {
    Settlement settlement;
    settlement.trade = RegNo(trade);
    settlement.n = ++settled_[trade];
    settlement.seller = trades_[trade].seller;
    settlement.buyer = trades_[trade].buyer;
    settlement.amount_fen = Fen(fen);
    settlement.bank_date = day_of(day);
    settlement.voucher = crypto::sha256(voucher.empty() ? "voucher " + std::to_string(seq_) : voucher);
    const std::string id = settlement.object_id();
    settlements_[id] = settlement;
    put(FactKind::settlement, settlement, noon(day_of(day)));
    return id;
  }
  void refund(const std::string& settlement, std::int64_t fen, const std::string& day) {
    Settlement& record = settlements_[settlement];
    record.refunded_fen = Fen(record.refunded_fen.value() + fen);
    put(FactKind::settlement, record, noon(day_of(day)));
  }
  void reverse(const std::string& settlement, const std::string& day) {
    Settlement& record = settlements_[settlement];
    record.reversed_fen = record.net();
    put(FactKind::settlement, record, noon(day_of(day)));
  }
  template <class Edit>
  void change_trade(const std::string& no, Edit&& edit) {
    edit(trades_[no]);
    put(FactKind::trade, trades_[no]);
  }
  void reserve(const std::string& dataset, ReserveTier tier, ReserveStatus status = ReserveStatus::listed) {
    Reserve reserve;
    reserve.id = crypto::to_b64(crypto::sha256("reserve of " + dataset));
    reserve.listing.dataset = datasets_[dataset].id;
    reserve.listing.tier = tier;
    reserve.status = status;
    put(FactKind::reserve, reserve);
  }
  // An agreement and its payment in one: `buyer` pays `seller`.
  std::string pay(const std::string& buyer, const std::string& seller, std::int64_t fen, const std::string& day) {
    const std::string no = trade(seller, buyer, {}, {.day = day, .amount_fen = fen});
    return settle(no, fen, day);
  }

  void filing(const std::string& seller, const std::string& buyer, std::int64_t fen, const std::string& day,
              FilingStatus status, const std::string& dataset = {}) {
    Filing filing;
    filing.no = state::make_number({"BA", "320500", 2026}, ++filings_);
    filing.status = status;
    filing.declarant = OrgId(seller);
    filing.deal.seller = OrgId(seller);
    filing.deal.buyer = OrgId(buyer);
    filing.deal.amount_fen = Fen(fen);
    filing.deal.starts_on = day_of(day);
    if (!dataset.empty()) filing.deal.registration = datasets_[dataset].no;
    put(FactKind::filing, filing);
  }
  void fee(const std::string& payer, const std::string& cause, FeeKind kind, std::int64_t assessed,
           std::int64_t waived) {
    Fee fee;
    fee.no = state::make_number({"FY", orgs_[payer].region, 2026}, ++fees_);
    fee.kind = kind;
    fee.cause = datasets_.contains(cause) ? datasets_[cause].id : cause;
    fee.payer = OrgId(payer);
    fee.assessed_fen = Fen(assessed);
    fee.waived_fen = Fen(waived);
    fee.assessed_on = day_of("2026-02-01");
    put(FactKind::fee, fee);
  }
  void claim(const std::string& claimant, const std::string& line, std::int64_t amount, std::int64_t paid) {
    Claim claim;
    claim.no = state::make_number({"BT", orgs_[claimant].region, 2026}, ++claims_);
    claim.claimant = OrgId(claimant);
    claim.line = line;
    claim.amount_fen = Fen(amount);
    claim.paid_fen = Fen(paid);
    claim.status = paid > 0 ? ClaimStatus::paid : ClaimStatus::claimed;
    claim.claimed_on = day_of("2026-06-01");
    put(FactKind::subsidy, claim);
  }

  std::uint64_t size() const { return seq_; }
  const std::vector<Fact>& facts() const { return facts_; }

  // Entry by entry, as a node does.
  void feed(Model& model) const {
    for (const Fact& fact : facts_) {
      model.take({&fact, 1});
      model.cover(fact.seq + 1);
    }
  }

  // As a store gives them: by key, the newest version first.
  Result<void> each(FactKind kind, const Visit& visit) override {
    for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
      if (fact->kind == kind) visit(fact->seq, fact->record);
    }
    return {};
  }
  Result<LedgerTime> time_of(std::uint64_t seq) override {
    for (const Fact& fact : facts_) {
      if (fact.seq == seq) return fact.time;
    }
    return fail(ErrorCode::not_found, "entry " + std::to_string(seq));
  }

 private:
  template <class T>
  void put(FactKind kind, const T& object, LedgerTime time = {}) {
    facts_.push_back({kind, seq_++, time, encode(object)});
  }

  std::uint64_t seq_ = 0;
  std::vector<Fact> facts_;
  std::map<std::string, Org> orgs_;
  std::map<std::string, Dataset> datasets_;
  std::map<std::string, Trade> trades_;
  std::map<std::string, Settlement> settlements_;
  std::map<std::string, std::int64_t> serials_;
  std::map<std::string, std::int64_t> settled_;
  std::int64_t filings_ = 0;
  std::int64_t fees_ = 0;
  std::int64_t claims_ = 0;
};

// The whole market, or its first entries, on a day.
inline AsOf as_of(const Market& market, const std::string& day = "2026-12-31") {
  return {market.size(), noon(day_of(day))};
}

// The item whose member has this value; null if there is none.
inline Json item_with(const Json& list, const std::string& name, const std::string& value) {
  for (const Json& item : list) {
    if (item.contains(name) && item[name] == value) return item;
  }
  return nullptr;
}

}  // namespace dengji::contracts::insight
