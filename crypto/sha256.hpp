// SHA-256 through OpenSSL's EVP, which uses the processor's SHA instructions. Contexts are kept per thread: making one
// costs more than hashing a leaf.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "ledger/base/hash32.hpp"

struct evp_md_ctx_st;

namespace dengji::crypto {

Hash32 sha256(std::string_view bytes);
// Of the parts one after another, without joining them.
Hash32 sha256(std::initializer_list<std::string_view> parts);

// For bytes that come in pieces, such as a file.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);
  // The hash of all updates since construction or the last finish(); the next update starts a new one.
  Hash32 finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace dengji::crypto
