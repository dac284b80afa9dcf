// Reading an export for a command that looks at a whole ledger: from a file, from standard input or from a node, in
// pieces, with what the caller trusts. docs/formats.md "Export".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/audit.hpp"
#include "node/cli/remote.hpp"

namespace dengji::cli {

struct ExportSource {
  RemoteOptions remote;
  std::string source = "-";
  std::string checkpoint;
  std::vector<std::string> log_keys;
};
// The positional `export`, --checkpoint, --log-key and what a read from a node needs.
void add_export_options(CLI::App& command, ExportSource& source);

// Errors: usage, those of the files named.
Result<node::AuditTrust> trust_for(const ExportSource& source);

using ExportSink = std::function<Result<void>(std::string_view piece)>;
// Ends at the sink's first error. Errors: its own, not_found for a file, unreachable and what the node answers.
Result<void> read_export(Shared& shared, const ExportSource& source, const ExportSink& sink);

// Progress on stderr, under the name of the command.
node::AuditProgress progress_of(std::string command);

// What looks at the whole state, after a good audit.
using AuditedState = std::function<void(const state::ReadView& state)>;
// Audits all of it, `observer` reading along. Errors: those of ExportAudit and of read_export.
Result<node::AuditSummary> audit_source(Shared& shared, const ExportSource& source, const std::string& command,
                                        node::AuditObserver observer, const AuditedState& at_end = {});

// As of a seq, an instant or the end of a day; all of the ledger where nothing is said.
struct Until {
  std::optional<std::uint64_t> seq;
  std::optional<LedgerTime> time;

  bool holds(const entry::Leaf& leaf) const {
    return (!seq || leaf.seq.value <= *seq) && (!time || leaf.time <= *time);
  }
};
// Of the option --as-of. Error: usage.
Result<Until> read_until(const std::string& text);

}  // namespace dengji::cli
