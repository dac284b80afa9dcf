// A power cut can leave the last write to a LevelDB log (or MANIFEST) half there: sectors of zeros where its bytes
// never arrived. That write was never acknowledged, but LevelDB with paranoid checks takes it for damage and refuses to
// open. This module tells the two apart and cuts the torn record off. Log format: LevelDB's doc/log_format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/error.hpp"
#include "ledger/store/store_env.hpp"

namespace dengji::store {

// For the database in `path`, which must not be open. True: the last record of its newest log or of its MANIFEST was
// torn (whole sectors of it are zeros, and no later record follows) and is cut off now. False: both are whole. Errors:
// corrupt, naming file, offset and record, if a record is bad in any other way or place; disk_full, io, in_use.
Result<bool> cut_torn_log_tail(const std::string& path, StoreEnv& env);

// What a log's bytes say; for cut_torn_log_tail and its tests.
struct LogScan {
  std::uint64_t good_end = 0;               // behind the last whole record
  std::optional<std::uint64_t> bad_record;  // offset of the first bad one
  bool torn = false;                        // the bad one is a torn last write
  std::string last_good_payload;            // of the last whole record, its first bytes
  std::string bad_payload;                  // likewise, unchecked
};
LogScan scan_log(std::string_view bytes);

}  // namespace dengji::store
