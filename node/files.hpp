// Whole small files in and out, and passphrases: the few file operations that programs share.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "crypto/key_file.hpp"
#include "crypto/secret.hpp"
#include "ledger/base/error.hpp"

namespace dengji::node {

struct PassphraseSource;

// Errors: not_found, body_too_large beyond `max_bytes`, io; each names the file.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t max_bytes);
enum class FileMode : std::uint8_t { open, secret };  // 0644, 0600
// Through a temporary file and a rename, synced: the file is there whole or not at all. Error: io naming the file.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes, FileMode mode);

// From the source, or asked for on the terminal with `prompt` (no echo). A trailing newline is not part of it.
Result<crypto::Secret> read_passphrase(const PassphraseSource& source, std::string_view prompt);
// What can be read of a key file without its passphrase, its use checked. Errors: those of read_file, key_file_form,
// config for another use.
Result<crypto::KeyFileInfo> read_key_info(const std::filesystem::path& file, crypto::KeyUse use);
// Reads and opens a key file, and checks its use.
Result<crypto::SecretKey> open_key(const std::filesystem::path& file, crypto::KeyUse use,
                                   const crypto::Secret& passphrase);

}  // namespace dengji::node
