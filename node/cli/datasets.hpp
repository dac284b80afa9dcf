// What the dataset commands share: a progress line on stderr, and lists read and made.
#pragma once

#include <chrono>
#include <string>

#include "node/cli/command.hpp"
#include "node/datasets/folder.hpp"

namespace dengji::cli {

// Says nothing for short work; then a line that is rewritten on a terminal, or one now and then in a log.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void operator()(const node::HashProgress& now);

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_ = false;
  bool shown_ = false;
  Clock::time_point next_;
};

// node::scan with progress; what it left out is named on stderr.
Result<node::ScannedFolder> scan_showing(const std::string& folder_or_file);
Result<node::FileList> read_list(const std::string& file);

void add_description_commands(CLI::App& group, Shared& shared);  // dataset_descriptions.cpp

}  // namespace dengji::cli
