#include "api/router.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/base/limits.hpp"

namespace dengji::api {

namespace {

std::string_view next_segment(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return segment;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view media_only(std::string_view type) {
  return trimmed(type.substr(0, type.find(';')));
}

// The weight of one Accept range in thousandths; -1 if it does not cover `type`.
int range_weight(std::string_view range, std::string_view type) {
  const std::string_view name = media_only(range);
  const bool covers = name == "*/*" || equals_ignore_case(name, type) ||
                      (name.ends_with("/*") && type.substr(0, type.find('/')) == name.substr(0, name.size() - 2));
  if (!covers) return -1;
  const std::size_t at = range.find("q=");
  if (at == std::string_view::npos) return 1000;
  std::string_view q = range.substr(at + 2);
  int weight = !q.empty() && q.front() == '1' ? 1000 : 0;
  if (q.size() > 2 && q[1] == '.') {
    int unit = 100;
    for (std::size_t i = 2; i < q.size() && unit > 0 && q[i] >= '0' && q[i] <= '9'; ++i, unit /= 10) {
      weight += (q[i] - '0') * unit;
    }
  }
  return std::min(weight, 1000);
}

}  // namespace

const std::string* Call::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

void Router::add(Route route) {
  auto stored = std::make_unique<Route>(std::move(route));
  Node* node = &root_;
  std::string_view rest = stored->path;
  LEDGER_ASSERT(rest.starts_with('/'));
  rest.remove_prefix(1);
  for (bool more = true; more;) {
    more = rest.find('/') != std::string_view::npos;
    const std::string_view segment = next_segment(rest);
    std::unique_ptr<Node>& next = segment.ends_with("*}")    ? node->rest
                                  : segment.starts_with('{') ? node->any
                                                             : node->literal[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  const Route*& place = stored->method == Method::post ? node->post : node->get;
  LEDGER_ASSERT(place == nullptr);
  place = stored.get();
  routes_.push_back(std::move(stored));
}

Router::Match Router::match(std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  const Node* node = &root_;
  std::string_view rest = path.substr(1);
  for (bool more = true; more;) {
    if (node->rest) {
      match.segments.emplace_back(rest);
      node = node->rest.get();
      break;
    }
    more = rest.find('/') != std::string_view::npos;
    const std::string_view segment = next_segment(rest);
    if (const auto found = node->literal.find(segment); found != node->literal.end()) {
      node = found->second.get();
    } else if (node->any && !segment.empty()) {
      auto decoded = percent_decode(segment);
      if (!decoded) return {};
      match.segments.push_back(std::move(*decoded));
      node = node->any.get();
    } else {
      return {};
    }
  }
  match.get = node->get;
  match.post = node->post;
  return match;
}

std::string Router::Match::allow() const {
  std::string allow;
  if (get != nullptr) allow = "GET, HEAD, ";
  if (post != nullptr) allow += "POST, ";
  return allow + "OPTIONS";
}

Response json_response(std::string body, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Response json_response(const state::Json& body, int status) {
  return json_response(body.dump(-1, ' ', false, state::Json::error_handler_t::replace), status);
}

void set_caching(Response& response, Caching caching) {
  switch (caching) {
    case Caching::none:
      response.fields.append("Cache-Control: private, no-store\r\nVary: Authorization\r\n");
      return;
    case Caching::revalidate:
      response.fields.append("Cache-Control: public, no-cache\r\n");
      return;
    case Caching::immutable:
      response.fields.append("Cache-Control: public, max-age=31536000, immutable\r\n");
      return;
  }
}

MediaType parse_media_type(std::string_view field) {
  MediaType type{.name = media_only(field), .charset = {}};
  while (field.find(';') != std::string_view::npos) {
    field.remove_prefix(field.find(';') + 1);
    const std::string_view parameter = media_only(field);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !equals_ignore_case(trimmed(parameter.substr(0, equals)), "charset"))
      continue;
    type.charset = trimmed(parameter.substr(equals + 1));
    if (type.charset.size() >= 2 && type.charset.front() == '"' && type.charset.back() == '"') {
      type.charset = type.charset.substr(1, type.charset.size() - 2);
    }
  }
  return type;
}

std::string_view negotiate(const Request& request, const std::vector<std::string_view>& offers) {
  const std::string_view accept = request.field("Accept");
  if (accept.empty()) return offers.front();
  std::string_view best;
  int best_weight = 0;
  for (const std::string_view offer : offers) {
    int exact = -1;
    int wide = -1;
    std::string_view rest = accept;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view range = trimmed(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      const int weight = range_weight(range, media_only(offer));
      if (media_only(range).find('*') == std::string_view::npos) {
        exact = std::max(exact, weight);
      } else {
        wide = std::max(wide, weight);
      }
    }
    // A type that is named is judged by its own weight, also when that is 0.
    const int weight = exact >= 0 ? exact : wide;
    if (weight > best_weight) {
      best_weight = weight;
      best = offer;
    }
  }
  return best;
}

std::string etag_of(std::string_view body) {
  const std::string hash = crypto::to_b64(crypto::sha256(body));
  return "\"" + hash.substr(0, 22) + "\"";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view candidate = trimmed(if_none_match.substr(0, comma));
    if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);  // RFC 9110: compared weakly
    if (candidate == "*" || candidate == etag) return true;
  }
  return false;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 16 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value > static_cast<std::uint64_t>(kMaxSafeInteger)) return std::nullopt;
  return value;
}

}  // namespace dengji::api
