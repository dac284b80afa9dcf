#include "contracts/insight/model.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "crypto/base64.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/numbers.hpp"

namespace dengji::contracts::insight {
namespace {

constexpr std::uint64_t kProgressEvery = 4'096;

std::uint32_t region_number(std::string_view region) {
  std::uint32_t number = 0;
  std::from_chars(region.data(), region.data() + region.size(), number);
  return number;
}

// Of all 32 bytes, so that hashes which differ anywhere give different values but by chance.
std::uint64_t mixed(const Hash32& hash) {
  std::uint64_t value = 0x9e3779b97f4a7c15;
  for (const std::uint8_t byte : hash.bytes) {
    value = (value ^ byte) * 0x100000001b3;
    value ^= value >> 29;
  }
  return value == 0 ? 1 : value;
}

// What a unit price is of, where the terms do not name a unit.
std::string_view unit_of(const TradeTerms& terms) {
  if (terms.unit && (terms.price.unit_fen || terms.quantity)) return *terms.unit;
  if (terms.price.model == PriceModel::per_call) return "call";
  if (terms.price.model == PriceModel::per_period) return "period";
  return "whole";
}

// The stated price of a unit; else the ceiling by the quantity; else the ceiling itself.
std::int64_t price_of(const TradeTerms& terms) {
  if (terms.price.unit_fen) return terms.price.unit_fen->value();
  if (!terms.quantity) return terms.amount_fen.value();
  const auto price = rounded_quotient(terms.amount_fen.value(), *terms.quantity, Rounding::half_even);
  return price ? price->value() : 0;
}

template <class Row>
std::uint64_t seq_of(const Row& row) {
  if constexpr (requires { row.seq; }) {
    return row.seq;
  } else {
    return row.fixed.seq;
  }
}

}  // namespace

// --- reading records
OrgRow Model::read_org(std::uint64_t seq, std::string_view record) {
  OrgRow row{.seq = seq, .party = kNone, .org = decode<Org>(record)};
  row.party = tables_.parties.number(row.org.id.text);
  return row;
}

DatasetIndex Model::dataset(std::string_view id) {
  const auto hash = crypto::hash_from_b64(id);
  return hash ? tables_.datasets.number(*hash) : kNone;
}

DatasetRow Model::read_dataset(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Dataset>(record);
  DatasetRow row;
  row.seq = seq;
  row.dataset = dataset(object.id);
  row.holder = tables_.parties.number(object.holder.text);
  row.industry = tables_.words.number(object.application.industry);
  row.region = region_number(object.region);
  row.applied_on = object.applied_on;
  if (object.valid_from) row.valid_from = *object.valid_from;
  if (object.valid_to) row.valid_to = *object.valid_to;
  if (!object.history.empty()) row.registered_on = shanghai_day(object.history.front().from);
  if (object.frozen_until) row.frozen_until = *object.frozen_until;
  row.status = object.status;
  row.category = object.application.category;
  if (object.no) {
    Numbered& numbered = dataset_numbers_.try_emplace(object.no->text, Numbered{row.dataset, seq}).first->second;
    numbered.seq = std::min(numbered.seq, seq);
  }
  return row;
}

CertificateRow Model::read_certificate(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Certificate>(record);
  return {.seq = seq,
          .certificate = tables_.numbers.number(object.no.text),
          .dataset = dataset(object.dataset),
          .valid_from = object.valid_from,
          .valid_to = object.valid_to,
          .status = object.status};
}

RatingRow Model::read_rating(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Rating>(record);
  return {.seq = seq, .dataset = dataset(object.assessment.dataset), .grade = object.latest().grade};
}

ReserveRow Model::read_reserve(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Reserve>(record);
  return {.seq = seq, .dataset = dataset(object.listing.dataset), .tier = object.listing.tier, .status = object.status};
}

Ownership Model::ownership_at(Party party, std::uint64_t seq) const {
  Ownership ownership = Ownership::private_owned;
  if (party >= org_rows_.size()) return ownership;
  for (const RowIndex row : org_rows_[party]) {
    if (tables_.orgs[row].seq > seq) break;
    ownership = tables_.orgs[row].org.ownership;
  }
  return ownership;
}

Model::TradeVersion Model::read_trade(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Trade>(record);
  TradeVersion version;
  TradeRow& fixed = version.fixed;
  fixed.seq = seq;
  std::copy_n(object.no.text.begin(), std::min(object.no.text.size(), fixed.no.size()), fixed.no.begin());
  fixed.seller = tables_.parties.number(object.seller.text);
  fixed.buyer = tables_.parties.number(object.buyer.text);
  fixed.dataset = dataset(object.dataset);
  fixed.seller_region = region_number(object.seller_region);
  fixed.buyer_region = region_number(object.buyer_region);
  fixed.day = object.agreed_on();
  fixed.mode = object.terms.mode;
  fixed.seller_scale = object.seller_scale;
  fixed.buyer_scale = object.buyer_scale;
  fixed.seller_ownership = ownership_at(fixed.seller, seq);
  fixed.cross_province = object.cross_province;
  TradeVersionRow& changing = version.changing;
  changing.seq = seq;
  changing.amount_fen = object.terms.amount_fen.value();
  changing.price_fen = changing.amount_fen == 0 ? 0 : price_of(object.terms);
  changing.unit = tables_.words.number(std::string(unit_of(object.terms)));
  changing.status = object.status;
  changing.flagged = object.flag.has_value();
  return version;
}

Model::SettlementVersion Model::read_settlement(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Settlement>(record);
  return {.seq = seq,
          .amount_fen = object.amount_fen.value(),
          .net_fen = object.net().value(),
          .voucher = mixed(object.voucher),
          .trade = find_trade(object.trade.text),
          .day = object.bank_date,
          .n = static_cast<std::uint32_t>(object.n),
          .reversed = object.reversed_fen > Fen(0)};
}

FilingRow Model::read_filing(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Filing>(record);
  FilingRow row{.seq = seq,
                .amount_fen = object.deal.amount_fen.value(),
                .filing = tables_.numbers.number(object.no.text),
                .seller = tables_.parties.number(object.deal.seller.text),
                .buyer = tables_.parties.number(object.deal.buyer.text),
                .dataset = kNone,
                .day = object.deal.starts_on,
                .declared_on = shanghai_day(object.declared_at),
                .status = object.status};
  if (object.reported) {
    row.reported_fen = object.reported->confirmed_fen.value();
    row.reported_one_sided_fen = object.reported->one_sided_fen.value();
    row.reported_mismatched_fen = object.reported->mismatched_fen.value();
  }
  if (object.deal.registration) {
    const auto found = dataset_numbers_.find(object.deal.registration->text);
    if (found != dataset_numbers_.end() && found->second.seq <= seq) row.dataset = found->second.dataset;
  }
  return row;
}

FeeRow Model::read_fee(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Fee>(record);
  FeeRow row{.seq = seq,
             .assessed_fen = object.assessed_fen.value() - object.cancelled_fen.value(),
             .waived_fen = object.waived_fen.value(),
             .received_fen = object.received_fen.value(),
             .fee = tables_.numbers.number(object.no.text),
             .payer = tables_.parties.number(object.payer.text),
             .dataset = kNone,
             .trade = kNone,
             .assessed_on = object.assessed_on,
             .kind = object.kind};
  // The cause is a data set's id, a JY number, or a settlement's id, which starts with one.
  row.trade = find_trade(std::string_view(object.cause).substr(0, 20));
  if (row.trade != kNone) return row;
  if (const auto hash = crypto::hash_from_b64(object.cause)) {
    const auto* known = tables_.datasets.find(*hash);
    if (known != nullptr) row.dataset = *known;
  }
  return row;
}

ClaimRow Model::read_claim(std::uint64_t seq, std::string_view record) {
  const auto object = decode<Claim>(record);
  return {.seq = seq,
          .amount_fen = object.amount_fen.value(),
          .paid_fen = object.paid_fen.value(),
          .clawed_fen = object.clawed_fen.value(),
          .recovered_fen = object.recovered_fen.value(),
          .claim = tables_.numbers.number(object.no.text),
          .claimant = tables_.parties.number(object.claimant.text),
          .dataset = object.dataset ? dataset(*object.dataset) : kNone,
          .line = tables_.words.number(object.line),
          .claimed_on = object.claimed_on,
          .status = object.status};
}

// --- adding rows
void Model::add(OrgRow row) {
  if (org_rows_.size() <= row.party) org_rows_.resize(row.party + 1);
  const Party party = row.party;
  org_rows_[party].push_back(static_cast<RowIndex>(tables_.orgs.push(std::move(row))));
}

TradeIndex Model::find_trade(std::string_view number) const {
  const auto parsed = number.starts_with("JY") ? state::parse_number(number) : std::nullopt;
  if (!parsed) return kNone;
  const auto rows = trade_numbers_.find({region_number(parsed->series.region), parsed->series.year});
  const auto serial = static_cast<std::size_t>(parsed->serial);
  return rows == trade_numbers_.end() || rows->second.size() < serial ? kNone : rows->second[serial - 1];
}

TradeIndex& Model::trade_slot(std::string_view number) {
  const auto parsed = state::parse_number(number);
  LEDGER_ASSERT(parsed.has_value());
  auto& rows = trade_numbers_[{region_number(parsed->series.region), parsed->series.year}];
  const auto serial = static_cast<std::size_t>(parsed->serial);
  if (rows.size() < serial) rows.resize(serial, kNone);
  return rows[serial - 1];
}

void Model::add(TradeVersion version) {
  TradeIndex& slot = trade_slot(version.fixed.number());
  if (slot == kNone) slot = static_cast<TradeIndex>(tables_.trades.push(version.fixed));
  version.changing.trade = slot;
  tables_.trade_versions.push(version.changing);
}

void Model::add(const SettlementVersion& version, LedgerTime time) {
  if (version.trade == kNone) return;
  MoneyRow row{.seq = version.seq,
               .fen = version.amount_fen,
               .voucher = version.voucher,
               .trade = version.trade,
               .day = version.day,
               .n = version.n,
               .kind = MoneyKind::settlement};
  if (goes_back(version)) {
    auto& net = net_.try_emplace({version.trade, version.n}, version.amount_fen).first->second;
    row.fen = version.net_fen - net;
    row.voucher = 0;
    row.day = shanghai_day(time);
    row.kind = version.reversed ? MoneyKind::reversal : MoneyKind::refund;
    net = version.net_fen;
    if (row.fen == 0) return;
  }
  tables_.money.push(row);
}

void Model::take(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    switch (fact.kind) {
      case FactKind::org:
        add(read_org(fact.seq, fact.record));
        break;
      case FactKind::dataset:
        tables_.dataset_rows.push(read_dataset(fact.seq, fact.record));
        break;
      case FactKind::certificate:
        tables_.certificates.push(read_certificate(fact.seq, fact.record));
        break;
      case FactKind::rating:
        tables_.ratings.push(read_rating(fact.seq, fact.record));
        break;
      case FactKind::reserve:
        tables_.reserves.push(read_reserve(fact.seq, fact.record));
        break;
      case FactKind::trade:
        add(read_trade(fact.seq, fact.record));
        break;
      case FactKind::settlement:
        add(read_settlement(fact.seq, fact.record), fact.time);
        break;
      case FactKind::filing:
        tables_.filings.push(read_filing(fact.seq, fact.record));
        break;
      case FactKind::fee:
        tables_.fees.push(read_fee(fact.seq, fact.record));
        break;
      case FactKind::subsidy:
        tables_.claims.push(read_claim(fact.seq, fact.record));
        break;
    }
  }
}

// --- from nothing
template <class Row, class Add>
Result<void> Model::load(FactSource& source, FactKind kind, Row (Model::*read)(std::uint64_t, std::string_view),
                         const Progress& progress, Add&& add_row) {
  std::vector<Row> read_rows;
  const std::uint64_t before = rows();
  bool go_on = true;
  auto read_all = source.each(kind, [&](std::uint64_t seq, std::string_view record) {
    if (!go_on) return;
    read_rows.push_back((this->*read)(seq, record));
    if (progress && read_rows.size() % kProgressEvery == 0) go_on = progress(before + read_rows.size());
  });
  if (!read_all) return read_all;
  if (!go_on) return fail(ErrorCode::unavailable, "the read model was stopped while it was built");
  // Of one entry the records stay in the order of their keys, as its writes have them.
  std::vector<std::pair<std::uint64_t, RowIndex>> order;
  order.reserve(read_rows.size());
  for (std::size_t i = 0; i < read_rows.size(); ++i) {
    order.emplace_back(seq_of(read_rows[i]), static_cast<RowIndex>(i));
  }
  std::sort(order.begin(), order.end());
  for (const auto& [seq, row] : order) {
    if (auto added = add_row(std::move(read_rows[row])); !added) return added;
  }
  return {};
}

Result<void> Model::rebuild(FactSource& source, std::uint64_t size, const Progress& progress) {
  LEDGER_ASSERT(rows() == 0);
  const auto into = [](auto& column) {
    return [&column](auto row) -> Result<void> { return column.push(std::move(row)), Result<void>(); };
  };
  const auto by_add = [this](auto row) -> Result<void> { return add(std::move(row)), Result<void>(); };
  const auto settle = [&](const SettlementVersion& version) -> Result<void> {
    LedgerTime time;
    if (goes_back(version)) {
      const auto told = source.time_of(version.seq);
      if (!told) return std::unexpected(told.error());
      time = *told;
    }
    add(version, time);
    return {};
  };
  Result<void> done;
  // Each kind whole before the next, which refers to it.
  const auto next = [&](FactKind kind, auto read, auto add_row) {
    if (done) done = load(source, kind, read, progress, add_row);
  };
  next(FactKind::org, &Model::read_org, by_add);
  next(FactKind::dataset, &Model::read_dataset, into(tables_.dataset_rows));
  next(FactKind::certificate, &Model::read_certificate, into(tables_.certificates));
  next(FactKind::rating, &Model::read_rating, into(tables_.ratings));
  next(FactKind::reserve, &Model::read_reserve, into(tables_.reserves));
  next(FactKind::trade, &Model::read_trade, by_add);
  next(FactKind::settlement, &Model::read_settlement, settle);
  next(FactKind::filing, &Model::read_filing, into(tables_.filings));
  next(FactKind::fee, &Model::read_fee, into(tables_.fees));
  next(FactKind::subsidy, &Model::read_claim, into(tables_.claims));
  if (done) cover(size);
  return done;
}

std::uint64_t Model::rows() const {
  return tables_.orgs.size() + tables_.dataset_rows.size() + tables_.certificates.size() + tables_.ratings.size() +
         tables_.reserves.size() + tables_.trades.size() + tables_.trade_versions.size() + tables_.money.size() +
         tables_.filings.size() + tables_.fees.size() + tables_.claims.size();
}

}  // namespace dengji::contracts::insight
