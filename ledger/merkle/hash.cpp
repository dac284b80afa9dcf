#include "ledger/merkle/hash.hpp"

#include "crypto/sha256.hpp"

namespace dengji::merkle {

Hash32 leaf_hash(std::string_view leaf) {
  return crypto::sha256({std::string_view("\x00", 1), leaf});
}

Hash32 node_hash(const Hash32& left, const Hash32& right) {
  return crypto::sha256({std::string_view("\x01", 1), left.view(), right.view()});
}

Hash32 empty_root() {
  return crypto::sha256(std::string_view());
}

}  // namespace dengji::merkle
