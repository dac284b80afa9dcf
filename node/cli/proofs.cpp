// dengji proof get / verify / consistency: proofs that hold without the node that gave them.
#include <cstdio>

#include "api/http.hpp"
#include "crypto/base64.hpp"
#include "crypto/jws.hpp"
#include "ledger/merkle/proof.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

// --- get
struct Get {
  RemoteOptions remote;
  std::string entry;
  std::string out = "-";
};

Result<void> get_proof(Shared& shared, const Get& options) {
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const auto response = remote->get("/v1/entries/" + api::percent_encode(options.entry) + "/proof", "text/plain");
  if (!response) return std::unexpected(response.error());
  const auto proof = merkle::parse_tlog_proof(response->body);
  if (!proof) return std::unexpected(proof.error());
  const auto proven = prove(*proof, {});
  if (!proven) return std::unexpected(proven.error());
  if (auto written = write_output(options.out, response->body); !written) return written;
  if (options.out != "-") {
    print_object(shared, Json{{"file", options.out},
                              {"seq", proof->index},
                              {"entry_id", crypto::to_b64(proven->entry.entry_id)},
                              {"size", proven->checkpoint.size}});
  }
  return {};
}

// --- verify
struct ProofChoice {
  RemoteOptions remote;
  std::string file;
  std::string entry;
  std::vector<std::string> log_keys;
  std::vector<std::string> party_keys;
  bool arithmetic = false;
};

Result<void> compare_entry(const Proven& proven, const std::string& file) {
  const auto text = read_input(file, 2 * kMaxEntryBytes);
  if (!text) return std::unexpected(text.error());
  const auto jws = crypto::parse_jws(*text);
  if (!jws) return std::unexpected(jws.error());
  if (jws->payload_b64 != proven.entry.jws.payload_b64)
    return fail(ErrorCode::proof_wrong, "the leaf holds another entry than " + file, "/entry/payload");
  if (crypto::write_jws(*jws) != proven.entry.jws_text)
    return fail(ErrorCode::proof_wrong, "the leaf holds other signatures than " + file, "/entry/signatures");
  return {};
}

Json describe(const Proven& proven, const Trust& trust, const std::vector<PartySignature>& signatures) {
  Json parties = Json::array();
  for (const PartySignature& signature : signatures) {
    parties.push_back(Json{{"role", signature.party.role},
                           {"org", signature.party.org.text},
                           {"kid", signature.party.kid.text},
                           {"signature", signature.verified ? "verified" : "not verified: key not given"}});
  }
  return Json{{"verdict", trust.source == "none" ? "unsigned" : "proven"},
              {"ledger", proven.checkpoint.origin},
              {"size", proven.checkpoint.size},
              {"root", crypto::to_b64(proven.checkpoint.root)},
              {"log_key", std::string(trust.source)},
              {"seq", proven.leaf.seq.value},
              {"time", format_time(proven.leaf.time)},
              {"entry_id", crypto::to_b64(proven.entry.entry_id)},
              {"type", proven.entry.envelope.type},
              {"numbers", numbers_in(proven.leaf.effects)},
              {"signatures", std::move(parties)}};
}

void tell(const Proven& proven, const Trust& trust, const std::vector<PartySignature>& signatures,
          const ProofChoice& options) {
  const auto line = [](const char* what, const std::string& how) { std::printf("%-22s %s\n", what, how.c_str()); };
  std::printf("entry %llu of %s, %s, taken %s\n", static_cast<unsigned long long>(proven.leaf.seq.value),
              proven.checkpoint.origin.c_str(), proven.entry.envelope.type.c_str(),
              format_time(proven.leaf.time).c_str());
  line("inclusion", "verified: in the tree of size " + std::to_string(proven.checkpoint.size));
  line("checkpoint", trust.source == "given" ? "verified: signed by the log key that you gave"
                     : trust.source == "node"
                         ? "verified with the key that the node itself names; pin it with --log-key"
                         : "NOT verified: no log key");
  if (!options.entry.empty()) line("entry file", "verified: the leaf holds exactly it");
  for (const PartySignature& signature : signatures) {
    line("signature", (signature.verified ? "verified: " : "NOT verified, key not given: ") + signature.party.role +
                          " " + signature.party.org.text + ", key " + signature.party.kid.text);
  }
  line("not looked at", "whether the keys and roles were in force and the effects right: dengji audit does that");
}

Result<void> verify_proof(Shared& shared, const ProofChoice& options) {
  const auto bytes = read_input(options.file, kMaxProofFileBytes);
  if (!bytes) return std::unexpected(bytes.error());
  const auto proof = parse_proof(*bytes);
  if (!proof) return std::unexpected(proof.error());
  std::optional<Remote> remote;
  if (!options.remote.url.empty()) {
    auto opened = Remote::open(shared, options.remote);
    if (!opened) return std::unexpected(std::move(opened.error()));
    remote = std::move(*opened);
  }
  Remote* const node = remote ? &*remote : nullptr;
  const auto trust = trust_of(options.log_keys, node, options.arithmetic ? Arithmetic::wanted : Arithmetic::offered);
  if (!trust) return std::unexpected(trust.error());
  const auto proven = prove(*proof, trust->keys);
  if (!proven) return std::unexpected(proven.error());
  if (!options.entry.empty()) {
    if (auto same = compare_entry(*proven, options.entry); !same) return same;
  }
  const auto keys = party_keys(options.party_keys, node);
  if (!keys) return std::unexpected(keys.error());
  const auto signatures = check_signatures(proven->entry, *keys);
  if (!signatures) return std::unexpected(signatures.error());
  if (shared.as_json) {
    print_object(shared, describe(*proven, *trust, *signatures));
  } else {
    tell(*proven, *trust, *signatures, options);
  }
  return {};
}

// --- consistency
struct Consistency {
  RemoteOptions remote;
  std::string old_file;
  std::string new_file;
  std::vector<std::string> log_keys;
};

std::unexpected<Error> forked(const std::string& what) {
  return fail(ErrorCode::ledger_inconsistent, what);
}

Result<std::vector<Hash32>> fetch_consistency(Remote& remote, std::uint64_t from, std::uint64_t to) {
  const auto answer = remote.get_json("/v1/consistency?from=" + std::to_string(from) + "&to=" + std::to_string(to));
  if (!answer) return std::unexpected(answer.error());
  std::vector<Hash32> proof;
  const Json list = answer->is_object() ? answer->value("proof", Json()) : Json();
  if (!list.is_array() || list.size() > 2 * merkle::kMaxProofHashes)
    return fail(ErrorCode::value_format, "the node gives no proof", "/proof");
  for (const Json& item : list) {
    const auto hash = item.is_string() ? crypto::hash_from_b64(item.get_ref<const std::string&>()) : std::nullopt;
    if (!hash) return fail(ErrorCode::value_format, "not a hash", "/proof/" + std::to_string(proof.size()));
    proof.push_back(*hash);
  }
  return proof;
}

Result<void> compare_checkpoints(Remote& remote, const crypto::Checkpoint& older, const crypto::Checkpoint& newer) {
  if (older.origin != newer.origin) return fail(ErrorCode::usage, "the checkpoints are of two ledgers");
  if (older.size > newer.size) {
    return forked("the kept checkpoint has " + std::to_string(older.size) + " entries, the newer one only " +
                  std::to_string(newer.size));
  }
  if (older.size == newer.size && older.root != newer.root)
    return forked("two roots at size " + std::to_string(older.size) + ": the history was rewritten");
  const auto proof = fetch_consistency(remote, older.size, newer.size);
  if (!proof) return std::unexpected(proof.error());
  const auto consistent = merkle::verify_consistency(
      {.old_size = older.size, .new_size = newer.size, .old_root = older.root, .new_root = newer.root}, *proof);
  if (!consistent) return forked("the kept checkpoint is no part of this history: " + consistent.error().context);
  return {};
}

Result<std::string> newer_note(Remote& remote, const std::string& file) {
  if (!file.empty()) return read_input(file, crypto::kMaxNoteBytes);
  auto response = remote.get("/checkpoint", "text/plain");
  if (!response) return std::unexpected(std::move(response.error()));
  return std::move(response->body);
}

Result<void> check_consistency(Shared& shared, const Consistency& options) {
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const auto trust = trust_of(options.log_keys, &*remote);
  if (!trust) return std::unexpected(trust.error());
  const auto old_text = read_input(options.old_file, crypto::kMaxNoteBytes);
  if (!old_text) return std::unexpected(old_text.error());
  const auto older = verify_log_note(*old_text, trust->keys);
  if (!older) return fail(older.error().code, options.old_file + ": " + older.error().context);
  const auto new_text = newer_note(*remote, options.new_file);
  if (!new_text) return std::unexpected(new_text.error());
  const auto newer = verify_log_note(*new_text, trust->keys);
  if (!newer) return fail(newer.error().code, "the newer checkpoint: " + newer.error().context);
  if (auto same = compare_checkpoints(*remote, *older, *newer); !same) return same;
  print_object(shared, Json{{"verdict", "consistent"},
                            {"ledger", newer->origin},
                            {"old_size", older->size},
                            {"new_size", newer->size},
                            {"root", crypto::to_b64(newer->root)},
                            {"log_key", std::string(trust->source)}});
  return {};
}

}  // namespace

void add_proof_commands(CLI::App& app, Shared& shared) {
  auto* group =
      app.add_subcommand("proof", "Fetch and verify proofs that something is in the ledger")->require_subcommand(1);

  auto got = std::make_shared<Get>();
  auto* get = group->add_subcommand("get", "Fetch the C2SP tlog-proof of an entry, its leaf included");
  get->add_option("entry", got->entry, "Its seq, or its entry_id")->required();
  get->add_option("--out", got->out, "File to write, - for standard output")->capture_default_str();
  add_remote_options(*get, got->remote);
  on_run(*get, shared, [&shared, got] { return get_proof(shared, *got); });

  auto verified = std::make_shared<ProofChoice>();
  auto* verify = group->add_subcommand("verify",
                                       "Verify a tlog-proof or a receipt: inclusion, the checkpoint's signature, and "
                                       "every signature of the entry whose\n"
                                       "key is at hand. Works offline with --log-key and --party-keys.");
  verify->add_option("file", verified->file, "C2SP tlog-proof or receipt, - for standard input")->required();
  verify->add_option("--entry", verified->entry, "File with an entry: the proof must be of exactly it");
  add_log_key_option(*verify, verified->log_keys);
  verify->add_flag("--arithmetic", verified->arithmetic, "Without a log key: check the hashes alone")->group("Trust");
  verify->add_option("--party-keys", verified->party_keys, "JWK, JWK set or key file of the parties; may be repeated")
      ->allow_extra_args(false)
      ->group("Trust");
  add_remote_options(*verify, verified->remote, NeedUrl::no);
  on_run(*verify, shared, [&shared, verified] { return verify_proof(shared, *verified); });

  auto compared = std::make_shared<Consistency>();
  auto* consistency = group->add_subcommand(
      "consistency", "Check that a checkpoint that was kept is a prefix of the ledger as it is now; 14 if it is not");
  consistency->add_option("old", compared->old_file, "The kept checkpoint (signed note)")->required();
  consistency->add_option("new", compared->new_file, "A newer checkpoint; default the node's newest");
  add_log_key_option(*consistency, compared->log_keys);
  add_remote_options(*consistency, compared->remote);
  on_run(*consistency, shared, [&shared, compared] { return check_consistency(shared, *compared); });
}

}  // namespace dengji::cli
