#include "node/cli/remote.hpp"

#include <cstdio>

#include "crypto/jws.hpp"
#include "crypto/random.hpp"
#include "crypto/uuid.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/time.hpp"

namespace dengji::cli {
namespace {

constexpr std::int64_t kTokenSeconds = 300;

// What another machine says goes to a terminal: no control sequences.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

std::string text_or(const Json& object, const char* member, std::string otherwise) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : std::move(otherwise);
}

int exit_code_of(int status, std::string_view slug) {
  for (const ErrorRow& row : error_table())
    if (row.slug == slug) return row.exit_code;
  if (slug == "entry_expired") return error_row(ErrorCode::expired).exit_code;
  if (slug == "key_revoked") return error_row(ErrorCode::revoked).exit_code;
  switch (status) {
    case 401:
      return error_row(ErrorCode::bad_signature).exit_code;
    case 403:
      return error_row(ErrorCode::not_allowed).exit_code;
    case 404:
      return error_row(ErrorCode::not_in_ledger).exit_code;
    case 429:
    case 502:
    case 503:
    case 504:
      return error_row(ErrorCode::unreachable).exit_code;
    default:
      return 1;
  }
}

}  // namespace

std::string as_of_day(const std::string& day) {
  SystemClock clock;
  const auto parsed = parse_date(day);
  return parsed && *parsed < shanghai_day(clock.now()) ? day : std::string();
}

void add_remote_options(CLI::App& command, RemoteOptions& options, NeedUrl need_url) {
  if (need_url != NeedUrl::own) {
    command.add_option("--url", options.url, "Base URL of the node, http[s]://host[:port]")
        ->envname("DENGJI_URL")
        ->required(need_url == NeedUrl::yes)
        ->group("Node");
  }
  command.add_option("--ca", options.ca_file, "PEM file of the authorities to trust; default the system's")
      ->group("Node");
  command.add_option("--timeout", options.timeout_s, "Seconds to wait for a connection and for each answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str()
      ->group("Node");
  auto* key = command.add_option("--key", options.key, "Key file: reads as its organisation, with a token of its own")
                  ->group("Node");
  auto* org = command.add_option("--org", options.org, "Organisation that the key belongs to")->group("Node");
  key->needs(org);
  org->needs(key);
  command.add_flag("--read-key", options.read_key, "The key file is of use read")->needs(key)->group("Node");
  command.add_option("--audience", options.audience, "Whom the token is for, if the node goes by another URL")
      ->needs(key)
      ->group("Node");
}

std::string make_read_token(const crypto::SecretKey& key, const TokenOptions& options) {
  crypto::SystemRng rng;
  SystemClock clock;
  const LedgerTime now = clock.now();
  const Json claims{{"iss", options.org},
                    {"aud", options.audience},
                    {"iat", now.ms / 1000},
                    {"exp", now.ms / 1000 + kTokenSeconds},
                    {"jti", crypto::make_uuid_v7(now, rng)}};
  return crypto::sign_compact(json::write_canonical(claims), key, crypto::kTypRead);
}

bool is_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Result<Json> read_foreign(std::string_view text, const std::string& what) {
  auto value = node::read_foreign(text, {.fractions = false});
  if (!value) return fail(ErrorCode::value_format, what + ": " + value.error().message());
  return value;
}

int tell_problem(const Json& problem, int status) {
  const std::string code = problem.is_object() ? text_or(problem, "code", "") : "";
  const auto tell = [&](const std::string& name, const std::string& place, const std::string& en,
                        const std::string& zh) {
    std::fprintf(stderr, "dengji: the node refuses with %d %s: %s%s%s\n", status, name.c_str(), en.c_str(),
                 place.empty() ? "" : " at ", place.c_str());
    if (!zh.empty()) std::fprintf(stderr, "        %s\n", zh.c_str());
  };
  bool told = false;
  if (problem.is_object() && problem.contains("errors") && problem["errors"].is_array()) {
    for (const Json& error : problem["errors"]) {
      if (!error.is_object()) continue;
      tell(text_or(error, "code", code), text_or(error, "pointer", ""), text_or(error, "detail", ""),
           text_or(error, "detail_zh", ""));
      told = true;
    }
  }
  if (!told) tell(code, "", problem.is_object() ? text_or(problem, "detail", "") : "without a reason", "");
  return exit_code_of(status, code);
}

Result<Remote> Remote::open(Shared& shared, const RemoteOptions& options) {
  if (options.url.empty()) return fail(ErrorCode::usage, "--url (or DENGJI_URL) names the node");
  auto client = api::HttpClient::make(
      {.base_url = options.url, .ca_file = options.ca_file, .timeout = std::chrono::seconds(options.timeout_s)});
  if (!client) return std::unexpected(std::move(client.error()));
  Remote remote(shared, options, std::move(*client));
  if (remote.options_.audience.empty()) {
    remote.options_.audience = options.url;
    if (remote.options_.audience.ends_with('/')) remote.options_.audience.pop_back();
  }
  if (!options.key.empty()) {
    auto key = open_key_file(shared, options.key, options.read_key ? crypto::KeyUse::read : crypto::KeyUse::sign);
    if (!key) return std::unexpected(std::move(key.error()));
    remote.key_ = std::move(*key);
  }
  return remote;
}

void Remote::authorise(api::ClientFields& fields) {
  if (!key_) return;
  fields.emplace_back("Authorization",
                      "Bearer " + make_read_token(*key_, {.org = options_.org, .audience = options_.audience}));
}

Result<api::ClientResponse> Remote::send(api::HttpClient::Request request) {
  return client_.send(request);
}

Result<api::ClientResponse> Remote::get(std::string target, std::string_view accept) {
  api::HttpClient::Request request{
      .method = "GET", .target = std::move(target), .fields = {{"Accept", std::string(accept)}}, .body = {}};
  authorise(request.fields);
  auto response = client_.send(request);
  if (response && response->status / 100 != 2) return refused_read(*response);
  return response;
}

Result<Json> Remote::get_json(std::string target) {
  const std::string what = "the answer to " + target;
  auto response = get(std::move(target));
  if (!response) return std::unexpected(std::move(response.error()));
  return read_foreign(response->body, what);
}

Result<api::ClientResponse> Remote::get_public(std::string target) {
  auto response = client_.get(std::move(target), {{"Accept", "application/json"}});
  if (!response || response->status / 100 == 2) return response;
  auto error = refused_read(*response);
  return response->status == 404 ? shared_->fail_told(error_row(ErrorCode::not_in_ledger).exit_code) : error;
}

Result<Json> Remote::find_json(std::string target) {
  api::HttpClient::Request request{
      .method = "GET", .target = std::move(target), .fields = {{"Accept", "application/json"}}, .body = {}};
  authorise(request.fields);
  auto response = client_.send(request);
  if (!response) return std::unexpected(std::move(response.error()));
  if (response->status == 404) {
    (void)refused(*response);
    if (key_) return shared_->fail_told(error_row(ErrorCode::not_in_ledger).exit_code);
    std::fprintf(stderr, "dengji: what is not public is 404 to strangers: say who you are with --key and --org\n");
    return shared_->fail_told(error_row(ErrorCode::not_allowed).exit_code);
  }
  if (response->status / 100 != 2) return refused_read(*response);
  return read_foreign(response->body, "the answer to " + request.target);
}

Result<api::ClientResponse> Remote::download(std::string target, const api::HttpClient::Sink& sink) {
  api::HttpClient::Request request{.method = "GET", .target = std::move(target), .fields = {}, .body = {}};
  authorise(request.fields);
  auto response = client_.download(request, sink);
  if (response && response->status / 100 != 2) return refused_read(*response);
  return response;
}

std::unexpected<Error> Remote::refused(const api::ClientResponse& response) {
  const auto problem = read_foreign(response.body, "the answer");
  return shared_->fail_told(tell_problem(problem ? *problem : Json(), response.status));
}

std::unexpected<Error> Remote::refused_read(const api::ClientResponse& response) {
  auto error = refused(response);
  return response.status == 401 ? shared_->fail_told(error_row(ErrorCode::not_allowed).exit_code) : error;
}

}  // namespace dengji::cli
