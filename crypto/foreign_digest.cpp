#include "crypto/foreign_digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "ledger/base/assert.hpp"
#include "ledger/base/hash32.hpp"

namespace dengji::crypto {
namespace {

struct Row {
  ForeignAlgorithm algorithm;
  std::string_view name;
  const char* evp;
  std::size_t hex_length;
};

constexpr std::array kRows = {
    Row{ForeignAlgorithm::md5, "md5", "MD5", 32},
    Row{ForeignAlgorithm::sha1, "sha1", "SHA1", 40},
    Row{ForeignAlgorithm::sha256, "sha256", "SHA256", 64},
    Row{ForeignAlgorithm::sha512, "sha512", "SHA512", 128},
    Row{ForeignAlgorithm::git_blob, "git blob", "SHA1", 40},
};

const Row& row(ForeignAlgorithm algorithm) {
  return kRows[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::string_view to_text(ForeignAlgorithm algorithm) {
  return row(algorithm).name;
}

std::optional<ForeignAlgorithm> foreign_algorithm(std::string_view name) {
  for (const Row& one : kRows) {
    if (one.algorithm != ForeignAlgorithm::git_blob && one.name == name) return one.algorithm;
  }
  return std::nullopt;
}

std::size_t hex_length(ForeignAlgorithm algorithm) {
  return row(algorithm).hex_length;
}

void ForeignDigest::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

std::optional<ForeignDigest> ForeignDigest::start(ForeignAlgorithm algorithm, std::uint64_t size) {
  const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched(EVP_MD_fetch(nullptr, row(algorithm).evp, nullptr),
                                                                &EVP_MD_free);
  if (!fetched) return std::nullopt;
  ForeignDigest digest;
  digest.context_.reset(EVP_MD_CTX_new());
  LEDGER_ASSERT(digest.context_ != nullptr);
  if (EVP_DigestInit_ex2(digest.context_.get(), fetched.get(), nullptr) != 1) return std::nullopt;
  if (algorithm == ForeignAlgorithm::git_blob) {
    digest.update("blob " + std::to_string(size) + std::string(1, '\0'));
  }
  return digest;
}

void ForeignDigest::update(std::string_view bytes) {
  LEDGER_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string ForeignDigest::finish_hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  LEDGER_ASSERT(EVP_DigestFinal_ex(context_.get(), raw.data(), &size) == 1);
  return to_hex({reinterpret_cast<const char*>(raw.data()), size});
}

}  // namespace dengji::crypto
