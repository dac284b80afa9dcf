// `dengjid --check`: what a start with this configuration would refuse, as far as it can be told while nothing is
// opened for writing, nothing is listened on and nobody is asked. The parts are those that a start uses.
#pragma once

#include <string>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/registry.hpp"
#include "node/config.hpp"

namespace dengji::node {

// What could not be tried and why, and what will not work though the node starts; a sentence each. `now` is the moment
// that the genesis is tried at. Errors: those of the key file, the passphrase, TLS and address, the genesis.
Result<std::vector<std::string>> check_start(const Config& config, const state::Registry& registry, LedgerTime now);

// Empty unless the configuration makes a node that nobody can show a token to.
std::string note_on_tokens(const Config& config);

}  // namespace dengji::node
