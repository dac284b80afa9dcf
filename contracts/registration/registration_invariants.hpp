// What must hold of the registrations of a ledger at every seq, read from a whole state or from what one entry wrote,
// with no help from the code that brought it about. No contract calls it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "contracts/invariants/touch.hpp"

namespace dengji::contracts {

// Every fault found on `day`, a sentence each; empty if all holds. One live data set per manifest root and right; one
// first registration per enterprise and per root; certificate within registration within source agreement; licences
// within those of the parents, of the data set, of the licence above; an exclusive licence overlaps no other.
Faults check_registration_invariants(const ReadView& view, Date day);

// The same entry by entry: of the data sets, certificates and licences that an entry wrote, and of what stands next to
// them. Which data sets may lead and which are first of a scope it keeps itself.
class RegistrationWatch {
 public:
  void take(Touch& touch);

 private:
  std::map<std::string, std::set<std::string>> leads_;  // by root and right: data sets that lead unless they expired
  std::map<std::string, std::string> firsts_;           // by scope
};

}  // namespace dengji::contracts
