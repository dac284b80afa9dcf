// First registrations: every registration uses up three scopes, of the enterprise, of its group and of the data set
// (its manifest root), and remembers of which of them it was the first. Marks: first_enterprise (organisation),
// first_group (group id), first_kin (organisation that was registered for, or tied to one then), first_dataset
// (manifest root).
#pragma once

#include "contracts/common/organisations.hpp"

namespace dengji::contracts {

struct FirstScopes {
  bool enterprise = false;
  bool group = false;
  bool dataset = false;
};

// Looks and marks, as of today: what is recorded about relations later changes nothing. An enterprise stands for its
// predecessors too; its group is whoever is related to it today.
FirstScopes use_first_registration(EntryTx& tx, const Org& holder, const Hash32& manifest_root);
// A new version of a registered data set: registered again by itself, its root is none that is registered first. True
// if it would have been.
bool use_dataset_scope(EntryTx& tx, const Hash32& manifest_root);

}  // namespace dengji::contracts
