#include "contracts/certification/reserves.hpp"

#include "contracts/certification/certification_checks.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = CertificationVerdict;

std::string listing_key(std::string_view dataset) {
  return join_key({"reserve", dataset});
}

// A project may stand in the reserve before its data set is registered, not after that has come to an end.
Verdict check_dataset_lives(const EntryTx& tx, const Dataset& dataset) {
  const std::string_view status = effective_status(dataset, tx.context().day());
  for (const std::string_view ended : {"refused", "withdrawn", "expired", "cancelled", "revoked"}) {
    if (status != ended) continue;
    return refuse(V::reserve_dataset_ended,
                  "dataset " + dataset.label() + " is " + std::string(status) +
                      "; one that is applied for or registered can be enlisted",
                  "/body/dataset");
  }
  return {};
}

Verdict apply_reserve_enlist(EntryTx& tx, const ReserveEnlistBody& body) {
  const auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  const OrgId& bureau = tx.context().org("bureau");
  if (bureau == dataset->holder) {
    return refuse(General::same_party,
                  bureau.text + " holds dataset " + dataset->label() + "; another bureau enlists it", "/parties");
  }
  DENGJI_TRY(check_dataset_lives(tx, *dataset));
  if (const auto listed = tx.get_raw(listing_key(dataset->id))) {
    const auto other = tx.need<Reserve>(*listed, "/body/dataset");
    if (!other) return std::unexpected(other.error());
    return refuse(V::reserve_listed,
                  "dataset " + dataset->label() + " is listed as " + std::string(name_of(other->listing.tier)) +
                      " by " + *listed + "; delist that first",
                  "/body/dataset");
  }
  Reserve reserve{.id = crypto::to_b64(tx.context().entry_id),
                  .holder = dataset->holder,
                  .listing = body,
                  .listed_on = tx.context().day(),
                  .listed_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  reserve.listing.dataset = dataset->id;
  tx.create(reserve);
  tx.put_raw(listing_key(dataset->id), reserve.id);
  tx.status(Reserve::kKind, reserve.id, "", name_of(reserve.status));
  tx.subject(Reserve::kKind, reserve.id);
  return {};
}

Verdict apply_reserve_delist(EntryTx& tx, const ReserveDelistBody& body) {
  auto reserve = tx.need<Reserve>(body.reserve, "/body/reserve");
  if (!reserve) return std::unexpected(std::move(reserve.error()));
  if (reserve->status != ReserveStatus::listed) {
    return refuse(V::reserve_not_listed,
                  "reserve " + reserve->id + " is " + std::string(name_of(reserve->status)) +
                      "; only what is listed is struck off",
                  "/body/reserve");
  }
  tx.status(Reserve::kKind, reserve->id, name_of(reserve->status), name_of(ReserveStatus::delisted));
  reserve->status = ReserveStatus::delisted;
  reserve->delisted_on = tx.context().day();
  reserve->delist_reason = body.reason;
  tx.put(*reserve);
  tx.erase_raw(listing_key(reserve->listing.dataset));
  tx.subject(Reserve::kKind, reserve->id);
  return {};
}

}  // namespace

void Reserve::indexes(const Reserve& reserve, IndexSink& sink) {
  sink.add("dataset", reserve.listing.dataset);
  sink.add("holder", reserve.holder.text);
  sink.add("tier", name_of(reserve.listing.tier));
  sink.add("status", name_of(reserve.status));
  sink.add("year", std::to_string(reserve.listing.year));
}

void add_reserve_types(std::vector<EntryTypeInfo>& types) {
  constexpr std::string_view kArea = "certification";
  const std::vector<SignerRule> bureau{{{"bureau"}, 1, 1}};
  types.push_back(entry_type<ReserveEnlistBody, &apply_reserve_enlist>(
      "reserve.enlist", kArea,
      {"Takes a data set project into a tier of the reserve", "项目入库：基础库、特色库或战略库"}, bureau,
      Visibility::everyone));
  types.push_back(entry_type<ReserveDelistBody, &apply_reserve_delist>(
      "reserve.delist", kArea, {"Strikes a project off the reserve", "项目出库"}, bureau, Visibility::everyone));
}

}  // namespace dengji::contracts
