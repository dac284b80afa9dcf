// From a request to the route that answers it. A route says what it takes and gives, so that one place does the rest
// for all of them (method, media types, query members, waiting for a size, who reads, ETag, caching) and OpenAPI can be
// written from the same table.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/core.hpp"
#include "api/http.hpp"
#include "api/reader.hpp"

namespace dengji::api {

struct Route;

// One request on its way. The Request belongs to the session, which keeps it until the responder is used.
struct Call {
  const Route* route;
  Request& request;
  Responder responder;
  std::vector<std::string> segments;  // what stands for {…} in the path, decoded
  Query query;
  Reader reader;  // for reads

  // The first such member of the query; nullptr if there is none.
  const std::string* parameter(std::string_view name) const;
};

struct Parameter {
  std::string name;
  std::string doc;
  bool in_path = false;
};

enum class Caching : std::uint8_t {
  none,        // private, no-store: depends on who asks, or on the moment
  revalidate,  // public, with an ETag to ask again by
  immutable,   // public and never changes
};

struct Route {
  Method method = Method::get;
  std::string path;  // "/v1/entries/{entry}/proof"; a last "{path*}" takes the rest, slashes included
  std::string summary;
  std::string tag;
  std::vector<Parameter> parameters;
  std::vector<std::string_view> produces;  // media types; the first is the default
  std::vector<std::string_view> consumes;  // for POST; an absent Content-Type is let through
  BodyPlan body;
  std::string schema;  // name of the answer's schema in the OpenAPI components, empty for none

  // One of these. `read` runs on a reader's thread with the reader known; it may change the call's caching by the
  // Response's own Cache-Control. `quick` is the same on the session's thread, for what costs nothing. `raw` does all
  // by itself.
  std::function<Response(Core&, Call&)> read;
  std::function<Response(Core&, Call&)> quick;
  std::function<void(Core&, Call)> raw;
};

class Router {
 public:
  void add(Route route);
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

  struct Match {
    const Route* get = nullptr;
    const Route* post = nullptr;
    std::vector<std::string> segments;
    bool found() const { return get != nullptr || post != nullptr; }
    std::string allow() const;
  };
  // `path` still percent-encoded; a broken escape matches nothing.
  Match match(std::string_view path) const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> any;
    std::unique_ptr<Node> rest;
    const Route* get = nullptr;
    const Route* post = nullptr;
  };
  std::vector<std::unique_ptr<Route>> routes_;
  Node root_;
};

// Helpers for answers.
Response json_response(std::string body, int status = 200);
Response json_response(const state::Json& body, int status = 200);
void set_caching(Response& response, Caching caching);
// "application/json; charset=utf-8" in its parts; other parameters are left aside.
struct MediaType {
  std::string_view name;
  std::string_view charset;  // without quotes; empty if none is named
};
MediaType parse_media_type(std::string_view field);
// The media type of `offers` that the request likes best; empty if it accepts none.
std::string_view negotiate(const Request& request, const std::vector<std::string_view>& offers);
std::string etag_of(std::string_view body);
bool etag_matches(std::string_view if_none_match, std::string_view etag);

// Strict decimal without sign or leading zero; nullopt beyond 2^53-1.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace dengji::api
