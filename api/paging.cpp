#include "api/paging.hpp"

#include <charconv>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"

namespace dengji::api {

namespace {

constexpr char kBar = '|';

std::string fingerprint(std::string_view query_name) {
  return crypto::to_b64(crypto::sha256(query_name)).substr(0, 8);
}

std::unexpected<Error> bad_cursor(std::string why) {
  return fail(ErrorCode::bad_request, std::move(why), "?cursor");
}

bool read_integer(std::string_view text, std::int64_t& value) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size();
}

std::string_view cut(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(kBar), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

Result<Page> read_page(const Core& core, const Call& call, std::string_view query_name) {
  Page page;
  if (const std::string* text = call.parameter("limit")) {
    const auto number = parse_number(*text);
    if (!number || *number == 0 || *number > kMaxLimit) {
      return fail(ErrorCode::value_range, "limit must be 1 to " + std::to_string(kMaxLimit), "?limit");
    }
    page.limit = *number;
  }
  const std::string* cursor = call.parameter("cursor");
  const std::string* as_of = call.parameter("as_of");
  if (cursor == nullptr) {
    auto resolved = resolve_as_of(core, as_of);
    if (!resolved) return std::unexpected(std::move(resolved.error()));
    page.as_of = *resolved;
    return page;
  }
  if (as_of != nullptr) return bad_cursor("a cursor has its own as_of: leave out one of them");
  const auto decoded = crypto::base64url_decode(*cursor);
  if (!decoded) return bad_cursor("not a cursor of ours");
  std::string_view rest = *decoded;
  std::int64_t size = -1;
  std::int64_t now = 0;
  const std::string_view print = cut(rest);
  if (!read_integer(cut(rest), size) || !read_integer(cut(rest), now) || size < 0) {
    return bad_cursor("not a cursor of ours");
  }
  if (print != fingerprint(query_name))
    return bad_cursor("this cursor belongs to another query: send the same filters again");
  if (static_cast<std::uint64_t>(size) > core.size()) {
    return fail(ErrorCode::unavailable, "this node has not come as far as the cursor yet", "?cursor");
  }
  page.as_of = {.size = static_cast<std::uint64_t>(size), .now = LedgerTime{now}};
  page.after = rest;
  return page;
}

std::string make_cursor(const Page& page, std::string_view query_name, std::string_view after) {
  std::string text = fingerprint(query_name);
  text.append(1, kBar).append(std::to_string(page.as_of.size));
  text.append(1, kBar).append(std::to_string(page.as_of.now.ms));
  text.append(1, kBar).append(after);
  return crypto::base64url_encode(text);
}

Response page_response(state::Json body, const Page& page, std::string_view query_name,
                       const std::optional<std::string>& after) {
  if (page.as_of.size > 0) body["as_of"] = page.as_of.size - 1;
  if (after) body["next"] = make_cursor(page, query_name, *after);
  Response response = json_response(body);
  tell_as_of(response, page.as_of);
  return response;
}

std::vector<Parameter> page_parameters() {
  return {
      {.name = "limit", .doc = "At most so many items, 1 to 500, default 50"},
      {.name = "cursor", .doc = "The last answer's `next`, with the same filters"},
      {.name = "as_of",
       .doc = "The ledger as of a seq, an instant (RFC 3339), the end of a day, or a seq on a day (41@2026-03-02)"}};
}

}  // namespace dengji::api
