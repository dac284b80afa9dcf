// The account commands that have a file of their own; accounts.cpp hangs them under `dengji account`.
#pragma once

#include "node/cli/command.hpp"

namespace dengji::cli {

void add_account_export(CLI::App& group, Shared& shared);  // account_export.cpp

}  // namespace dengji::cli
