// The load generator: requests that were made beforehand, sent over a fixed number of kept connections, one request in
// flight on each. One thread, one epoll, no parsing beyond a status and a length, so that next to nothing of the
// machine is taken from the node that shares it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/base/error.hpp"

namespace dengji::bench {

struct Target {
  std::string host;  // an IPv4 address
  std::uint16_t port = 0;
};
// Of http://address:port. Error: usage.
Result<Target> parse_target(const std::string& url);

// A whole HTTP request, header and body.
std::string make_request(std::string_view path, std::string_view content_type, std::string_view body);

struct LoadOptions {
  Target target;
  int connections = 64;
  std::chrono::milliseconds time_limit{600'000};  // nothing is sent after it
  std::uint32_t keep_every = 0;                   // every so many answers are kept whole; 0: none
  bool streamed = false;                          // answers are chunked (batches) and all kept
};

struct Answer {
  int status = 0;
  std::string text;  // header and body as they came
};

struct LoadResult {
  double seconds = 0;  // from the first byte sent to the last answer read
  std::uint64_t answered = 0;
  std::uint64_t created = 0;          // 201, or 200 for streamed answers
  std::vector<std::uint32_t> micros;  // of every answer: from sending the request to its last byte
  std::vector<Answer> kept;           // those asked for
  std::string first_other;            // the first answer that was not created, whole
};

// Sends each request once. Error: unreachable when a connection cannot be made or breaks.
Result<LoadResult> run_load(const LoadOptions& options, const std::vector<std::string>& requests);

}  // namespace dengji::bench
