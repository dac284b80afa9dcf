// An export (docs/formats.md "Export") around leaves that were made in memory, its checkpoint signed by whoever says
// that it is the log.
#pragma once

#include <string>
#include <vector>

#include "crypto/ed25519.hpp"

namespace dengji::test {

// The log key that the fixture's genesis names.
crypto::SecretKey fixture_log_key();

// `first` is leaf 0, whose payload the header names.
std::string export_header(const std::string& first, std::size_t size);
std::string export_checkpoint(const std::vector<std::string>& leaves, const crypto::SecretKey& key);
std::string export_text(const std::vector<std::string>& leaves, const crypto::SecretKey& key);

}  // namespace dengji::test
