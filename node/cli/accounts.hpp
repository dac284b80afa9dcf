// The account commands that have a file of their own; accounts.cpp hangs them under `dengji account`. And how commands
// show money.
#pragma once

#include <cstdint>
#include <string>

#include "node/cli/command.hpp"

namespace dengji::cli {

// 1234567 → 12,345.67
std::string yuan(std::int64_t fen);

void add_account_export(CLI::App& group, Shared& shared);  // account_export.cpp

}  // namespace dengji::cli
