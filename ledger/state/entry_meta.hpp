// The little that streams and lists must know of every entry without reading its leaf: kept as a state value per seq.
#pragma once

#include <string>
#include <vector>

#include "ledger/state/fields.hpp"

namespace dengji::state {

struct EntryMeta {
  std::string type;
  bool is_public = false;  // anyone may read the entry
  std::string subject_kind;
  std::string subject_id;
  std::vector<OrgId> readers;  // parties first, then those that the contract named

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("type", self.type, Spec{"Entry type"});
    visit("is_public", self.is_public, Spec{"Anyone may read it"});
    visit("subject_kind", self.subject_kind, Spec{"Kind of the object it is about"});
    visit("subject_id", self.subject_id, Spec{"Id of that object"});
    visit("readers", self.readers, Spec{"Organisations that may read it"});
  }
};

}  // namespace dengji::state
