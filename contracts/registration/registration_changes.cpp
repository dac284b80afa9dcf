// What changes in a registered data set: its content (release), its form (amend 变更), obvious errors (correct 更正).
#include <algorithm>

#include "contracts/common/first_registration.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "contracts/registration/registration_certificates.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

// Names of the members of the form in which the two differ.
std::vector<std::string> changed_members(const DatasetApplication& before, const DatasetApplication& after) {
  const Json old_form = to_json(before);
  const Json new_form = to_json(after);
  std::vector<std::string> changed;
  for (const auto& [name, value] : new_form.items()) {
    const auto old = old_form.find(name);
    if (old == old_form.end() || *old != value) changed.push_back(name);
  }
  for (const auto& [name, value] : old_form.items()) {
    if (!new_form.contains(name)) changed.push_back(name);
  }
  std::sort(changed.begin(), changed.end());
  return changed;
}

bool changes(const std::vector<std::string>& changed, std::string_view member) {
  return std::find(changed.begin(), changed.end(), member) != changed.end();
}

Verdict check_changes(const Dataset& dataset, const std::vector<std::string>& changed, std::string_view pointer) {
  if (!changed.empty()) return {};
  return refuse(V::nothing_changes, "dataset " + dataset.label() + " reads so already", std::string(pointer));
}

// --- dataset.amend
Verdict check_fixed(const std::vector<std::string>& changed) {
  struct Fixed {
    std::string_view member;
    std::string_view instead;
  };
  constexpr Fixed kFixed[] = {{"right", "another right needs an application of its own"},
                              {"manifest", "dataset.release brings new content"},
                              {"content_version", "dataset.release brings a new version"},
                              {"parents", "a data set of other parents needs an application of its own"}};
  for (const Fixed& fixed : kFixed) {
    if (!changes(changed, fixed.member)) continue;
    return refuse(V::member_fixed, std::string(fixed.member) + ": " + std::string(fixed.instead),
                  "/body/application/" + std::string(fixed.member));
  }
  return {};
}

std::int64_t share_of(const DatasetApplication& form, const OrgId& org) {
  if (!form.co_holders) return 0;
  for (const CoHolder& holder : *form.co_holders) {
    if (holder.org == org) return holder.ppm;
  }
  return 0;
}

// Whoever's share changes signs, newcomers too.
Verdict check_co_holders_sign(const EntryTx& tx, const DatasetApplication& before, const DatasetApplication& after) {
  std::vector<OrgId> concerned;
  for (const auto* form : {&before, &after}) {
    if (!form->co_holders) continue;
    for (const CoHolder& holder : *form->co_holders) {
      if (share_of(before, holder.org) != share_of(after, holder.org)) concerned.push_back(holder.org);
    }
  }
  for (const OrgId& org : concerned) {
    const auto& parties = tx.context().parties;
    const bool signs = std::any_of(parties.begin(), parties.end(), [&](const entry::Party& party) {
      return party.role == "co_holder" && party.org == org;
    });
    if (!signs) {
      return refuse(V::co_holder_must_sign,
                    "the share of " + org.text + " changes from " + std::to_string(share_of(before, org)) + " to " +
                        std::to_string(share_of(after, org)) + " ppm; it signs as co_holder",
                    "/parties");
    }
  }
  return {};
}

// What stands on the licence keeps within it: data sets made from this one, and licences granted in it.
Verdict check_licence_dependents(const EntryTx& tx, const Dataset& dataset, const Licence& licence) {
  Verdict verdict;
  const Date day = tx.context().day();
  const auto look = [&](const std::string& what, const Licence& own) {
    const std::string_view excess = licence_excess(own, licence);
    if (excess.empty()) return true;
    verdict = refuse(V::licence_in_use, what + " needs " + std::string(excess) + "; end or narrow that first",
                     "/body/application/licence/" + std::string(excess));
    return false;
  };
  for (const std::string& parent : {dataset.id, dataset.no->text}) {
    const std::string children = index_prefix(Dataset::kKind, "parent", parent);
    tx.view().scan(children, children, [&](std::string_view key, std::string_view) {
      const auto child = tx.find<Dataset>(key.substr(children.size()));
      const std::string_view status = child ? effective_status(*child, day) : "";
      return (status != "registered" && status != "frozen") ||
             look("dataset " + child->label(), child->application.licence);
    });
    if (!verdict) return verdict;
  }
  const std::string granted = index_prefix(GrantedLicence::kKind, "within", dataset.id);
  tx.view().scan(granted, granted, [&](std::string_view key, std::string_view) {
    const auto held = tx.find<GrantedLicence>(key.substr(granted.size()));
    return !held || *held->terms.until < day || look("licence " + held->id, held->terms);
  });
  return verdict;
}

// The registration lasts no longer than its source's agreement, and its certificate no longer than it.
Verdict follow_source(EntryTx& tx, Dataset& dataset) {
  const auto& end = dataset.application.source.agreement_until;
  if (!end || *end >= *dataset.valid_to) return {};
  if (*end < tx.context().day()) {
    return refuse(V::source_ended, "it ended on " + format_date(*end) + "; dataset.cancel ends the registration",
                  "/body/application/source/agreement_until");
  }
  dataset.valid_to = *end;
  tx.deadline(Dataset::kKind, dataset.id, "validity", *end);
  return shorten_certificate(tx, dataset);
}

// --- dataset.correct
DatasetApplication corrected(const DatasetApplication& form, const DatasetCorrectBody& body) {
  DatasetApplication after = form;
  if (body.title) after.title = *body.title;
  if (body.description) after.description = *body.description;
  if (body.industry) after.industry = *body.industry;
  if (body.modalities) after.modalities = *body.modalities;
  if (body.schema_summary) after.schema_summary = body.schema_summary;
  if (body.standards) after.standards = body.standards;
  if (body.coverage) after.coverage = body.coverage;
  if (body.storage_place) after.storage_place = body.storage_place;
  if (body.external_codes) after.external_codes = body.external_codes;
  if (body.keywords) after.keywords = body.keywords;
  if (body.homepage) after.homepage = body.homepage;
  return after;
}

// --- dataset.release
Verdict check_new_content(EntryTx& tx, const Dataset& dataset, const DatasetReleaseBody& body) {
  const Manifest& current = dataset.application.manifest;
  if (body.parent_root != current.root) {
    return refuse(V::release_stale, "the current root is " + crypto::to_b64(current.root), "/body/parent_root");
  }
  if (body.manifest.root == current.root) {
    return refuse(V::release_unchanged, "dataset " + dataset.label() + " has this root already", "/body/manifest/root");
  }
  const bool taken =
      body.version == dataset.application.content_version || tx.marked("release", dataset.id + "/" + body.version);
  if (taken) return refuse(V::version_taken, body.version + " of dataset " + dataset.label(), "/body/version");
  DENGJI_TRY(check_manifest(body.manifest, "/body"));
  if (const auto leader = leader_before(tx, body.manifest, dataset.application.right, dataset.id)) {
    return refuse(V::conflict_leads, describe(*leader, tx.context().day()) + " for the same manifest root and right",
                  "/body/manifest/root");
  }
  return {};
}

}  // namespace

Verdict apply_release(EntryTx& tx, const DatasetReleaseBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  DENGJI_TRY(check_in_force(tx, *dataset));
  DENGJI_TRY(check_new_content(tx, *dataset, body));

  Release release;
  release.id = crypto::to_b64(tx.context().entry_id);
  release.dataset = dataset->id;
  release.dataset_no = *dataset->no;
  release.holder = dataset->holder;
  release.version = body.version;
  release.manifest = body.manifest;
  release.manifest.list.reset();
  release.parent_root = body.parent_root;
  release.changes = body.changes;
  release.released_on = tx.context().day();
  release.released_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.create(release);
  tx.status(Release::kKind, release.id, "", "released");
  if (const auto& first = dataset->application.content_version) tx.mark("release", dataset->id + "/" + *first);
  tx.mark("release", dataset->id + "/" + body.version);
  use_dataset_scope(tx, body.manifest.root);
  // Earlier roots stay with this data set: nobody else registers an old version while it lasts.
  tx.put_raw(lead_key(release.manifest, dataset->application.right), dataset->id);
  dataset->application.manifest = release.manifest;
  dataset->application.content_version = body.version;
  tx.put(*dataset);
  return {};
}

Verdict apply_amend(EntryTx& tx, const DatasetAmendBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_in_force(tx, *dataset));
  DatasetApplication form = body.application;
  form.manifest.list.reset();
  const std::vector<std::string> changed = changed_members(dataset->application, form);
  DENGJI_TRY(check_fixed(changed));
  DENGJI_TRY(check_changes(*dataset, changed, "/body/application"));
  DENGJI_TRY(check_co_holders_sign(tx, dataset->application, form));
  DENGJI_TRY(check_form(tx, form, dataset->holder, "/body/application"));
  if (changes(changed, "licence")) {
    DENGJI_TRY(check_parents(tx, form, "/body/application"));
    DENGJI_TRY(check_licence_dependents(tx, *dataset, form.licence));
  }
  dataset->application = std::move(form);
  DENGJI_TRY(follow_source(tx, *dataset));
  tx.flag(Dataset::kKind, dataset->id, "amended", changed);
  tx.put(*dataset);
  return {};
}

Verdict apply_correct(EntryTx& tx, const DatasetCorrectBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::registered, DatasetStatus::frozen}));
  DatasetApplication form = corrected(dataset->application, body);
  const std::vector<std::string> changed = changed_members(dataset->application, form);
  DENGJI_TRY(check_changes(*dataset, changed, "/body"));
  // What is not touched was right when it was registered, whatever the vocabulary says since.
  if (body.industry || body.modalities || body.coverage) DENGJI_TRY(check_form(tx, form, dataset->holder, "/body"));
  dataset->application = std::move(form);
  tx.flag(Dataset::kKind, dataset->id, "corrected", changed);
  tx.put(*dataset);
  return {};
}

}  // namespace dengji::contracts::registering
