// What the HTTP surface needs from the node, as interfaces that node/ implements: take an entry, read the ledger, know
// who asks, say how it is. The API never sees the store, the contracts or the pipeline; tests hand it fakes.
// Every const method may be called from any thread at any time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/ed25519.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/hash32.hpp"
#include "ledger/base/ids.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/base/seq.hpp"
#include "ledger/base/time.hpp"
#include "ledger/merkle/tile.hpp"
#include "ledger/state/verdict.hpp"
#include "ledger/state/view.hpp"

namespace dengji::api {

// A published checkpoint; shared by every receipt of one batch.
struct Checkpoint {
  std::uint64_t size = 0;
  Hash32 root;
  LedgerTime time;   // of the last leaf
  std::string note;  // the C2SP signed note, as served at /checkpoint
};

// The entry is durable. `inclusion` proves `leaf` in a tree of `checkpoint->size` leaves.
struct Receipt {
  bool created = false;  // false: the same entry was there already
  Seq seq;
  Hash32 entry_id;
  std::string leaf;  // canonical JSON
  Hash32 leaf_hash;  // RFC 6962 leaf hash
  std::vector<Hash32> inclusion;
  std::shared_ptr<const Checkpoint> checkpoint;
};

// A contract said no; nothing changed.
struct Refusal {
  const state::VerdictRow* row = nullptr;  // of the static table
  std::string pointer;                     // JSON Pointer into the payload
  std::string detail;                      // names the object, its state and the way out, in English
  Hash32 entry_id;
};

// The entry never came as far as a contract, or its outcome is not known.
struct SubmitError {
  Error error;
  std::optional<Hash32> entry_id;  // once the payload could be decoded
  int retry_after_s = 0;           // > 0 adds Retry-After
};

using SubmitOutcome = std::variant<Receipt, Refusal, SubmitError>;
// Called exactly once, from any thread, perhaps before submit() returns. Keep captures within 16 bytes: no allocation.
using SubmitDone = std::move_only_function<void(SubmitOutcome)>;

// Of one entry on the wire: white space is allowed, as much again as the entry itself may have.
inline constexpr std::size_t kMaxSubmitBytes = 2 * kMaxEntryBytes;

class SubmitPort {
 public:
  virtual ~SubmitPort() = default;
  // `bytes` = one entry as received, not yet looked at but for its size (≤ kMaxSubmitBytes). Never blocks: a full
  // queue is an `overloaded` outcome.
  virtual void submit(std::string bytes, SubmitDone done) = 0;
};

class LedgerPort {
 public:
  virtual ~LedgerPort() = default;

  virtual std::string_view ledger_id() const = 0;
  // b64url SHA-256 of entry 0's payload; empty while the ledger is empty.
  virtual std::string genesis() const = 0;
  // Never null once serving. Its size is what every other method may be asked about: nothing unpublished is served.
  virtual std::shared_ptr<const Checkpoint> checkpoint() const = 0;

  // not_found at or beyond the published size.
  virtual Result<std::string> leaf(Seq seq) const = 0;
  virtual Result<Seq> seq_of(const Hash32& entry_id) const = 0;
  // Leaves from `from` on, ascending, below the published size; `visit` returns false to stop.
  using VisitLeaf = std::function<bool(Seq, std::string_view leaf)>;
  virtual Result<void> leaves(Seq from, const VisitLeaf& visit) const = 0;

  virtual Result<std::vector<Hash32>> inclusion(Seq seq, std::uint64_t size) const = 0;
  virtual Result<std::vector<Hash32>> consistency(std::uint64_t from, std::uint64_t to) const = 0;

  // The first `width` (1..256) hashes of a tile that the published tree has; the caller checked that.
  virtual Result<merkle::TileBytes> tile(merkle::TileId id, unsigned width) const = 0;

  // State after the first `size` entries (size ≤ published).
  virtual std::unique_ptr<state::ReadView> view_at(std::uint64_t size) const = 0;
  // How many entries have ledger time ≤ `time`.
  virtual Result<std::uint64_t> size_at(LedgerTime time) const = 0;
  // The versions of one state key below `size`, newest first; nullopt = erased there.
  using VisitVersion = std::function<bool(Seq, std::optional<std::string_view> value)>;
  virtual Result<void> history(std::string_view key, std::uint64_t size, const VisitVersion& visit) const = 0;

  // Called after every newly published checkpoint, from one thread of the node; must return quickly. One listener;
  // empty to remove it (returns only when no call is running).
  virtual void on_publish(std::function<void(const std::shared_ptr<const Checkpoint>&)> listener) = 0;
};

// A key as the newest state knows it, in force now.
struct ReaderKey {
  OrgId org;
  crypto::PublicKey key;
};

class AuthPort {
 public:
  virtual ~AuthPort() = default;
  // A registered key (use sign or read) that is in force at the newest state; unknown_key otherwise.
  virtual Result<ReaderKey> key(std::string_view kid) const = 0;
  // Roles that the organisation holds now ("bureau", "auditor" …), sorted.
  virtual std::vector<std::string> roles(const OrgId& org) const = 0;
};

class HealthPort {
 public:
  virtual ~HealthPort() = default;
  // Reasons why the node should not get traffic, each a short sentence; empty = ready.
  virtual std::vector<std::string> not_ready() const = 0;
  // False once the node has halted for good (damaged store, contradiction): then an operator must act.
  virtual bool alive() const = 0;
  // Prometheus text format 0.0.4; the API appends its own families.
  virtual std::string metrics() const = 0;
  // The node's public keys as a JSON Web Key Set.
  virtual std::string jwks() const = 0;
};

}  // namespace dengji::api
