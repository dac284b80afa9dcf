// HTTP/1.1 message parsing, push style: bytes go in as they come, fields and body come out. The only unit that includes
// Beast HTTP is http_parser.cpp, which uses nothing of Beast but its incremental parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.hpp"

namespace dengji::api {

inline constexpr std::size_t kMaxHeaderFields = 64;

struct ParseStep {
  std::size_t consumed = 0;
  int error_status = 0;  // 400, 413, 431, 501, 505: the message is beyond repair
  std::string_view detail;
};

// One parser per connection, start() before each message. feed() stops after the header, so that the caller can decide
// about the body, and after the message.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  void start(std::size_t header_limit);
  // Consumes what it can; everything in front of `consumed` may be forgotten. Body bytes are appended to `body`.
  ParseStep feed(std::string_view bytes, std::string& body);
  void limit_body(std::uint64_t bytes);

  bool started() const;  // some byte of the message was seen
  bool header_done() const;
  bool done() const;
  bool keep_alive() const;
  bool http_1_1() const;
  bool chunked() const;
  std::optional<std::uint64_t> content_length() const;
  // Views into this parser, good until the next start().
  void describe(Request& request) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The client's half.
class ResponseParser {
 public:
  // `no_body`: the answer to HEAD.
  explicit ResponseParser(bool no_body);
  ~ResponseParser();
  ParseStep feed(std::string_view bytes, std::string& body);
  // The peer closed; false if the message is incomplete.
  bool end();
  bool header_done() const;
  bool done() const;
  bool keep_alive() const;
  int status() const;
  const std::vector<std::pair<std::string, std::string>>& fields() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dengji::api
