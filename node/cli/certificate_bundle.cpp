#include "node/cli/certificate_bundle.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "api/http.hpp"
#include "node/cli/certificate_facts.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr int kMaxVersionPages = 8;
constexpr int kMaxReplaced = 8;  // certificates that followed one another by transfers

Result<std::vector<std::string>> texts_of(const Json& bundle, const char* member, const std::string& file) {
  std::vector<std::string> texts;
  const auto found = bundle.find(member);
  if (found == bundle.end()) return texts;
  if (!found->is_array() || found->size() > kMaxBundleProofs)
    return fail(ErrorCode::value_format,
                file + ": not a list of at most " + std::to_string(kMaxBundleProofs) + " proofs",
                std::string("/") + member);
  for (const Json& proof : *found) {
    if (!proof.is_string())
      return fail(ErrorCode::value_format, file + ": a proof is no text", std::string("/") + member);
    texts.push_back(proof.get<std::string>());
  }
  return texts;
}

// Gathers the entries on which a certificate rests, beside those of its history.
class Grounds {
 public:
  explicit Grounds(Remote& remote) : remote_(remote) {}

  Result<std::string> proof(std::uint64_t seq) {
    if (const auto kept = proofs_.find(seq); kept != proofs_.end()) return kept->second;
    auto answer = remote_.get("/v1/entries/" + std::to_string(seq) + "/proof", "text/plain");
    if (!answer) return std::unexpected(std::move(answer.error()));
    return proofs_[seq] = std::move(answer->body);
  }

  // `depth` counts certificates that were replaced by `certificate`'s issue.
  Result<void> add(const Json& certificate, std::uint64_t as_of, int depth = 0) {
    const auto no = text_of(certificate, "no");
    const auto issued = number_of(certificate, "issued_seq");
    const auto dataset = text_of(certificate, "dataset");
    if (!no || !issued || !dataset)
      return fail(ErrorCode::value_format, "the node's certificate lacks no, issued_seq or dataset");
    if (auto done = add_changes("/v1/certificates/" + *no, as_of, {"valid_to"}); !done) return done;
    const auto issue = proof(*issued);
    if (!issue) return std::unexpected(issue.error());
    const auto parsed = merkle::parse_tlog_proof(*issue);
    const auto proven = parsed ? prove(*parsed, {}) : Result<Proven>(std::unexpected(parsed.error()));
    if (!proven) return std::unexpected(proven.error());
    const auto replaced = replaced_by(*proven);
    if (!replaced) return add_changes("/v1/datasets/" + *dataset, *issued, {"holder", "no", "valid_to"});
    if (depth == kMaxReplaced) return {};
    const auto before = remote_.get_json("/v1/certificates/" + *replaced + "?as_of=" + std::to_string(*issued));
    if (!before) return std::unexpected(before.error());
    const auto spans = history_of(*before);
    if (!spans) return std::unexpected(spans.error());
    for (const Json& span : **spans) {
      const auto seq = number_of(span, "seq");
      if (!seq) return std::unexpected(seq.error());
      seqs_.insert(*seq);
    }
    return add(*before, *issued, depth + 1);
  }

  // But for those of the history, which have their proofs already.
  Result<std::vector<std::string>> proofs(const std::set<std::uint64_t>& history) {
    std::vector<std::string> texts;
    for (const std::uint64_t seq : seqs_) {
      if (history.contains(seq)) continue;
      auto text = proof(seq);
      if (!text) return std::unexpected(std::move(text.error()));
      if (texts.size() == kMaxBundleProofs) break;
      texts.push_back(std::move(*text));
    }
    return texts;
  }

 private:
  // The last entries up to `as_of` that changed one of `members` of the object.
  Result<void> add_changes(const std::string& object, std::uint64_t as_of, const std::vector<std::string>& members) {
    std::vector<Json> versions;  // newest first
    std::string target = object + "/history?limit=100&as_of=" + std::to_string(as_of);
    for (int page = 0; page < kMaxVersionPages; ++page) {
      const auto answer = remote_.get_json(target);
      if (!answer) return std::unexpected(answer.error());
      const Json items = answer->value("items", Json::array());
      versions.insert(versions.end(), items.begin(), items.end());
      const auto next = text_of(*answer, "next");
      if (!next) break;
      target = object + "/history?limit=100&cursor=" + api::percent_encode(*next);
    }
    for (const std::string& member : members) {
      const auto value = [&](std::size_t at) {
        return versions[at].value("object", Json::object()).value(member, Json());
      };
      for (std::size_t at = 0; at < versions.size(); ++at) {
        if (at + 1 < versions.size() && value(at) == value(at + 1)) continue;
        const auto seq = number_of(versions[at], "seq");
        if (!seq) return std::unexpected(seq.error());
        seqs_.insert(*seq);
        break;
      }
    }
    return {};
  }

  Remote& remote_;
  std::set<std::uint64_t> seqs_;
  std::map<std::uint64_t, std::string> proofs_;
};

}  // namespace

Json bundle_json(const Bundle& bundle) {
  return Json{{"dengji", "certificate"}, {"v", 1},
              {"as_of", bundle.as_of},   {"certificate", bundle.certificate},
              {"proofs", bundle.proofs}, {"grounds", bundle.grounds}};
}

Result<Bundle> read_bundle(std::string_view text, const std::string& file) {
  const auto json = read_foreign(text, file);
  if (!json) return std::unexpected(json.error());
  if (!json->is_object() || json->value("dengji", Json()) != "certificate" || json->value("v", Json()) != 1 ||
      !json->value("certificate", Json()).is_object() || !json->contains("proofs")) {
    return fail(ErrorCode::value_format, file + " is no certificate that dengji certificate save wrote");
  }
  for (const auto& [member, value] : json->items()) {
    static const std::set<std::string> kKnown{"dengji", "v", "as_of", "certificate", "proofs", "grounds"};
    if (!kKnown.contains(member))
      return fail(ErrorCode::member_unknown, file + ": " + member + " is no member of a saved certificate",
                  "/" + member);
  }
  const auto as_of = number_of(*json, "as_of");
  if (!as_of) return std::unexpected(as_of.error());
  auto proofs = texts_of(*json, "proofs", file);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  auto grounds = texts_of(*json, "grounds", file);
  if (!grounds) return std::unexpected(std::move(grounds.error()));
  return Bundle{.certificate = (*json)["certificate"],
                .as_of = *as_of,
                .proofs = std::move(*proofs),
                .grounds = std::move(*grounds),
                .now = std::nullopt};
}

Result<const Json*> history_of(const Json& certificate) {
  const auto found = certificate.find("history");
  if (found == certificate.end() || !found->is_array() || found->empty() || found->size() > kMaxBundleProofs)
    return fail(ErrorCode::value_format,
                "the certificate has no history of at most " + std::to_string(kMaxBundleProofs) + " changes");
  return &*found;
}

Result<Bundle> fetch_bundle(Remote& remote, const std::string& no, const std::string& as_of) {
  std::string target = "/v1/certificates/" + no;
  if (!as_of.empty()) target.append("?as_of=").append(api::percent_encode(as_of));
  // Unlike other objects a certificate is public: 404 means that there is none.
  const auto answer = remote.get_public(target);
  if (!answer) return std::unexpected(answer.error());
  auto certificate = read_foreign(answer->body, "the certificate");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  if (!certificate->is_object()) return fail(ErrorCode::value_format, "the node's answer is no certificate");
  Bundle bundle{.certificate = std::move(*certificate),
                .as_of = 0,
                .proofs = {},
                .grounds = {},
                .now = parse_time(answer->field("Dengji-As-Of-Time"))};
  const Json seen{{"as_of", Json::parse(answer->field("Dengji-As-Of"), nullptr, false)}};
  const auto last = number_of(seen, "as_of");
  if (!last) return fail(ErrorCode::value_format, "the node does not say as of which entry it answers");
  bundle.as_of = *last;
  const auto history = history_of(bundle.certificate);
  if (!history) return std::unexpected(history.error());
  Grounds grounds(remote);
  std::set<std::uint64_t> of_history;
  for (const Json& span : **history) {
    const auto seq = number_of(span, "seq");
    if (!seq) return std::unexpected(seq.error());
    auto proof = grounds.proof(*seq);
    if (!proof) return std::unexpected(std::move(proof.error()));
    bundle.proofs.push_back(std::move(*proof));
    of_history.insert(*seq);
  }
  if (auto done = grounds.add(bundle.certificate, bundle.as_of); !done) return std::unexpected(std::move(done.error()));
  auto proofs = grounds.proofs(of_history);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  bundle.grounds = std::move(*proofs);
  return bundle;
}

}  // namespace dengji::cli
