// How the acts of the registration area look a data set up and judge it.
#include <algorithm>

#include "contracts/common/succession.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {

bool acts_for(const EntryTx& tx, const OrgId& signer, const OrgId& holder) {
  return stands_for(tx.view(), signer, holder);
}

std::string describe(const Dataset& dataset, Date day) {
  return "dataset " + dataset.label() + " is " + std::string(effective_status(dataset, day));
}

std::expected<Dataset, Refusal> need_dataset(EntryTx& tx, std::string_view id) {
  auto dataset = tx.need<Dataset>(id, "/body/dataset");
  if (!dataset) return dataset;
  tx.subject(Dataset::kKind, dataset->id);
  if (dataset->status == DatasetStatus::frozen && dataset->frozen_until &&
      *dataset->frozen_until < tx.context().day()) {
    dataset->status = DatasetStatus::registered;
    dataset->frozen_until.reset();
  }
  return dataset;
}

Verdict check_status(const EntryTx& tx, const Dataset& dataset, std::initializer_list<DatasetStatus> allowed) {
  if (std::find(allowed.begin(), allowed.end(), dataset.status) != allowed.end()) return {};
  std::string names;
  for (const DatasetStatus status : allowed) names.append(names.empty() ? "" : " or ").append(name_of(status));
  return refuse(V::wrong_status,
                describe(dataset, tx.context().day()) + "; " + std::string(tx.context().type) + " needs " + names,
                "/body/dataset");
}

Verdict check_not_expired(const EntryTx& tx, const Dataset& dataset) {
  if (!dataset.valid_to || *dataset.valid_to >= tx.context().day()) return {};
  return refuse(V::registration_expired,
                "dataset " + dataset.label() + " was valid to " + format_date(*dataset.valid_to) +
                    "; a new application registers it again",
                "/body/dataset");
}

Verdict check_in_force(const EntryTx& tx, const Dataset& dataset) {
  DENGJI_TRY(check_status(tx, dataset, {DatasetStatus::registered}));
  return check_not_expired(tx, dataset);
}

Verdict check_holder(const EntryTx& tx, const Dataset& dataset, std::string_view role) {
  if (stands_for(tx.view(), tx.context().org(role), dataset.holder)) return {};
  return refuse(V::not_the_holder, "dataset " + dataset.label() + " is held by " + dataset.holder.text, "/parties");
}

Verdict check_registrar_unrelated(const EntryTx& tx, const OrgId& org, std::string_view what) {
  const OrgId& registrar = tx.context().org("registrar");
  if (registrar == org) {
    return refuse(General::same_party, registrar.text + " is the " + std::string(what) + "; another registrar decides",
                  "/parties");
  }
  const auto mine = tx.find<Org>(registrar.text);
  const auto theirs = tx.find<Org>(org.text);
  const Date day = tx.context().day();
  if (mine && theirs && related(*mine, *theirs, {day, day})) {
    return refuse(V::reviewer_related, registrar.text + " and " + org.text + "; another registrar decides", "/parties");
  }
  return {};
}

Verdict check_independent(const EntryTx& tx, const Dataset& dataset) {
  const OrgId& registrar = tx.context().org("registrar");
  if (registrar == dataset.holder || registrar == dataset.agent) {
    return refuse(General::same_party,
                  registrar.text + " applied for dataset " + dataset.label() + "; another registrar decides",
                  "/parties");
  }
  return check_registrar_unrelated(tx, dataset.holder, "holder");
}

void change_status(EntryTx& tx, Dataset& dataset, DatasetStatus to) {
  tx.status(Dataset::kKind, dataset.id, name_of(dataset.status), name_of(to));
  dataset.status = to;
  dataset.status_on = tx.context().day();
}

void change_standing(EntryTx& tx, Dataset& dataset, DatasetStatus to) {
  const LedgerTime now = tx.context().time;
  while (!dataset.history.empty() && dataset.history.back().from > now) dataset.history.pop_back();
  change_status(tx, dataset, to);
  dataset.history.push_back({now, to});
  dataset.frozen_until.reset();
}

std::string lead_key(const Manifest& manifest, Right right) {
  return join_key({"lead", crypto::to_b64(manifest.root), name_of(right)});
}

std::optional<Dataset> leader_before(const EntryTx& tx, const Manifest& manifest, Right right, std::string_view self) {
  const auto id = tx.get_raw(lead_key(manifest, right));
  if (!id || *id == self) return std::nullopt;
  auto leader = tx.find<Dataset>(*id);
  if (!leader) return std::nullopt;
  const std::string_view status = effective_status(*leader, tx.context().day());
  const bool live = status == "notice" || status == "objected" || status == "registered" || status == "frozen";
  return live ? std::move(leader) : std::nullopt;
}

std::string held_claim(const DatasetApplication& application) {
  return crypto::to_b64(application.manifest.root) + "/" + std::string(name_of(application.right));
}

std::optional<std::string> held_against(const ReadView& view, const Dataset& dataset) {
  const std::string prefix = index_prefix(Dataset::kKind, "held_claim", held_claim(dataset.application));
  std::optional<std::string> found;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    found = std::string(key.substr(prefix.size()));
    return false;
  });
  return found;
}

}  // namespace dengji::contracts::registering
