#include "api/http_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace dengji::api {

namespace {

namespace http = boost::beast::http;
using BeastError = boost::beast::error_code;

std::string_view std_view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

ParseStep failed_step(std::size_t consumed, const BeastError& ec) {
  ParseStep step{.consumed = consumed, .error_status = 400, .detail = "not an HTTP/1.1 message"};
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
    step.error_status = 431;
    step.detail = "the header is too large";
  } else if (ec == http::error::body_limit) {
    step.error_status = 413;
    step.detail = "the body is too large";
  } else if (ec == http::error::bad_version) {
    step.error_status = 505;
    step.detail = "only HTTP/1.1 and HTTP/1.0 are spoken";
  } else if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length) {
    step.detail = "bad Content-Length";
  } else if (ec == http::error::bad_transfer_encoding) {
    step.detail = "bad Transfer-Encoding";
  } else if (ec == http::error::bad_chunk || ec == http::error::bad_chunk_extension) {
    step.detail = "bad chunk";
  }
  return step;
}

// Feeds until the bytes, the header (once) or the message end.
template <class Parser>
ParseStep feed_parser(Parser& parser, std::string_view bytes, std::string& body) {
  parser.body = &body;
  std::size_t consumed = 0;
  while (!parser.is_done()) {
    const bool had_header = parser.is_header_done();
    BeastError ec;
    consumed += parser.put(boost::asio::const_buffer(bytes.data() + consumed, bytes.size() - consumed), ec);
    if (ec == http::error::need_more) break;
    if (ec) return failed_step(consumed, ec);
    if (!had_header && parser.is_header_done()) break;
    if (consumed == bytes.size()) break;
  }
  return {.consumed = consumed, .error_status = 0, .detail = {}};
}

// What requests and responses share: body bytes, chunked or not, go to `body`, wherever that points now.
template <bool IsRequest>
struct BodyParser : http::basic_parser<IsRequest> {
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, BeastError&) override {}
  std::size_t on_body_impl(boost::beast::string_view piece, BeastError&) override {
    body->append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view piece, BeastError&) override {
    body->append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(BeastError&) override {}

  std::string* body = nullptr;
};

// RFC 9112, 3.2.2: a server takes the absolute form too. Where it is, what stands behind scheme and host counts.
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignore_case(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos || target[path] == '?' ? std::string_view("/") : target.substr(path);
  }
  return target;
}

struct Span {
  std::uint32_t at = 0;
  std::uint32_t size = 0;
};

}  // namespace

// What does not depend on the message outlives the parser object, so that its memory is used again.
struct RequestParser::Impl {
  struct Parser final : BodyParser<true> {
    explicit Parser(Impl& impl) : owner(impl) {}

    void on_request_impl(http::verb verb, boost::beast::string_view, boost::beast::string_view asked, int version,
                         BeastError&) override {
      owner.http_1_1 = version == 11;
      switch (verb) {
        case http::verb::get:
          owner.method = Method::get;
          break;
        case http::verb::head:
          owner.method = Method::head;
          break;
        case http::verb::post:
          owner.method = Method::post;
          break;
        case http::verb::options:
          owner.method = Method::options;
          break;
        default:
          owner.method = Method::other;
      }
      owner.target = owner.keep(std_view(asked));
    }
    void on_response_impl(int, boost::beast::string_view, int, BeastError&) override {}
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       BeastError& ec) override {
      if (owner.names.size() == kMaxHeaderFields) {
        ec = http::error::header_limit;
        return;
      }
      owner.names.push_back(owner.keep(std_view(name)));
      owner.values.push_back(owner.keep(std_view(value)));
    }

    Impl& owner;
  };

  Span keep(std::string_view text) {
    const Span span{static_cast<std::uint32_t>(arena.size()), static_cast<std::uint32_t>(text.size())};
    arena.append(text);
    return span;
  }
  std::string_view view(Span span) const { return std::string_view(arena).substr(span.at, span.size); }

  std::optional<Parser> parser;
  std::string arena;
  Method method = Method::other;
  bool http_1_1 = false;
  Span target;
  std::vector<Span> names;
  std::vector<Span> values;
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {}
RequestParser::~RequestParser() = default;

void RequestParser::start(std::size_t header_limit) {
  Impl& impl = *impl_;
  impl.arena.clear();
  impl.names.clear();
  impl.values.clear();
  impl.method = Method::other;
  impl.parser.emplace(impl);
  impl.parser->header_limit(static_cast<std::uint32_t>(header_limit));
  impl.parser->body_limit(boost::none);
}

ParseStep RequestParser::feed(std::string_view bytes, std::string& body) {
  return feed_parser(*impl_->parser, bytes, body);
}

void RequestParser::limit_body(std::uint64_t bytes) {
  impl_->parser->body_limit(bytes);
}

bool RequestParser::started() const {
  return impl_->parser->got_some();
}
bool RequestParser::header_done() const {
  return impl_->parser->is_header_done();
}
bool RequestParser::done() const {
  return impl_->parser->is_done();
}
bool RequestParser::keep_alive() const {
  return impl_->parser->keep_alive();
}
bool RequestParser::http_1_1() const {
  return impl_->http_1_1;
}
bool RequestParser::chunked() const {
  return impl_->parser->chunked();
}

std::optional<std::uint64_t> RequestParser::content_length() const {
  const auto length = impl_->parser->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

void RequestParser::describe(Request& request) const {
  const Impl& impl = *impl_;
  request.method = impl.method;
  request.target = origin_form(impl.view(impl.target));
  const std::size_t mark = request.target.find('?');
  request.path = request.target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view{} : request.target.substr(mark + 1);
  request.fields.clear();
  for (std::size_t i = 0; i < impl.names.size(); ++i)
    request.fields.push_back({impl.view(impl.names[i]), impl.view(impl.values[i])});
}

struct ResponseParser::Impl {
  struct Parser final : BodyParser<false> {
    void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int, BeastError&) override {}
    void on_response_impl(int code, boost::beast::string_view, int, BeastError&) override { status = code; }
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       BeastError&) override {
      fields.emplace_back(std_view(name), std_view(value));
    }

    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
  };
  Parser parser;
};

ResponseParser::ResponseParser(bool no_body) : impl_(std::make_unique<Impl>()) {
  impl_->parser.skip(no_body);
  impl_->parser.header_limit(64 * 1024);
  impl_->parser.body_limit(boost::none);
}
ResponseParser::~ResponseParser() = default;

ParseStep ResponseParser::feed(std::string_view bytes, std::string& body) {
  return feed_parser(impl_->parser, bytes, body);
}

bool ResponseParser::end() {
  if (!impl_->parser.got_some()) return false;
  BeastError ec;
  impl_->parser.put_eof(ec);
  return !ec;
}

bool ResponseParser::header_done() const {
  return impl_->parser.is_header_done();
}
bool ResponseParser::done() const {
  return impl_->parser.is_done();
}
bool ResponseParser::keep_alive() const {
  return impl_->parser.keep_alive();
}
int ResponseParser::status() const {
  return impl_->parser.status;
}
const std::vector<std::pair<std::string, std::string>>& ResponseParser::fields() const {
  return impl_->parser.fields;
}

}  // namespace dengji::api
