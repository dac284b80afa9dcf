// Every limit of the ledger's formats, in one place. docs/formats.md quotes these; a test compares.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dengji {

inline constexpr std::size_t kMaxEntryBytes = 32'768;   // the JWS, re-serialised
inline constexpr std::size_t kMaxLeafBytes = 65'535;    // C2SP entry bundles use a 16-bit length
inline constexpr std::size_t kMaxProtectedBytes = 256;  // decoded protected header
inline constexpr std::size_t kMaxParties = 16;
inline constexpr std::size_t kMaxOrgBytes = 64;  // an organisation's id
inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::int64_t kMaxSafeInteger = 9'007'199'254'740'991;  // 2^53 - 1
inline constexpr std::int64_t kMaxClockLeadMs = 5 * 60 * 1000;          // made_at ahead of ledger time
inline constexpr std::int64_t kMaxValidityMs = 7LL * 24 * 3600 * 1000;
inline constexpr std::int64_t kMaxValiditySeveralMs = 30LL * 24 * 3600 * 1000;
inline constexpr std::size_t kMaxInlineFiles = 64;      // of a manifest
inline constexpr std::size_t kMaxBatchEntries = 4'096;  // of one POST /v1/batches and of one apply batch

}  // namespace dengji
