// The two hashes of RFC 6962 section 2.1: a leaf and an inner node can never be taken for each other because their
// inputs start with different bytes. Bottom of ledger/merkle.
#pragma once

#include <string_view>

#include "ledger/base/hash32.hpp"

namespace dengji::merkle {

// SHA-256(0x00, leaf)
Hash32 leaf_hash(std::string_view leaf);
// SHA-256(0x01, left, right)
Hash32 node_hash(const Hash32& left, const Hash32& right);
// The root of the tree without leaves: SHA-256("").
Hash32 empty_root();

}  // namespace dengji::merkle
