// Whether a node and its ledger belong together: the configured ledger id is the ledger's, and the ledger names the
// configured node with the log key that it was given. Asked before the first byte of a new store is written, again at
// every start, and by `dengjid --check`: a checkpoint under another name or key is one that nobody can verify.
#pragma once

#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "ledger/base/error.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/registry.hpp"
#include "ledger/state/view.hpp"
#include "node/config.hpp"

namespace dengji::node {

// What the ledger must say: names of the configuration and the public half of the log key.
struct Membership {
  std::string_view ledger_id;
  std::string_view node_id;
  crypto::PublicKey log_key;
};

// `view` is a state behind genesis. Error: config, saying what the ledger has instead.
Result<void> check_membership(const state::ReadView& view, const Membership& membership);

// Tries entry 0 at the moment `now` on an empty state, which stays empty, then asks as above of the state it would
// make. Errors: config for what the ledger's rules or the membership refuse, those of contracts::check_entry.
Result<void> try_genesis(std::string_view bytes, const state::Registry& registry, LedgerTime now,
                         const Membership& membership);

// The bytes of the configured genesis file, tried so for this node. Errors: also config if no file is named, and those
// of read_file.
Result<std::string> right_genesis(const Config& config, const crypto::PublicKey& log_key,
                                  const state::Registry& registry, LedgerTime now);

}  // namespace dengji::node
