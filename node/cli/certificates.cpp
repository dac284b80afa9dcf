// dengji certificate verify / save: what a certificate is worth, or was worth at an earlier moment. Proven are its
// issue and every change of its status up to then, by their entries in the ledger; that no other change exists is the
// node's word, and is said as of which size.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "api/http.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/numbers.hpp"
#include "node/cli/exports.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kMaxBundleBytes = 16 << 20;
constexpr std::size_t kMaxChanges = 64;  // of status that are proven for one certificate
constexpr std::string_view kPrefix = "ZS";
constexpr std::string_view kRenewal = "certificate.renew";

struct StatusRow {
  std::string_view status;
  std::string_view en;
  std::string_view zh;
  int exit_code;
};

// Later is worse. Exit codes: 12 revoked or suspended, 13 outside its dates.
constexpr std::array kStatuses{
    StatusRow{"valid", "valid", "有效", 0},
    StatusRow{"not_yet_valid", "not yet valid", "尚未生效", 13},
    StatusRow{"suspended", "suspended", "已暂停", 12},
    StatusRow{"frozen", "frozen with its registration", "登记已冻结", 12},
    StatusRow{"expired", "expired", "已过期", 13},
    StatusRow{"replaced", "replaced", "已被替换", 12},
    StatusRow{"cancelled", "cancelled", "已注销", 12},
    StatusRow{"revoked", "revoked", "已撤销", 12},
};

const StatusRow& worse_of(const StatusRow& a, const StatusRow& b) {
  return &a < &b ? b : a;
}

// A status that this build does not know is as bad as any.
const StatusRow& row_of(std::string_view status) {
  const auto found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& r) { return r.status == status; });
  return found == kStatuses.end() ? kStatuses.back() : *found;
}

// A certificate with what proves it: what `save` writes and `verify` reads.
struct Bundle {
  Json certificate;
  std::uint64_t as_of = 0;          // last seq that the node had looked at
  std::optional<LedgerTime> now;    // what counted as now there; not kept in a file
  std::vector<std::string> proofs;  // a tlog-proof for each item of certificate.history
};

Json bundle_json(const Bundle& bundle) {
  return Json{{"dengji", "certificate"},
              {"v", 1},
              {"as_of", bundle.as_of},
              {"certificate", bundle.certificate},
              {"proofs", bundle.proofs}};
}

Result<Bundle> read_bundle(std::string_view text, const std::string& file) {
  const auto json = read_foreign(text, file);
  if (!json) return std::unexpected(json.error());
  if (!json->is_object() || json->value("dengji", Json()) != "certificate" || json->value("v", Json()) != 1 ||
      !json->value("certificate", Json()).is_object() || !json->value("proofs", Json()).is_array()) {
    return fail(ErrorCode::value_format, file + " is no certificate that dengji certificate save wrote");
  }
  const auto as_of = number_of(*json, "as_of");
  if (!as_of) return std::unexpected(as_of.error());
  Bundle bundle{.certificate = (*json)["certificate"], .as_of = *as_of, .now = std::nullopt, .proofs = {}};
  for (const Json& proof : (*json)["proofs"]) {
    if (!proof.is_string()) return fail(ErrorCode::value_format, file + ": a proof is no text", "/proofs");
    bundle.proofs.push_back(proof.get<std::string>());
  }
  return bundle;
}

// The statuses since issue, oldest first.
Result<const Json*> history_of(const Json& certificate) {
  const auto found = certificate.find("history");
  if (found == certificate.end() || !found->is_array() || found->empty() || found->size() > kMaxChanges)
    return fail(ErrorCode::value_format, "the certificate has no history of at most " + std::to_string(kMaxChanges));
  return &*found;
}

Result<void> check_number(const std::string& no) {
  const auto parsed = state::parse_number(no);
  if (parsed && parsed->series.prefix == kPrefix) return {};
  return fail(ErrorCode::not_in_ledger, no + (parsed ? " is no certificate number: those begin with ZS"
                                                     : " is mistyped: its form or check character is wrong"));
}

Result<Bundle> fetch(Remote& remote, const std::string& no, const std::string& as_of) {
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
                .now = parse_time(answer->field("Dengji-As-Of-Time")),
                .proofs = {}};
  const Json seen{{"as_of", Json::parse(answer->field("Dengji-As-Of"), nullptr, false)}};
  bundle.as_of = number_of(seen, "as_of").value_or(0);
  const auto history = history_of(bundle.certificate);
  if (!history) return std::unexpected(history.error());
  for (const Json& span : **history) {
    const auto seq = number_of(span, "seq");
    if (!seq) return std::unexpected(seq.error());
    auto proof = remote.get("/v1/entries/" + std::to_string(*seq) + "/proof", "text/plain");
    if (!proof) return std::unexpected(std::move(proof.error()));
    bundle.proofs.push_back(std::move(proof->body));
  }
  return bundle;
}

struct Findings {
  std::string no;
  std::string ledger;
  std::uint64_t size = 0;  // of the newest checkpoint among the proofs
  const StatusRow* status = nullptr;
  std::size_t signatures = 0;
  std::size_t verified = 0;
  std::size_t changes = 0;  // after the issue, up to the moment asked for
  bool later = false;       // others followed, which do not count
};

std::unexpected<Error> contradicts(const std::string& what) {
  return fail(ErrorCode::ledger_inconsistent, "the certificate says otherwise than its entries: " + what);
}

bool has_effect(const Json& effects, const Json& members) {
  return std::any_of(effects.begin(), effects.end(), [&](const Json& effect) {
    if (!effect.is_object()) return false;
    for (const auto& [name, value] : members.items())
      if (effect.value(name, Json()) != value) return false;
    return true;
  });
}

std::string org_of(const entry::Envelope& envelope, std::string_view role) {
  for (const entry::Party& party : envelope.parties)
    if (party.role == role) return party.org.text;
  return {};
}

// The entry of issue gave this number and says what the certificate says.
Result<void> check_issue(const Json& certificate, const Proven& issue, const std::string& no) {
  const entry::Envelope& envelope = issue.entry.envelope;
  // A transfer of the registration replaces the certificate by one for the new holder.
  const bool transferred = envelope.type == "dataset.transfer";
  if (envelope.type != "certificate.issue" && !transferred) return contradicts("it was not issued by " + envelope.type);
  if (!has_effect(issue.leaf.effects, {{"fx", "number"}, {"kind", "certificate"}, {"no", no}}))
    return contradicts("the entry of issue gave another number");
  const Json& dataset = envelope.body.value("dataset", Json());
  if (dataset != certificate.value("dataset", Json()) && dataset != certificate.value("dataset_no", Json()))
    return contradicts("another data set");
  if (transferred) return {};
  if (certificate.value("issuer", Json()) != org_of(envelope, "platform")) return contradicts("another issuer");
  const std::string certifier = org_of(envelope, "certifier");
  if (certificate.value("certifier", Json("")) != certifier) return contradicts("another certifier");
  for (const char* member : {"scope", "grade", "valid_from"}) {
    const auto stated = envelope.body.find(member);
    if (stated != envelope.body.end() && certificate.value(member, Json()) != *stated)
      return contradicts(std::string("another ") + member);
  }
  return {};
}

// A registration that ends earlier takes its certificate's last day with it, so that day may have come nearer since.
bool no_later(const Json& day, const Json& stated) {
  if (stated.is_null()) return true;
  const auto given = day.is_string() ? parse_date(day.get_ref<const std::string&>()) : std::nullopt;
  const auto limit = stated.is_string() ? parse_date(stated.get_ref<const std::string&>()) : std::nullopt;
  return given && limit && *given <= *limit;
}

// An item of the history after the issue: a change of status, or a renewal, which leaves a valid certificate valid.
Result<void> check_change(const Json& span, const Proven& change, const std::string& no) {
  const Json& status = span.value("status", Json());
  const bool renewal = change.entry.envelope.type == kRenewal && status == "valid";
  const Json effect = renewal ? Json{{"fx", "deadline"}, {"what", "validity"}} : Json{{"fx", "status"}, {"to", status}};
  Json wanted{{"kind", "certificate"}, {"id", no}};
  wanted.update(effect);
  if (has_effect(change.leaf.effects, wanted)) return {};
  return contradicts("entry " + std::to_string(change.leaf.seq.value) + " did not make it " + status.dump());
}

// By status alone as its entries left it, and by its dates.
Result<const StatusRow*> judge(const Json& certificate, Date day) {
  const auto status = text_of(certificate, "status");
  const auto from_text = text_of(certificate, "valid_from");
  const auto to_text = text_of(certificate, "valid_to");
  const auto from = from_text ? parse_date(*from_text) : std::nullopt;
  const auto to = to_text ? parse_date(*to_text) : std::nullopt;
  if (!status || !from || !to) return fail(ErrorCode::value_format, "the certificate lacks status or dates");
  const StatusRow* row = &row_of(*status);
  if (day < *from) row = &worse_of(*row, row_of("not_yet_valid"));
  if (day > *to) row = &worse_of(*row, row_of("expired"));
  // What the registration adds (frozen, revoked …) only the node can say.
  if (const auto effective = text_of(certificate, "effective_status")) {
    const StatusRow& said = row_of(*effective);
    if (said.status != "expired" && said.status != "not_yet_valid") row = &worse_of(*row, said);
  }
  return row;
}

// As the entries up to an earlier moment left it. What its registration was then only the node can say.
Json as_it_was(const Json& certificate, const Json& status, const Json& last_day, bool renewed_later) {
  Json then = certificate;
  then["status"] = status;
  if (renewed_later && last_day.is_string()) then["valid_to"] = last_day;
  then.erase("effective_status");
  return then;
}

// `until`: which entries count; `day`: when its dates are judged, that of the last entry that counts if absent.
Result<Findings> check(const Bundle& bundle, const Trust& trust, const PartyKeys& keys, const Until& until,
                       std::optional<Date> day) {
  Findings findings;
  auto no = text_of(bundle.certificate, "no");
  if (!no) return std::unexpected(std::move(no.error()));
  findings.no = std::move(*no);
  if (auto right = check_number(findings.no); !right) return std::unexpected(std::move(right.error()));
  const auto history = history_of(bundle.certificate);
  if (!history) return std::unexpected(history.error());
  if (bundle.proofs.size() != (*history)->size())
    return fail(ErrorCode::value_format, "not one proof for each change of status", "/proofs");
  std::uint64_t last_seq = 0;
  Json last_day;  // as the issue or the last renewal set it
  bool renewed = false;
  Json then;  // the status that counts, and the last day beside it
  Json then_day;
  LedgerTime last_time;
  bool renewed_later = false;
  for (std::size_t i = 0; i < bundle.proofs.size(); ++i) {
    const Json& span = (**history)[i];
    const auto proof = merkle::parse_tlog_proof(bundle.proofs[i]);
    if (!proof) return std::unexpected(proof.error());
    const auto proven = prove(*proof, trust.keys);
    if (!proven) return std::unexpected(proven.error());
    const auto signatures = check_signatures(proven->entry, keys);
    if (!signatures) return std::unexpected(signatures.error());
    if (!span.is_object() || span.value("seq", Json()) != proven->leaf.seq.value)
      return contradicts("a change by another entry");
    if (i > 0 && proven->leaf.seq.value <= last_seq) return contradicts("its changes are out of order");
    last_seq = proven->leaf.seq.value;
    if (auto changed = check_change(span, *proven, findings.no); !changed)
      return std::unexpected(std::move(changed.error()));
    const entry::Envelope& envelope = proven->entry.envelope;
    if (i == 0 || envelope.type == kRenewal) last_day = envelope.body.value("valid_to", Json());
    renewed = renewed || envelope.type == kRenewal;
    if (until.holds(proven->leaf)) {
      then = span["status"];
      then_day = last_day;
      findings.changes = i;
      last_time = proven->leaf.time;
    } else if (i == 0) {
      return fail(ErrorCode::not_in_ledger, findings.no + " was issued later, by entry " + std::to_string(last_seq) +
                                                " at " + format_time(proven->leaf.time));
    } else {
      findings.later = true;
      renewed_later = renewed_later || envelope.type == kRenewal;
    }
    if (i == 0) {
      if (auto issued = check_issue(bundle.certificate, *proven, findings.no); !issued)
        return std::unexpected(std::move(issued.error()));
      findings.ledger = proven->checkpoint.origin;
    }
    if (proven->checkpoint.origin != findings.ledger) return contradicts("proofs of two ledgers");
    findings.size = std::max(findings.size, proven->checkpoint.size);
    findings.signatures += signatures->size();
    findings.verified += count_verified(*signatures);
  }
  if ((*history)->back().value("status", Json()) != bundle.certificate.value("status", Json()))
    return contradicts("its status is not the last of its history");
  if (renewed != bundle.certificate.contains("renewed_on")) return contradicts("whether it was renewed");
  if (!no_later(bundle.certificate.value("valid_to", Json()), last_day))
    return contradicts("a later valid_to than its issue or last renewal gave it");
  const auto status =
      judge(findings.later ? as_it_was(bundle.certificate, then, then_day, renewed_later) : bundle.certificate,
            day.value_or(shanghai_day(last_time)));
  if (!status) return std::unexpected(status.error());
  findings.status = *status;
  return findings;
}

// --- verify
struct Verify {
  RemoteOptions remote;
  std::string certificate;
  std::string as_of;
  std::vector<std::string> log_keys;
  std::vector<std::string> party_keys;
};

void print_findings(const Shared& shared, const Bundle& bundle, const Findings& findings, const Trust& trust) {
  const Json& certificate = bundle.certificate;
  if (shared.as_json) {
    return print_object(shared, Json{{"verdict", findings.status->status},
                                     {"no", findings.no},
                                     {"ledger", findings.ledger},
                                     {"size", findings.size},
                                     {"as_of", bundle.as_of},
                                     {"log_key", trust.source},
                                     {"signatures", findings.signatures},
                                     {"signatures_verified", findings.verified},
                                     {"certificate", certificate}});
  }
  const auto text = [&certificate](const char* member) { return text_of(certificate, member).value_or("?"); };
  const std::string span = text("valid_from") + " – " + text("valid_to");
  std::printf("%s is %s: %s, holder %s, %s, as of entry %llu / 证书%s：数据集 %s，持有人 %s，有效期 %s\n",
              findings.no.c_str(), std::string(findings.status->en).c_str(), text("dataset_no").c_str(),
              text("holder").c_str(), span.c_str(), static_cast<unsigned long long>(bundle.as_of),
              std::string(findings.status->zh).c_str(), text("dataset_no").c_str(), text("holder").c_str(),
              span.c_str());
  std::fprintf(stderr,
               "proven in %s at size %llu%s: its issue and %zu changes of status; %zu of %zu signatures verified\n",
               findings.ledger.c_str(), static_cast<unsigned long long>(findings.size),
               trust.source == "node" ? ", by the node's own word for its key (--log-key pins it)" : "",
               findings.changes, findings.verified, findings.signatures);
  if (findings.later) {
    std::fprintf(stderr,
                 "what its entries had made of it by then; later ones do not count, and what its registration "
                 "was then only a node can say (--url with the number)\n");
  }
}

// The day on which its dates are judged; a file does not know the time of any seq.
std::optional<Date> day_of(const Until& until, const std::optional<LedgerTime>& now) {
  if (until.time) return shanghai_day(*until.time);
  if (now) return shanghai_day(*now);
  return until.seq ? std::nullopt : std::optional(shanghai_day(SystemClock().now()));
}

Result<void> verify(Shared& shared, const Verify& options) {
  const auto until = read_until(options.as_of);
  if (!until) return std::unexpected(until.error());
  const bool saved = std::filesystem::is_regular_file(options.certificate);
  if (!saved) {
    if (auto right = check_number(options.certificate); !right) return right;
  }
  std::optional<Remote> remote;
  if (!saved || !options.remote.url.empty()) {
    auto opened = Remote::open(shared, options.remote);
    if (!opened) return std::unexpected(std::move(opened.error()));
    remote = std::move(*opened);
  }
  Remote* const node = remote ? &*remote : nullptr;
  const auto trust = trust_of(options.log_keys, node, false);
  if (!trust) return std::unexpected(trust.error());
  const auto keys = party_keys(options.party_keys, node);
  if (!keys) return std::unexpected(keys.error());
  Result<Bundle> bundle = fail(ErrorCode::usage);
  if (saved) {
    const auto text = read_input(options.certificate, kMaxBundleBytes);
    if (!text) return std::unexpected(text.error());
    bundle = read_bundle(*text, options.certificate);
  } else {
    bundle = fetch(*remote, options.certificate, options.as_of);
  }
  if (!bundle) return std::unexpected(std::move(bundle.error()));
  const auto findings = check(*bundle, *trust, *keys, *until, day_of(*until, bundle->now));
  if (!findings) return std::unexpected(findings.error());
  if (!saved && findings->no != options.certificate) return contradicts("it is " + findings->no);
  print_findings(shared, *bundle, *findings, *trust);
  if (saved && !findings->later)
    std::fprintf(stderr,
                 "the status is as of entry %llu; whether it has changed since, only a node can say (--url "
                 "with the number)\n",
                 static_cast<unsigned long long>(bundle->as_of));
  shared.exit_code = findings->status->exit_code;
  return {};
}

// --- save
struct Save {
  RemoteOptions remote;
  std::string no;
  std::string out;
  std::vector<std::string> log_keys;
};

Result<void> save(Shared& shared, const Save& options) {
  if (auto right = check_number(options.no); !right) return right;
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  const auto trust = trust_of(options.log_keys, &*remote, false);
  if (!trust) return std::unexpected(trust.error());
  const auto keys = party_keys({}, &*remote);
  if (!keys) return std::unexpected(keys.error());
  const auto bundle = fetch(*remote, options.no, "");
  if (!bundle) return std::unexpected(bundle.error());
  // What would not verify is not kept.
  const auto findings = check(*bundle, *trust, *keys, {}, shanghai_day(SystemClock().now()));
  if (!findings) return std::unexpected(findings.error());
  if (findings->no != options.no) return contradicts("it is " + findings->no);
  if (auto written = write_output(options.out, bundle_json(*bundle).dump() + "\n"); !written) return written;
  if (options.out != "-") {
    print_object(shared, Json{{"file", options.out},
                              {"no", findings->no},
                              {"status", findings->status->status},
                              {"as_of", bundle->as_of},
                              {"size", findings->size}});
  }
  return {};
}

}  // namespace

void add_certificate_commands(CLI::App& app, Shared& shared) {
  auto* group = app.add_subcommand("certificate", "Verify and keep certificates")->require_subcommand(1);

  auto verified = std::make_shared<Verify>();
  auto* command = group->add_subcommand(
      "verify",
      "What a certificate is worth, in one line. Exit code 0 valid, 12 revoked, suspended or the like, 13 outside its\n"
      "dates, 11 not in the ledger (or not yet then), 10 a bad signature, 14 contradictions.");
  command->add_option("certificate", verified->certificate, "Its number (ZS…), or a file that certificate save wrote")
      ->required();
  command->add_option("--as-of,--at", verified->as_of,
                      "What it was worth after a seq, at an instant or at the end of a day, instead of now");
  add_log_key_option(*command, verified->log_keys);
  command->add_option("--party-keys", verified->party_keys, "JWK, JWK set or key file of the parties; may be repeated")
      ->allow_extra_args(false)
      ->group("Trust");
  add_remote_options(*command, verified->remote, NeedUrl::no);
  on_run(*command, shared, [&shared, verified] { return verify(shared, *verified); });

  auto saved = std::make_shared<Save>();
  auto* keep = group->add_subcommand("save", "Keep a certificate with its proofs, to be verified without the node");
  keep->add_option("number", saved->no, "Its number (ZS…)")->required();
  keep->add_option("--out", saved->out, "File to write, - for standard output")->required();
  add_log_key_option(*keep, saved->log_keys);
  add_remote_options(*keep, saved->remote);
  on_run(*keep, shared, [&shared, saved] { return save(shared, *saved); });
}

}  // namespace dengji::cli
