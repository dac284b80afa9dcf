// The audit of an export with no trust in the node that made it: every signature is verified, every contract executed
// again, every leaf, the root and the checkpoint recomputed, the invariants checked at every seq on what the entry
// wrote, at the end on the whole state and, by other code, on the postings alone.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/engine.hpp"
#include "crypto/note.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/time.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/state/view.hpp"

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

// An entry that was just found right, for whoever reads along: books, statistics, dry runs. What is told stands under
// no checkpoint until the audit has finished well.
struct AuditedEntry {
  const entry::Leaf& leaf;
  std::string_view type;
  const state::Writes& writes;
  const state::ReadView& before;  // the state just before it
  const contracts::CheckedEntry& checked;
  const std::vector<state::Effect>& effects;
};
using AuditObserver = std::function<void(const AuditedEntry&)>;

// What the auditor holds already, so that it need not take the ledger's word for it.
struct AuditTrust {
  std::vector<crypto::NoteKey> log_keys;   // one of them must have signed the last checkpoint; empty: those of entry 0
  std::optional<crypto::Checkpoint> kept;  // an older checkpoint: must be a prefix of this history
};

// An export (docs/formats.md "Export") judged while it comes, in pieces of any size. The first fault ends it:
// bad_signature, or ledger_inconsistent naming the entry's seq and the JSON Pointer in its leaf; value_format for what
// is no export at all. Memory: the state and the accounts, not the entries.
class ExportAudit {
 public:
  explicit ExportAudit(AuditTrust trust = {}, AuditProgress progress = {}, AuditObserver observer = {});
  // A copy goes on by itself from where this one stands: several continuations can be judged.
  ExportAudit(const ExportAudit& other);
  ExportAudit& operator=(const ExportAudit&) = delete;
  ~ExportAudit();
  Result<void> feed(std::string_view piece);
  // After the last piece.
  Result<AuditSummary> finish();
  // After a good finish: the whole state.
  const state::ReadView& state() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The same from a stream.
Result<AuditSummary> audit_export(std::istream& in, const AuditProgress& progress = {}, AuditTrust trust = {});

}  // namespace dengji::node
