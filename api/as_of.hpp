// "As of": which version of the ledger a read is about, and which moment counts as now in it.
#pragma once

#include <cstdint>
#include <string>

#include "api/core.hpp"
#include "api/http.hpp"
#include "ledger/base/error.hpp"

namespace dengji::api {

struct AsOf {
  std::uint64_t size = 0;  // state after this many entries
  LedgerTime now;
};

// The newest: now is the clock's time, but never before the last entry's.
AsOf as_of_newest(const Core& core);
// `text` of the query member as_of: the seq of the last entry that counts, an instant (RFC 3339 with Z), a day
// (YYYY-MM-DD, until its end in Asia/Shanghai), or seq@day, the state behind that entry with now on that day; nullptr:
// newest. Today ends now. Errors: value_format; value_range for what has not come yet.
Result<AsOf> resolve_as_of(const Core& core, const std::string* text);
// State after `size` entries, now being the time of the last of them.
Result<AsOf> as_of_size(const Core& core, std::uint64_t size);
// Dengji-As-Of: the seq of the last entry that counts; Dengji-As-Of-Time: what counts as now. Left out for the empty
// ledger.
void tell_as_of(Response& response, const AsOf& as_of);

}  // namespace dengji::api
