// tlog-proof texts and raw inclusion and consistency proofs: no input may crash, and what parses is written back the
// same.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "ledger/base/assert.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/merkle/proof.hpp"
#include "ledger/merkle/tlog_proof.hpp"

using namespace dengji;

namespace {

// Two numbers, three hashes, then the proof: claims that no honest tree makes are refused, not followed.
void verify_raw(std::string_view bytes) {
  if (bytes.size() < 16 + 3 * 32) return;
  std::uint64_t numbers[2];
  std::memcpy(numbers, bytes.data(), sizeof numbers);
  const auto hash = [&](std::size_t i) { return *Hash32::from_bytes(bytes.substr(16 + i * 32, 32)); };
  std::vector<Hash32> proof;
  for (std::size_t i = 3; 16 + (i + 1) * 32 <= bytes.size(); ++i) proof.push_back(hash(i));
  const auto included =
      merkle::verify_inclusion({.index = numbers[0], .size = numbers[1], .leaf = hash(0), .root = hash(1)}, proof);
  LEDGER_ASSERT(!included || numbers[0] < numbers[1]);
  const auto consistent = merkle::verify_consistency(
      {.old_size = numbers[0], .new_size = numbers[1], .old_root = hash(1), .new_root = hash(2)}, proof);
  LEDGER_ASSERT(!consistent || numbers[0] <= numbers[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto proof = merkle::parse_tlog_proof(input)) {
    LEDGER_ASSERT(merkle::write_tlog_proof(*proof) == input);
    const auto key =
        crypto::parse_verifier_key("ledger.example/js-data+f5772c43+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c");
    LEDGER_ASSERT(key.has_value());
    static_cast<void>(merkle::verify_tlog_proof(*proof, {.log = *key, .cosigners = {}, .quorum = 0}));
  }
  if (const auto frontier = merkle::Frontier::parse(input)) {
    LEDGER_ASSERT(frontier->serialise() == input);
    static_cast<void>(frontier->root());
  }
  verify_raw(input);
  return 0;
}
