#include "contracts/common/first_registration.hpp"

#include <algorithm>

#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

constexpr std::string_view kEnterprise = "first_enterprise";
constexpr std::string_view kGroup = "first_group";
constexpr std::string_view kKin = "first_kin";
constexpr std::string_view kDataset = "first_dataset";

// The organisation and all that came before it, however far back.
std::vector<OrgId> with_predecessors(const EntryTx& tx, const Org& holder) {
  std::vector<OrgId> all{holder.id};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto org = i == 0 ? std::optional<Org>(holder) : tx.find<Org>(all[i].text);
    if (!org) continue;
    for (const Tie& tie : org->ties) {
      if (tie.nature == "predecessor" && std::find(all.begin(), all.end(), tie.other) == all.end()) {
        all.push_back(tie.other);
      }
    }
  }
  return all;
}

// Everyone related to the holder today, itself included: direct ties and members of its group.
std::vector<OrgId> related_today(const EntryTx& tx, const Org& holder) {
  const Date day = tx.context().day();
  std::vector<OrgId> all{holder.id};
  for (const Tie& tie : holder.ties) {
    if (tie.since <= day && (!tie.until || *tie.until >= day)) all.push_back(tie.other);
  }
  if (const std::string* group = holder.group_on(day)) {
    const std::string prefix = index_prefix(Org::kKind, "group", *group);
    std::vector<std::string> members;
    tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      members.emplace_back(key.substr(prefix.size()));
      return true;
    });
    for (const std::string& id : members) {
      const auto member = tx.find<Org>(id);
      if (member && related(*member, holder, {day, day})) all.push_back(member->id);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool first_of_group(EntryTx& tx, const Org& holder, const std::vector<OrgId>& mine) {
  const std::vector<OrgId> kin = related_today(tx, holder);
  const std::string* group = holder.group_on(tx.context().day());
  bool first = !(group && tx.marked(kGroup, *group));
  for (const OrgId& org : kin) first = first && !tx.marked(kKin, org.text) && !tx.marked(kEnterprise, org.text);
  for (const OrgId& org : mine) first = first && !tx.marked(kKin, org.text) && !tx.marked(kEnterprise, org.text);
  if (group) tx.mark(kGroup, *group);
  tx.mark(kKin, holder.id.text);
  // A direct tie has no group id that could remember it: the related organisation is marked itself.
  for (const Tie& tie : holder.ties) {
    if (std::binary_search(kin.begin(), kin.end(), tie.other)) tx.mark(kKin, tie.other.text);
  }
  return first;
}

}  // namespace

FirstScopes use_first_registration(EntryTx& tx, const Org& holder, const Hash32& manifest_root) {
  const std::vector<OrgId> mine = with_predecessors(tx, holder);
  FirstScopes first;
  first.group = first_of_group(tx, holder, mine);
  first.enterprise =
      std::none_of(mine.begin(), mine.end(), [&](const OrgId& org) { return tx.marked(kEnterprise, org.text); });
  tx.mark(kEnterprise, holder.id.text);
  first.dataset = use_dataset_scope(tx, manifest_root);
  return first;
}

bool use_dataset_scope(EntryTx& tx, const Hash32& manifest_root) {
  return tx.mark(kDataset, crypto::to_b64(manifest_root));
}

}  // namespace dengji::contracts
