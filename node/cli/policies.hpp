// The policy commands that have a file of their own; policies.cpp hangs them under `dengji policy`.
#pragma once

#include "node/cli/command.hpp"

namespace dengji::cli {

void add_policy_dry_run(CLI::App& group, Shared& shared);  // policy_dry_run.cpp

// The comparison in long form, RFC 4180: one row per figure, table,key,line,month,figure,was,would,difference.
std::string dry_run_csv(const Json& answer);

}  // namespace dengji::cli
