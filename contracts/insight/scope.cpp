#include "contracts/insight/scope.hpp"

namespace dengji::contracts::insight {

const Org* Scope::org(Party party) const {
  const OrgRow* row = last_of(orgs_, tables_.orgs, &OrgRow::party, party);
  return row == nullptr ? nullptr : &row->org;
}

const DatasetRow* Scope::dataset(DatasetIndex dataset) const {
  return last_of(datasets_, tables_.dataset_rows, &DatasetRow::dataset, dataset);
}

const RatingRow* Scope::rating(DatasetIndex dataset) const {
  return last_of(ratings_, tables_.ratings, &RatingRow::dataset, dataset);
}

std::optional<ReserveTier> Scope::tier(DatasetIndex dataset) const {
  // One listing is in force for a data set at a time, so its last row tells.
  const ReserveRow* row = last_of(reserves_, tables_.reserves, &ReserveRow::dataset, dataset);
  if (row == nullptr || row->status != ReserveStatus::listed) return std::nullopt;
  return row->tier;
}

const TradeVersionRow* Scope::trade(TradeIndex trade) const {
  return last_of(trades_, tables_.trade_versions, &TradeVersionRow::trade, trade);
}

bool Scope::stands(const MoneyRow& row) const {
  if (!reversed_) {
    reversed_.emplace();
    each(tables_.money, [this](const MoneyRow& one) {
      if (one.kind == MoneyKind::reversal) reversed_->emplace(one.trade, one.n);
    });
  }
  return reversed_->empty() || !reversed_->contains({row.trade, row.n});
}

bool Scope::in_force(const DatasetRow& row) const {
  // A freeze is over by itself after its last day.
  const bool thawed = row.status == DatasetStatus::frozen && row.frozen_until < today_;
  return (row.status == DatasetStatus::registered || thawed) && row.valid_from <= today_ && today_ <= row.valid_to;
}

const std::vector<bool>& Scope::certified() const {
  if (certified_) return *certified_;
  certified_.emplace(tables_.datasets.size(), false);
  for (const RowIndex row : last_rows(tables_.certificates, &CertificateRow::certificate)) {
    const CertificateRow& certificate = tables_.certificates[row];
    if (certificate.status == CertificateStatus::valid && certificate.valid_from <= today_ &&
        today_ <= certificate.valid_to && certificate.dataset < certified_->size()) {
      (*certified_)[certificate.dataset] = true;
    }
  }
  return *certified_;
}

}  // namespace dengji::contracts::insight
