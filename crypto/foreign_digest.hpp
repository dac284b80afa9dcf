// Digests that other people's descriptions of data state (MD5, SHA-1, SHA-512, git's object ids), to compare a file
// with what is said about it. Nothing of ours rests on them: the ledger knows SHA-256 alone (sha256.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace dengji::crypto {

enum class ForeignAlgorithm : std::uint8_t {
  md5,
  sha1,
  sha256,
  sha512,
  git_blob,  // SHA-1 of "blob <size>", a zero byte and the bytes: what git calls a file
};

std::string_view to_text(ForeignAlgorithm algorithm);
// "md5", "sha1", "sha256", "sha512", in lower case; nullopt otherwise. git_blob has no such name in the wild.
std::optional<ForeignAlgorithm> foreign_algorithm(std::string_view name);
// Of the digest in hex.
std::size_t hex_length(ForeignAlgorithm algorithm);

class ForeignDigest {
 public:
  // `size` in bytes of all that will come; only git_blob needs it. nullopt if this OpenSSL refuses the algorithm, as a
  // FIPS build does for MD5.
  static std::optional<ForeignDigest> start(ForeignAlgorithm algorithm, std::uint64_t size);

  void update(std::string_view bytes);
  // In lower-case hex. Once.
  std::string finish_hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  ForeignDigest() = default;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace dengji::crypto
