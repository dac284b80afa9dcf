// Objections (异议) and the registrar's ruling, on them and on applications that dispute one manifest root and right.
#include "contracts/common/calendar.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

std::vector<Objection> open_objections(const ReadView& view, const Dataset& dataset) {
  std::vector<Objection> open;
  const std::string prefix = index_prefix(Objection::kKind, "open", dataset.id);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    if (auto found = find_object<Objection>(view, key.substr(prefix.size()))) open.push_back(std::move(*found));
    return true;
  });
  return open;
}

// While the notice runs an objection stops the registration; later it is only noted.
bool stops_registration(const EntryTx& tx, const Dataset& dataset) {
  if (dataset.status != DatasetStatus::notice && dataset.status != DatasetStatus::objected) return false;
  return tx.context().day() <= *notice_until(tx.view(), dataset);
}

Verdict check_room(const EntryTx& tx, const Dataset& dataset, const OrgId& objector) {
  const std::vector<Objection> open = open_objections(tx.view(), dataset);
  for (const Objection& other : open) {
    if (other.objector == objector) {
      return refuse(V::objection_open,
                    "objection " + other.id + " to dataset " + dataset.label() + " waits for its ruling",
                    "/body/dataset");
    }
  }
  if (open.size() < kMaxOpenObjections) return {};
  return refuse(V::objections_full,
                std::to_string(open.size()) + " objections to dataset " + dataset.label() +
                    " are open; object again after the ruling",
                "/body/dataset");
}

// --- rulings
Verdict rule_on_objections(EntryTx& tx, Dataset& dataset, const DatasetRuleBody& body) {
  for (const Objection& objection : open_objections(tx.view(), dataset)) {
    DENGJI_TRY(check_registrar_unrelated(tx, objection.objector, "objector"));
  }
  const bool upheld = body.outcome == RulingOutcome::upheld;
  change_status(tx, dataset, upheld ? DatasetStatus::refused : DatasetStatus::notice);
  close_objections(tx, dataset, upheld ? ObjectionStatus::upheld : ObjectionStatus::dismissed, body.reason);
  dataset.review_reason = body.reason;
  tx.put(dataset);
  return {};
}

// Of two applications for one root and right: dismissed refuses the held one, upheld puts it in the leader's place.
Verdict rule_on_conflict(EntryTx& tx, Dataset& dataset, const DatasetRuleBody& body) {
  auto leader = leader_before(tx, dataset.application.manifest, dataset.application.right, dataset.id);
  if (!leader) {
    return refuse(V::conflict_gone, "dataset " + dataset.label() + " is held behind none that is live; review it again",
                  "/body/dataset");
  }
  DENGJI_TRY(check_independent(tx, *leader));
  dataset.review_reason = body.reason;
  if (body.outcome == RulingOutcome::dismissed) {
    change_status(tx, dataset, DatasetStatus::refused);
    dataset.held_behind.reset();
    tx.put(dataset);
    return {};
  }
  if (leader->no) {
    return refuse(V::conflict_registered,
                  describe(*leader, tx.context().day()) + "; cancel or revoke that registration first",
                  "/body/outcome");
  }
  change_status(tx, *leader, DatasetStatus::refused);
  leader->review_reason = body.reason;
  close_objections(tx, *leader, ObjectionStatus::lapsed, body.reason);
  tx.put(*leader);
  return open_notice(tx, dataset);
}

}  // namespace

void close_objections(EntryTx& tx, const Dataset& dataset, ObjectionStatus outcome,
                      const std::optional<std::string>& ruling) {
  for (Objection& objection : open_objections(tx.view(), dataset)) {
    tx.status(Objection::kKind, objection.id, name_of(objection.status), name_of(outcome));
    objection.status = outcome;
    objection.ruling = ruling;
    if (ruling) objection.ruled_by = tx.context().org("registrar");
    tx.put(objection);
  }
}

Verdict apply_object(EntryTx& tx, const DatasetObjectBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  const OrgId& objector = tx.context().org("objector");
  if (objector == dataset->holder || objector == dataset->agent) {
    return refuse(General::same_party, objector.text + " applied for dataset " + dataset->label() + "; it can withdraw",
                  "/parties");
  }
  DENGJI_TRY(
      check_status(tx, *dataset,
                   {DatasetStatus::notice, DatasetStatus::objected, DatasetStatus::registered, DatasetStatus::frozen}));
  const bool stops = stops_registration(tx, *dataset);
  if (stops) DENGJI_TRY(check_room(tx, *dataset, objector));

  Objection objection;
  objection.id = crypto::to_b64(tx.context().entry_id);
  objection.dataset = dataset->id;
  objection.objector = objector;
  objection.reason = body.reason;
  objection.evidence = body.evidence;
  objection.status = stops ? ObjectionStatus::open : ObjectionStatus::noted;
  objection.filed_on = tx.context().day();
  objection.filed_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.create(objection);
  tx.status(Objection::kKind, objection.id, "", name_of(objection.status));
  tx.flag(Dataset::kKind, dataset->id, "objection", {objection.id});
  if (!stops || dataset->status == DatasetStatus::objected) return {};
  change_status(tx, *dataset, DatasetStatus::objected);
  const TimeLimits limits = time_limits_on(tx.view(), dataset->region, objection.filed_on);
  tx.deadline(Dataset::kKind, dataset->id, "ruling",
              working_days_after(tx.view(), objection.filed_on, limits.days_to_rule()));
  tx.put(*dataset);
  return {};
}

Verdict apply_rule(EntryTx& tx, const DatasetRuleBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::objected, DatasetStatus::held}));
  if (dataset->status == DatasetStatus::held) return rule_on_conflict(tx, *dataset, body);
  return rule_on_objections(tx, *dataset, body);
}

}  // namespace dengji::contracts::registering
