// The audit of an export with no trust in the node that made it: every signature is verified, every contract executed
// again, every leaf, the root and the checkpoint recomputed, the invariants checked on the state and, by other code, on
// the postings alone.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <string>

#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/time.hpp"

namespace dengji::node {

struct AuditSummary {
  std::string ledger;
  Hash32 genesis;
  std::uint64_t size = 0;
  Hash32 root;
  LedgerTime first;
  LedgerTime last;
  std::map<std::string, std::uint64_t> entries_by_type;
  std::uint64_t signatures = 0;
  std::uint64_t accounts = 0;
};

// Called now and then with (done, size as the header claims).
using AuditProgress = std::function<void(std::uint64_t, std::uint64_t)>;

// `in` holds an export (docs/formats.md "Export"). The first fault ends it: bad_signature, or ledger_inconsistent
// naming the entry's seq and the JSON Pointer in its leaf; value_format for what is no export at all.
Result<AuditSummary> audit_export(std::istream& in, const AuditProgress& progress = {});

}  // namespace dengji::node
