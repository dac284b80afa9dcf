// What proven entries say of a certificate: the members of the object that a node serves, worked out again from the
// leaves alone. The contract takes some of them from the registration (holder, last day) or from the certificate before
// a transfer; then they follow from those entries, and without them they are not proven. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/proven.hpp"

namespace dengji::cli {

using json::Json;

class CertificateFacts {
 public:
  // Entries in the order of the ledger; those that concern no registration or certificate say nothing.
  void take(const node::Proven& proven);

  // Members as GET /v1/certificates/{no} names them; null where the entries prove that the member is absent. A member
  // that is not there is not proven. Empty if no entry issued `no`.
  Json of(const std::string& no) const;

 private:
  void take_registration(const node::Proven& proven);
  void take_new_certificate(const node::Proven& proven, const std::string& no);
  void take_changes(const node::Proven& proven);
  // From an id or a DJ number; nullptr if no entry told of it.
  const Json* dataset(const std::string& name) const;

  std::map<std::string, Json> datasets_;      // by id: dataset, dataset_no, holder, valid_to
  std::map<std::string, std::string> by_no_;  // DJ number → id
  std::map<std::string, Json> certificates_;
};

// How what was served or kept stands to what is proven.
struct Comparison {
  Json proven = Json::object();    // members that the entries prove
  Json unproven = Json::object();  // members that are only told
};
// Error: ledger_inconsistent for the first member that the entries contradict.
Result<Comparison> compare_certificate(const Json& certificate, const Json& facts);

// The certificate that was replaced when `issue` issued another; nullopt for a certificate of its own.
std::optional<std::string> replaced_by(const node::Proven& issue);

}  // namespace dengji::cli
