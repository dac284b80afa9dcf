#include "crypto/sha256.hpp"

#include <openssl/evp.h>

#include "ledger/base/assert.hpp"

namespace dengji::crypto {
namespace {

// Fetched once: looking an algorithm up by name in each call costs more than a short hash.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  LEDGER_ASSERT(fetched != nullptr);
  return fetched;
}

// None of these can fail with a fetched algorithm and enough memory; without memory there is nothing to go on with.
void start(EVP_MD_CTX* context) {
  LEDGER_ASSERT(EVP_DigestInit_ex2(context, algorithm(), nullptr) == 1);
}

void add(EVP_MD_CTX* context, std::string_view bytes) {
  LEDGER_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

Hash32 end(EVP_MD_CTX* context) {
  Hash32 hash;
  LEDGER_ASSERT(EVP_DigestFinal_ex(context, hash.bytes.data(), nullptr) == 1);
  return hash;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* thread_context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  LEDGER_ASSERT(context != nullptr);
  return context.get();
}

}  // namespace

Hash32 sha256(std::string_view bytes) {
  EVP_MD_CTX* const context = thread_context();
  start(context);
  add(context, bytes);
  return end(context);
}

Hash32 sha256(std::initializer_list<std::string_view> parts) {
  EVP_MD_CTX* const context = thread_context();
  start(context);
  for (const std::string_view part : parts) add(context, part);
  return end(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  LEDGER_ASSERT(context_ != nullptr);
  start(context_.get());
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

void Sha256::update(std::string_view bytes) {
  add(context_.get(), bytes);
}

Hash32 Sha256::finish() {
  const Hash32 hash = end(context_.get());
  start(context_.get());
  return hash;
}

}  // namespace dengji::crypto
