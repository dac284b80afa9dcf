// What every command of dengji shares: output as a table for people or JSON for programs, errors as exit codes, and the
// way to a key. Data goes to stdout, prose and progress to stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/key_file.hpp"
#include "ledger/base/error.hpp"
#include "ledger/json/strict_json.hpp"
#include "node/config.hpp"

namespace dengji::cli {

using json::Json;

inline constexpr std::size_t kMaxInputBytes = 16 << 20;

struct Shared {
  bool as_json = false;
  node::PassphraseSource passphrase;
  int exit_code = 0;        // of the command that ran
  std::optional<int> told;  // exit code of an error whose words are on stderr already

  std::unexpected<Error> fail_told(int code) {
    told = code;
    return fail(ErrorCode::internal);
  }
};

// Prints the error to stderr; its exit code.
int report(const Error& error);

// One object: canonical JSON on one line, or aligned "name  value" lines.
void print_object(const Shared& shared, const Json& object);
// Several: a JSON array, or a table with the named members as columns.
void print_rows(const Shared& shared, const Json& rows, const std::vector<std::string>& columns);

// A file, or standard input for "-".
Result<std::string> read_input(const std::string& file, std::size_t max_bytes = kMaxInputBytes);
// To a file, or standard output for "-".
Result<void> write_output(const std::string& file, std::string_view bytes);

Result<crypto::SecretKey> open_key_file(const Shared& shared, const std::string& file, crypto::KeyUse use);

// Lets the command run and keeps the exit code of its error.
using Run = std::function<Result<void>()>;
void on_run(CLI::App& command, Shared& shared, Run run);

void add_key_commands(CLI::App& app, Shared& shared);          // keys.cpp
void add_ledger_commands(CLI::App& app, Shared& shared);       // ledger.cpp
void add_entry_commands(CLI::App& app, Shared& shared);        // entries.cpp
void add_type_commands(CLI::App& app, Shared& shared);         // types.cpp
void add_policy_commands(CLI::App& app, Shared& shared);       // policies.cpp
void add_audit_commands(CLI::App& app, Shared& shared);        // audit.cpp
void add_dataset_commands(CLI::App& app, Shared& shared);      // datasets.cpp
void add_submit_commands(CLI::App& app, Shared& shared);       // submit.cpp; after add_entry_commands
void add_proof_commands(CLI::App& app, Shared& shared);        // proofs.cpp
void add_certificate_commands(CLI::App& app, Shared& shared);  // certificates.cpp
void add_account_commands(CLI::App& app, Shared& shared);      // accounts.cpp
void add_object_commands(CLI::App& app, Shared& shared);       // objects.cpp
void add_explain_commands(CLI::App& app, Shared& shared);      // explain.cpp
void add_insight_commands(CLI::App& app, Shared& shared);      // insight.cpp
void add_deadline_commands(CLI::App& app, Shared& shared);     // deadlines.cpp
void add_bench_command(CLI::App& app, Shared& shared);         // bench.cpp

}  // namespace dengji::cli
