#include "contracts/common/certificate_status.hpp"

#include <charconv>

#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

constexpr std::int64_t kPerByte = 4;
constexpr std::int64_t kChunkBytes = 512;

std::string size_key() {
  return join_key({"status_list", "size"});
}

std::string chunk_key(std::int64_t chunk) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(8, '0');
  for (std::size_t i = 0; i < 8; ++i) hex[7 - i] = kDigits[static_cast<std::uint64_t>(chunk) >> (4 * i) & 15];
  return join_key({"status_list", "chunk", hex});
}

std::int64_t list_size(const ReadView& view) {
  const auto text = view.get(size_key());
  std::int64_t size = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), size);
  return size;
}

unsigned bits_of(CertificateStatus status) {
  if (status == CertificateStatus::valid) return 0;
  return status == CertificateStatus::suspended ? 2 : 1;
}

}  // namespace

std::int64_t append_to_status_list(EntryTx& tx) {
  const std::int64_t index = list_size(tx.view());
  tx.put_raw(size_key(), std::to_string(index + 1));
  if (index % kPerByte == 0) {
    const std::string key = chunk_key(index / kPerByte / kChunkBytes);
    std::string chunk = tx.get_raw(key).value_or(std::string());
    chunk.push_back('\0');
    tx.put_raw(key, std::move(chunk));
  }
  return index;
}

void set_in_status_list(EntryTx& tx, std::int64_t index, CertificateStatus status) {
  const std::string key = chunk_key(index / kPerByte / kChunkBytes);
  auto chunk = tx.get_raw(key);
  const auto at = static_cast<std::size_t>(index / kPerByte % kChunkBytes);
  LEDGER_ASSERT(chunk && at < chunk->size());
  const auto shift = static_cast<unsigned>(2 * (index % kPerByte));
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>((*chunk)[at]));
  (*chunk)[at] = static_cast<char>((byte & ~(3U << shift)) | bits_of(status) << shift);
  tx.put_raw(key, std::move(*chunk));
}

std::string certificate_status_bits(const ReadView& view) {
  std::string bytes;
  const std::string prefix = join_key({"status_list", "chunk", ""});
  view.scan(prefix, prefix, [&](std::string_view, std::string_view chunk) {
    bytes.append(chunk);
    return true;
  });
  return bytes;
}

entry::StatusList certificate_status_list(const ReadView& view) {
  return {static_cast<std::uint64_t>(list_size(view)), crypto::sha256(certificate_status_bits(view))};
}

}  // namespace dengji::contracts
