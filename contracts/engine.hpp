// One entry against one state: every check that needs state (ledger, time window, id, keys, roles, signers), then its
// contract, then its leaf. The commit path, replay, audit, catch-up and dry runs all call this, so what a node decides
// is what an outsider recomputes. Pure: the clock is an argument.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/entry/envelope.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

// A public key by thumbprint, or nullopt if it is not known (yet).
using KeyLookup = std::function<std::optional<crypto::PublicKey>(const KeyId&)>;

// An entry that has passed everything that can be said without state. `verified[i]` tells whether signature i was
// checked: one by a key that was not known then is checked in apply. `entry.envelope.body` is empty: `body` is what it
// was read into.
struct CheckedEntry {
  entry::SignedEntry entry;
  const state::EntryTypeInfo* type = nullptr;
  state::BodyPtr body;
  std::vector<bool> verified;
};

// Stateless work, for the verify pool: parse, read the body, verify the signatures of known keys and of keys that come
// in the body. Errors: those of entry::parse_entry, unknown_type, the body's, jws_typ, bad_signature.
Result<CheckedEntry> check_entry(std::string_view bytes, const state::Registry& registry, const KeyLookup& keys);

// The same without any signature: for entries that the caller trusts, such as those of an export that was audited
// before. Every signature counts as verified; never for what comes from outside.
Result<CheckedEntry> read_trusted_entry(std::string_view bytes, const state::Registry& registry);

struct Moment {
  Seq seq;
  LedgerTime time;
  std::optional<LedgerTime> previous;  // of the leaf before; absent at seq 0
};

struct Accepted {
  std::string leaf;  // RFC 8785 bytes; empty with LeafBytes::left_out
  state::Writes writes;
  std::vector<state::Effect> effects;
};

// The very same entry is in the ledger already.
struct Seen {
  Seq seq;
};

using Outcome = std::variant<Accepted, Seen, state::Refusal>;

// A replay that only asks what would be decided has no use for a leaf; none is made then, nor refused as too large.
enum class LeafBytes : std::uint8_t { made, left_out };

// `view` is the state just before; it is not changed: the caller folds Accepted::writes into its batch.
Outcome apply_entry(const state::ReadView& view, const CheckedEntry& entry, Moment moment,
                    LeafBytes leaf = LeafBytes::made);

// The certificate status list as of a state: 2 bits per certificate in order of issue (0 valid, 1 invalid, 2
// suspended).
entry::StatusList certificate_status_list(const state::ReadView& view);

// Who governs, and which ledger this is: written by genesis.
struct Ledger {
  static constexpr std::string_view kKind = "ledger";

  std::string id;
  Hash32 genesis;
  std::string title;
  std::vector<OrgId> governors;
  std::int64_t quorum = 1;
  Date started_on;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, state::Spec{"Ledger id: the origin of its checkpoints", 1, 128});
    visit("genesis", self.genesis, state::Spec{"SHA-256 of the genesis payload"});
    visit("title", self.title, state::Spec{"What people call it", 1, 200});
    visit("governors", self.governors, state::Spec{"Organisations that govern it"});
    visit("quorum", self.quorum, state::Spec{"How many of them an act of governance needs", 1, 16});
    visit("started_on", self.started_on, state::Spec{"Day of genesis"});
  }

  std::string object_id() const { return "self"; }
};

std::optional<Ledger> find_ledger(const state::ReadView& view);

}  // namespace dengji::contracts
