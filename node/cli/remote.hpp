// The way of a command to a node: the options that every such command has, the read token that it makes by itself, and
// the node's refusals told on stderr in both languages. Above api/client.hpp, which knows nothing of the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/client.hpp"
#include "crypto/ed25519.hpp"
#include "node/cli/command.hpp"
#include "node/foreign_json.hpp"

namespace dengji::cli {

struct RemoteOptions {
  std::string url;
  std::string ca_file;
  int timeout_s = 30;
  std::string key;  // key file for private reads; empty: read what is public
  std::string org;
  std::string audience;  // empty: the URL
  bool read_key = false;
};

enum class NeedUrl : std::uint8_t { yes, no, own };  // own: the command names the URL in its own way
// --url, --ca, --timeout, and for reads that not everybody may make --key, --org, --read-key, --audience.
void add_remote_options(CLI::App& command, RemoteOptions& options, NeedUrl need_url = NeedUrl::yes);

struct TokenOptions {
  std::string org;
  std::string audience;
};
// A dengji-read+jwt, good for five minutes from now.
std::string make_read_token(const crypto::SecretKey& key, const TokenOptions& options);

// A URL rather than a file name.
bool is_url(std::string_view text);

// What a node answered or a file kept: notes hold newlines, totals may pass 2^53, fractions are nowhere. Error:
// value_format, naming `what`.
Result<Json> read_foreign(std::string_view text, const std::string& what);
using node::number_of;
using node::text_of;

class Remote {
 public:
  // Opens the key file, if one is named, and asks for its passphrase. Errors: usage, config, those of the key file.
  static Result<Remote> open(Shared& shared, const RemoteOptions& options);

  // Any status is an answer. The error is `unreachable`.
  Result<api::ClientResponse> send(api::HttpClient::Request request);
  // Anything but 2xx is told on stderr and is an error with the exit code that fits.
  Result<api::ClientResponse> get(std::string target, std::string_view accept = "application/json");
  Result<Json> get_json(std::string target);
  // Of a thing that everybody may see: 404 means "not in the ledger".
  Result<api::ClientResponse> get_public(std::string target);
  // Of a thing that may be private: 404 without a token means "not allowed", with one "not in the ledger".
  Result<Json> find_json(std::string target);
  // As get(), the body of a 2xx going to `sink` as it comes.
  Result<api::ClientResponse> download(std::string target, const api::HttpClient::Sink& sink);

  // Tells a refusal on stderr: status, code, place, English, Chinese.
  std::unexpected<Error> refused(const api::ClientResponse& response);

  bool has_token() const { return key_.has_value(); }
  const std::string& url() const { return client_.base_url(); }

 private:
  Remote(Shared& shared, const RemoteOptions& options, api::HttpClient client)
      : shared_(&shared), options_(options), client_(std::move(client)) {}
  void authorise(api::ClientFields& fields);
  // As refused(); 401 is about the token here, not about an entry's signature.
  std::unexpected<Error> refused_read(const api::ClientResponse& response);

  Shared* shared_;
  RemoteOptions options_;
  api::HttpClient client_;
  std::optional<crypto::SecretKey> key_;
};

// What to ask a node as `as_of` for a day that somebody named: the day if it is over, else nothing, the present. A node
// refuses a moment that has not come, while a period may end in the future and a certificate may be judged there.
std::string as_of_day(const std::string& day);

// What a problem+json says, printed; the exit code that it stands for.
int tell_problem(const Json& problem, int status);

}  // namespace dengji::cli
