#include "contracts/subsidy/subsidy_base.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "contracts/common/policy_directory.hpp"
#include "contracts/common/succession.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

bool within(EarnSpan span, Date day) {
  return span.from <= day && day <= span.to;
}

bool overlap(EarnSpan a, EarnSpan b) {
  return a.from <= b.to && b.from <= a.to;
}

std::vector<std::string> ids_by(const ReadView& view, std::string_view kind, std::string_view index,
                                std::string_view value) {
  const std::string prefix = index_prefix(kind, index, value);
  std::vector<std::string> ids;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  });
  return ids;
}

// Objects behind an index, each handed to `visit`.
template <Object T>
void each_by(const ReadView& view, std::string_view index, std::string_view value,
             const std::function<void(const T&)>& visit) {
  for (const std::string& id : ids_by(view, T::kKind, index, value)) {
    const auto object = find_object<T>(view, id);
    LEDGER_ASSERT(object);
    visit(*object);
  }
}

template <class T>
bool allows(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool region_allowed(const SubsidyLine& line, std::string_view region) {
  return line.regions.empty() || std::any_of(line.regions.begin(), line.regions.end(),
                                             [&](const std::string& prefix) { return region.starts_with(prefix); });
}

// Its latest rating, if it has any, is a failure.
bool rating_failed(const ReadView& view, const Dataset& dataset) {
  std::int64_t latest = -1;
  bool failed = false;
  each_by<Rating>(view, "dataset", dataset.id, [&](const Rating& rating) {
    if (rating.latest_seq() <= latest) return;
    latest = rating.latest_seq();
    failed = rating.latest().grade == RatingGrade::fail;
  });
  return failed;
}

// Whether the line asks anything of a data set.
bool looks_at_datasets(const SubsidyLine& line) {
  return !line.industries.empty() || line.requires_first_registration || line.void_if_failed.value_or(false);
}

bool dataset_allowed(const ReadView& view, const SubsidyLine& line, const Dataset& dataset) {
  return allows(line.industries, dataset.application.industry) &&
         (!line.requires_first_registration || dataset.first_enterprise) &&
         !(line.void_if_failed.value_or(false) && rating_failed(view, dataset));
}

// --- what happened when
std::optional<Date> registered_on(const Dataset& dataset) {
  if (!dataset.no || dataset.status == DatasetStatus::revoked) return std::nullopt;
  return dataset.valid_from;
}

bool is_void(const ReadView& view, const Certificate& certificate) {
  if (certificate.status == CertificateStatus::revoked) return true;
  const auto dataset = find_object<Dataset>(view, certificate.dataset);
  return dataset && dataset->status == DatasetStatus::revoked;
}

using OnDataset = std::function<void(const Dataset&, Date)>;

// The unit's payee, whoever holds its place.
class Payees {
 public:
  Payees(const ReadView& view, const EarnUnit& unit) : view_(view), all_(holders_of_place(view, unit.payee)) {}

  bool have(const OrgId& org) const { return std::find(all_.begin(), all_.end(), org) != all_.end(); }
  template <Object T>
  void each(std::string_view index, const std::function<void(const T&)>& visit, std::string_view suffix = {}) const {
    for (const OrgId& org : all_) each_by<T>(view_, index, org.text + std::string(suffix), visit);
  }

 private:
  const ReadView& view_;
  std::vector<OrgId> all_;
};

void each_registration(const ReadView& view, const EarnUnit& unit, const OnDataset& visit) {
  const Payees payees(view, unit);
  const auto look = [&](const Dataset& dataset) {
    const auto day = registered_on(dataset);
    if (day && payees.have(dataset.original)) visit(dataset, *day);
  };
  if (!unit.dataset) return payees.each<Dataset>("original", look);
  if (const auto dataset = find_object<Dataset>(view, *unit.dataset)) look(*dataset);
}

void each_certificate(const ReadView& view, const EarnUnit& unit, const OnDataset& visit) {
  const Payees payees(view, unit);
  const auto look = [&](const Certificate& certificate) {
    if (!payees.have(certificate.holder) || is_void(view, certificate)) return;
    if (const auto dataset = find_object<Dataset>(view, certificate.dataset)) visit(*dataset, certificate.issued_on);
  };
  if (unit.dataset) return each_by<Certificate>(view, "dataset", *unit.dataset, look);
  payees.each<Certificate>("holder", look);
}

void each_excellent_rating(const ReadView& view, const EarnUnit& unit, const OnDataset& visit) {
  const Payees payees(view, unit);
  each_registration(view, unit, [&](const Dataset& dataset, Date) {
    each_by<Rating>(view, "dataset", dataset.id, [&](const Rating& rating) {
      const auto day = rating.first_excellent_on();
      if (day && payees.have(rating.holder)) visit(dataset, *day);
    });
  });
}

enum class Contracts : std::uint8_t { first_of_seller, all };

void each_contract(const ReadView& view, const EarnUnit& unit, Contracts which,
                   const std::function<void(Date)>& visit) {
  const Payees payees(view, unit);
  const bool seller = unit.side == Side::seller;
  const auto look = [&](const Trade& trade) {
    if (which == Contracts::first_of_seller && !trade.first_contract) return;
    if (payees.have(seller ? trade.seller : trade.buyer)) visit(trade.agreed_on());
  };
  if (unit.dataset) return each_by<Trade>(view, "dataset", *unit.dataset, look);
  payees.each<Trade>(seller ? "seller" : "buyer", look);
}

// The earliest that is not void.
std::optional<Date> event_day(const ReadView& view, EarnEvent event, const EarnUnit& unit) {
  std::optional<Date> first;
  const auto earliest = [&](Date day) { first = first ? std::min(*first, day) : day; };
  const auto on_dataset = [&](const Dataset&, Date day) { earliest(day); };
  switch (event) {
    case EarnEvent::registration:
      each_registration(view, unit, on_dataset);
      break;
    case EarnEvent::certificate:
      each_certificate(view, unit, on_dataset);
      break;
    case EarnEvent::first_contract:
      each_contract(view, unit, Contracts::first_of_seller, earliest);
      break;
    case EarnEvent::first_trade:
      each_contract(view, unit, Contracts::all, earliest);
      break;
  }
  return first;
}

// The days on which a version is in force, before the next one takes over.
struct VersionSpan {
  std::string rule;
  EarnSpan days;
};

std::vector<VersionSpan> versions_of(const ReadView& view, std::string_view line) {
  const std::vector<PolicySpan> all = policy_versions(view, line);
  std::vector<VersionSpan> spans;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Date to = all[i].to.value_or(*make_date(9999, 12, 31));
    if (i + 1 < all.size()) to = std::min(to, add_days(all[i + 1].from, -1));
    spans.push_back({all[i].rule(), {all[i].from, to}});
  }
  return spans;
}

// --- settlements
// Decides settlement by settlement; what several of them share is read once.
class SettledBase {
 public:
  SettledBase(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit)
      : view_(view), line_(line), unit_(unit), seller_(unit.side == Side::seller) {}

  Base collect() {
    const Payees payees(view_, unit_);
    const std::string_view index = seller_ ? "seller_year" : "buyer_year";
    for (int year = civil(unit_.span.from).year; year <= civil(unit_.span.to).year; ++year) {
      payees.each<Settlement>(
          index, [&](const Settlement& settlement) { look(settlement); }, "/" + std::to_string(year));
    }
    std::sort(base_.items.begin(), base_.items.end(),
              [](const BaseItem& a, const BaseItem& b) { return a.seq < b.seq; });
    return std::move(base_);
  }

 private:
  void look(const Settlement& settlement) {
    if (!within(unit_.span, settlement.bank_date) || settlement.net() <= Fen(0)) return;
    const Trade& trade = trade_of(settlement.trade);
    if (!terms_allow(trade) || !certificate_allows(trade, settlement)) return;
    if (!trade.earns()) {
      if (trade.flag) base_.flagged.push_back(settlement.object_id());
      return;
    }
    if (line_.related_lookback_days && parties_related(settlement)) {
      base_.related.push_back(settlement.object_id());
      return;
    }
    const Fen fen = untaxed(trade, settlement.net());
    if (fen == Fen(0)) return;
    base_.items.push_back({settlement.object_id(), settlement.seq, fen, settlement.cross_province});
  }

  bool terms_allow(const Trade& trade) {
    if (unit_.dataset && trade.dataset != *unit_.dataset) return false;
    if (line_.scope == SubsidyScope::first_contract && !trade.first_contract) return false;
    if (!region_allowed(line_, seller_ ? trade.seller_region : trade.buyer_region)) return false;
    if (!allows(line_.scales, seller_ ? trade.seller_scale : trade.buyer_scale)) return false;
    if (!allows(line_.modes, std::string(name_of(trade.terms.mode)))) return false;
    if (!looks_at_datasets(line_)) return true;
    const Dataset& dataset = cached(datasets_, trade.dataset);
    // A first registration stays with the first registrant, whoever sells the data set since.
    if (line_.requires_first_registration && dataset.original != trade.seller) return false;
    const auto known = allowed_.find(trade.dataset);
    if (known != allowed_.end()) return known->second;
    return allowed_.emplace(trade.dataset, dataset_allowed(view_, line_, dataset)).first->second;
  }

  // As now known: a certificate that was revoked never was in force.
  bool certificate_allows(const Trade& trade, const Settlement& settlement) {
    const CertValidAt at = line_.cert_valid_at;
    const bool certified = line_.scope == SubsidyScope::certified_dataset;
    if (at == CertValidAt::none && !certified) return true;
    const Certificate& certificate = cached(certificates_, trade.terms.certificate.text);
    if (certified && !certificate_in_force(view_, certificate, trade.agreed_at, trade.agreed_seq)) return false;
    if (at == CertValidAt::agree || at == CertValidAt::both) {
      if (!certificate_in_force(view_, certificate, trade.agreed_at, trade.agreed_seq)) return false;
    }
    if (at == CertValidAt::settle || at == CertValidAt::both) {
      if (!certificate_in_force(view_, certificate, settlement.certificate_instant(), settlement.seq)) return false;
    }
    return true;
  }

  bool parties_related(const Settlement& settlement) {
    const Date to = settlement.bank_date;
    const Date from = add_days(to, -static_cast<int>(*line_.related_lookback_days));
    return related(cached(orgs_, settlement.seller.text), cached(orgs_, settlement.buyer.text), {from, to});
  }

  // Without the part of the price that the trade states as tax.
  Fen untaxed(const Trade& trade, Fen net) const {
    if (line_.base_tax == BaseTax::incl || trade.terms.amount_fen == Fen(0)) return net;
    const std::int64_t whole = trade.terms.amount_fen.value();
    const std::int64_t untaxed_part = whole - trade.terms.tax_fen.value();
    const auto fen = rounded_quotient(static_cast<__int128>(net.value()) * untaxed_part, whole, Rounding::down);
    LEDGER_ASSERT(fen);
    return *fen;
  }

  const Trade& trade_of(const RegNo& no) { return cached(trades_, no.text); }

  template <Object T>
  const T& cached(std::map<std::string, T>& cache, const std::string& id) {
    const auto found = cache.find(id);
    if (found != cache.end()) return found->second;
    auto object = find_object<T>(view_, id);
    LEDGER_ASSERT(object);
    return cache.emplace(id, std::move(*object)).first->second;
  }

  const ReadView& view_;
  const SubsidyLine& line_;
  const EarnUnit& unit_;
  const bool seller_;
  Base base_;
  std::map<std::string, Trade> trades_;
  std::map<std::string, Certificate> certificates_;
  std::map<std::string, Dataset> datasets_;
  std::map<std::string, bool> allowed_;  // data sets, by what the line asks of them
  std::map<std::string, Org> orgs_;
};

// --- fees
// The trade that a service fee is about, through its JY number or that of its settlement.
std::optional<Trade> trade_of(const ReadView& view, const Fee& fee) {
  return find_object<Trade>(view, std::string_view(fee.cause).substr(0, 20));
}

std::optional<Dataset> dataset_of(const ReadView& view, const Fee& fee, const std::optional<Trade>& trade) {
  return find_object<Dataset>(view, trade ? trade->dataset : fee.cause);
}

// What was paid and stays paid, by the day of the first payment.
Base fee_base(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit) {
  Base base;
  Payees(view, unit).each<Fee>("payer", [&](const Fee& fee) {
    if (!fee.first_paid_on || !within(unit.span, *fee.first_paid_on)) return;
    if (line.fee_lines && !allows(*line.fee_lines, fee.line)) return;
    const Fen kept = fee_balances(view, fee).kept;
    // The payer's region at the assessment stands in the number.
    if (kept <= Fen(0) || !region_allowed(line, std::string_view(fee.no.text).substr(2, 6))) return;
    const auto trade = trade_of(view, fee);
    if (trade && !trade->earns()) return;
    const auto dataset = dataset_of(view, fee, trade);
    if (unit.dataset && (!dataset || dataset->id != *unit.dataset)) return;
    if (dataset && !dataset_allowed(view, line, *dataset)) return;
    base.items.push_back({fee.no.text, fee.assessed_seq, kept, false});
  });
  std::sort(base.items.begin(), base.items.end(), [](const BaseItem& a, const BaseItem& b) { return a.seq < b.seq; });
  return base;
}

// --- milestones: the sum once, however often it was reached.
Base first_trade_base(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit) {
  Base base = SettledBase(view, line, unit).collect();
  if (base.items.size() > 1) base.items.erase(base.items.begin() + 1, base.items.end());
  for (BaseItem& item : base.items) item.fen = line.fixed_fen.value_or(Fen(0));
  return base;
}

Base milestone_base(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit) {
  Base base;
  const auto reached = [&](const Dataset& dataset, Date day) {
    if (!base.items.empty() || !within(unit.span, day)) return;
    if (!region_allowed(line, dataset.region) || !dataset_allowed(view, line, dataset)) return;
    base.items.push_back({dataset.id, dataset.applied_seq, line.fixed_fen.value_or(Fen(0)), false});
  };
  switch (line.milestone.value_or(Milestone::registration)) {
    case Milestone::registration:
      each_registration(view, unit, reached);
      break;
    case Milestone::certificate:
      each_certificate(view, unit, reached);
      break;
    case Milestone::rating_excellent:
      each_excellent_rating(view, unit, reached);
      break;
    case Milestone::first_trade:
      return first_trade_base(view, line, unit);
  }
  return base;
}

}  // namespace

EarnUnit unit_of(const Claim& claim) {
  return {claim.line,      claim.place.value_or(claim.claimant), claim.side, claim.dataset,
          claim.earn_year, {claim.earn_from, claim.earn_to}};
}

std::optional<Policy> line_for_year(const ReadView& view, std::string_view line, std::int64_t year) {
  const auto first = make_date(static_cast<int>(year), 1, 1);
  if (!first) return std::nullopt;
  const EarnSpan days{*first, *make_date(static_cast<int>(year), 12, 31)};
  for (const VersionSpan& version : versions_of(view, line)) {
    if (overlap(version.days, days)) return policy_by_rule(view, version.rule);
  }
  return std::nullopt;
}

std::optional<MonthsPeriod> line_for_event(const ReadView& view, const EarnUnit& unit) {
  for (const VersionSpan& version : versions_of(view, unit.line)) {
    auto policy = policy_by_rule(view, version.rule);
    LEDGER_ASSERT(policy);
    if (!policy->subsidy_line || policy->subsidy_line->earn != EarnPeriod::months) continue;
    const SubsidyLine& line = *policy->subsidy_line;
    const auto day = event_day(view, line.earn_event.value_or(EarnEvent::first_contract), unit);
    if (!day) continue;
    const EarnSpan span{*day, add_days(add_months(*day, static_cast<int>(line.earn_months.value_or(12))), -1)};
    if (overlap(version.days, span)) return MonthsPeriod{std::move(*policy), span};
  }
  return std::nullopt;
}

BaseSum Base::sum() const {
  BaseSum sum;
  for (const BaseItem& item : items) sum.add(item.fen, item.cross);
  return sum;
}

bool counts_settlements(const SubsidyLine& line) {
  return line.base == SubsidyBase::settled_net || line.milestone == Milestone::first_trade;
}

Base collect_base(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit) {
  switch (line.base) {
    case SubsidyBase::settled_net:
      return SettledBase(view, line, unit).collect();
    case SubsidyBase::fee_paid:
      return fee_base(view, line, unit);
    case SubsidyBase::fixed:
      return milestone_base(view, line, unit);
  }
  std::unreachable();
}

}  // namespace dengji::contracts
