// UUID version 7 (RFC 9562): the `id` of an entry, made by its sender.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/environment.hpp"
#include "ledger/base/time.hpp"

namespace dengji::crypto {

// Exactly the canonical text: 36 characters, lower-case, version 7, variant 10.
bool is_uuid_v7(std::string_view text);

// 48 bits of time, 74 of randomness. `time` from 1970 on.
std::string make_uuid_v7(LedgerTime time, Rng& rng);

}  // namespace dengji::crypto
