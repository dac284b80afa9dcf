// dengji certificate verify / save: what a certificate is worth, or was worth at an earlier moment. Proven is what
// follows from its entries in the ledger (certificate_facts.hpp); the rest, and that no later change exists, is the
// node's word and is told apart.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "ledger/base/counted.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/numbers.hpp"
#include "node/cli/certificate_bundle.hpp"
#include "node/cli/certificate_facts.hpp"
#include "node/cli/exports.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr std::string_view kPrefix = "ZS";

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

// Nothing speaks against it, but the proofs do not say from when to when it is valid.
constexpr StatusRow kUnproven{"unproven", "told to be valid, but its dates are not proven",
                              "自称有效，但有效期未经证明", 15};

const StatusRow& worse_of(const StatusRow& a, const StatusRow& b) {
  return &a < &b ? b : a;
}

// A status that this build does not know is as bad as any.
const StatusRow& row_of(std::string_view status) {
  const auto found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& r) { return r.status == status; });
  return found == kStatuses.end() ? kStatuses.back() : *found;
}

Result<void> check_number(const std::string& no) {
  const auto parsed = state::parse_number(no);
  if (parsed && parsed->series.prefix == kPrefix) return {};
  return fail(ErrorCode::not_in_ledger, no + (parsed ? " is no certificate number: those begin with ZS"
                                                     : " is mistyped: its form or check character is wrong"));
}

struct Findings {
  std::string no;
  std::string ledger;
  std::uint64_t size = 0;  // of the newest checkpoint among the proofs
  const StatusRow* status = nullptr;
  Comparison told;
  std::size_t changes = 0;  // since issue
  std::size_t grounds = 0;
  std::size_t signatures = 0;
  std::size_t verified = 0;
  bool later = false;  // entries of it that came after the moment asked for: they do not count
};

std::unexpected<Error> contradicts(const std::string& what) {
  return fail(ErrorCode::ledger_inconsistent, "the certificate says otherwise than its entries: " + what);
}

// Every entry of the bundle, proven, in the order of the ledger.
Result<std::vector<Proven>> prove_all(const Bundle& bundle, const Trust& trust) {
  std::vector<Proven> entries;
  for (const auto* proofs : {&bundle.proofs, &bundle.grounds}) {
    for (const std::string& text : *proofs) {
      const auto proof = merkle::parse_tlog_proof(text);
      if (!proof) return std::unexpected(proof.error());
      auto proven = prove(*proof, trust.keys);
      if (!proven) return std::unexpected(std::move(proven.error()));
      if (proven->leaf.seq.value > bundle.as_of)
        return contradicts("entry " + std::to_string(proven->leaf.seq.value) + " is later than its as_of, " +
                           std::to_string(bundle.as_of));
      if (&text != &proofs->front() && proven->leaf.seq.value <= entries.back().leaf.seq.value)
        return contradicts("its proofs are out of order");
      entries.push_back(std::move(*proven));
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Proven& a, const Proven& b) { return a.leaf.seq.value < b.leaf.seq.value; });
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    if (entries[i].leaf.seq == entries[i + 1].leaf.seq)
      return contradicts("entry " + std::to_string(entries[i].leaf.seq.value) + " twice");
  }
  return entries;
}

// What counts of a bundle: the entries up to a moment. `day`: when the dates are judged; that of the last of these
// entries if absent.
struct Moment {
  Until until;
  std::optional<Date> day;
};

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

// The worth at the moment, as the entries up to it left it: what its registration was then they do not say.
Result<const StatusRow*> judge_then(const std::string& no, const std::vector<Proven>& entries, const Moment& moment) {
  CertificateFacts facts;
  LedgerTime last;
  for (const Proven& proven : entries) {
    if (!moment.until.holds(proven.leaf)) break;
    facts.take(proven);
    last = proven.leaf.time;
  }
  const Json then = facts.of(no);
  if (then.empty()) return fail(ErrorCode::not_in_ledger, no + " was issued later");
  if (!then.value("valid_from", Json()).is_string() || !then.value("valid_to", Json()).is_string()) return &kUnproven;
  return judge(then, moment.day.value_or(shanghai_day(last)));
}

Result<Findings> check(const Bundle& bundle, const Trust& trust, const PartyKeys& keys, const Moment& moment) {
  Findings findings;
  auto no = text_of(bundle.certificate, "no");
  if (!no) return std::unexpected(std::move(no.error()));
  findings.no = std::move(*no);
  if (auto right = check_number(findings.no); !right) return std::unexpected(std::move(right.error()));
  const auto history = history_of(bundle.certificate);
  if (!history) return std::unexpected(history.error());
  if (bundle.proofs.size() != (*history)->size())
    return fail(ErrorCode::value_format, "not one proof for each change of status", "/proofs");
  const auto entries = prove_all(bundle, trust);
  if (!entries) return std::unexpected(entries.error());
  CertificateFacts facts;
  findings.ledger = entries->front().checkpoint.origin;
  for (const Proven& proven : *entries) {
    const auto signatures = check_signatures(proven.entry, keys);
    if (!signatures) return std::unexpected(signatures.error());
    if (proven.checkpoint.origin != findings.ledger) return contradicts("proofs of two ledgers");
    findings.size = std::max(findings.size, proven.checkpoint.size);
    findings.signatures += signatures->size();
    findings.verified += count_verified(*signatures);
    facts.take(proven);
  }
  if (bundle.as_of >= findings.size)
    return contradicts("as_of " + std::to_string(bundle.as_of) + " lies beyond the " + std::to_string(findings.size) +
                       " entries that its checkpoints cover");
  const Json proven = facts.of(findings.no);
  if (proven.empty()) return contradicts("none of them gave the number " + findings.no);
  auto told = compare_certificate(bundle.certificate, proven);
  if (!told) return std::unexpected(std::move(told.error()));
  findings.told = std::move(*told);
  findings.changes = bundle.proofs.size() - 1;
  findings.grounds = bundle.grounds.size();
  findings.later = !moment.until.holds(entries->back().leaf);
  const auto status = findings.later
                          ? judge_then(findings.no, *entries, moment)
                          : judge(bundle.certificate, moment.day.value_or(shanghai_day(entries->back().leaf.time)));
  if (!status) return std::unexpected(status.error());
  findings.status = *status;
  if (findings.later) return findings;
  // Good by dates that anybody could have written is not good.
  const Json& unproven = findings.told.unproven;
  if (findings.status->exit_code == 0 && (unproven.contains("valid_from") || unproven.contains("valid_to")))
    findings.status = &kUnproven;
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
  if (shared.as_json) {
    return print_object(shared, Json{{"verdict", findings.status->status},
                                     {"no", findings.no},
                                     {"ledger", findings.ledger},
                                     {"size", findings.size},
                                     {"as_of", bundle.as_of},
                                     {"log_key", trust.source},
                                     {"signatures", findings.signatures},
                                     {"signatures_verified", findings.verified},
                                     {"certificate", findings.told.proven},
                                     {"unproven", findings.told.unproven}});
  }
  const auto text = [&](const char* member) { return text_of(bundle.certificate, member).value_or("?"); };
  const auto mark = [&](const char* member, const char* sign) {
    return findings.told.proven.contains(member) ? "" : sign;
  };
  const bool days = findings.told.proven.contains("valid_from") && findings.told.proven.contains("valid_to");
  const std::string span = text("valid_from") + " – " + text("valid_to");
  std::printf("%s is %s: %s%s, holder %s%s, %s%s, as of entry %llu / 证书%s：数据集 %s%s，持有人 %s%s，有效期 %s%s\n",
              findings.no.c_str(), std::string(findings.status->en).c_str(), text("dataset_no").c_str(),
              mark("dataset_no", " (not proven)"), text("holder").c_str(), mark("holder", " (not proven)"),
              span.c_str(), days ? "" : " (not proven)", static_cast<unsigned long long>(bundle.as_of),
              std::string(findings.status->zh).c_str(), text("dataset_no").c_str(), mark("dataset_no", "（未证明）"),
              text("holder").c_str(), mark("holder", "（未证明）"), span.c_str(), days ? "" : "（未证明）");
  std::fprintf(stderr,
               "proven in %s at size %llu%s: its issue, %s of status or renewals, %s that it rests on; %zu of %zu "
               "signatures verified\n",
               findings.ledger.c_str(), static_cast<unsigned long long>(findings.size),
               trust.source == "node" ? ", by the node's own word for its key (--log-key pins it)" : "",
               counted(findings.changes, "change").c_str(), counted(findings.grounds, "entry", "entries").c_str(),
               findings.verified, findings.signatures);
  if (findings.later) {
    std::fprintf(stderr,
                 "it was so by its entries up to then; the members shown are as of entry %llu, and what its "
                 "registration was then only a node can say (--url with the number)\n",
                 static_cast<unsigned long long>(bundle.as_of));
  }
  for (const auto& [member, told] : findings.told.unproven.items())
    std::fprintf(stderr, "not proven, only told: %s %s\n", member.c_str(), told.dump().c_str());
}

// A file does not know the time of any seq; a node says what counted as now.
std::optional<Date> judged_day(const Until& until, const std::optional<LedgerTime>& now) {
  if (until.time) return shanghai_day(*until.time);
  if (now) return shanghai_day(*now);
  return until.seq ? std::nullopt : std::optional(shanghai_day(SystemClock().now()));
}

Result<void> verify(Shared& shared, const Verify& options) {
  const auto until = read_until(options.as_of);
  if (!until) return std::unexpected(until.error());
  const bool saved = std::filesystem::is_regular_file(options.certificate);
  if (!saved) {
    // A number has no dot, slash or small letter; what has one is the name of a file that is not there.
    const auto in_number = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    if (!std::all_of(options.certificate.begin(), options.certificate.end(), in_number))
      return fail(ErrorCode::not_found, options.certificate + " is neither a file nor a certificate number (ZS…)");
    if (auto right = check_number(options.certificate); !right) return right;
  }
  std::optional<Remote> remote;
  if (!saved || !options.remote.url.empty()) {
    auto opened = Remote::open(shared, options.remote);
    if (!opened) return std::unexpected(std::move(opened.error()));
    remote = std::move(*opened);
  }
  Remote* const node = remote ? &*remote : nullptr;
  const auto trust = trust_of(options.log_keys, node);
  if (!trust) return std::unexpected(trust.error());
  const auto keys = party_keys(options.party_keys, node);
  if (!keys) return std::unexpected(keys.error());
  Result<Bundle> bundle = fail(ErrorCode::usage);
  if (saved) {
    const auto text = read_input(options.certificate, kMaxBundleBytes);
    if (!text) return std::unexpected(text.error());
    bundle = read_bundle(*text, options.certificate);
  } else {
    const bool day = parse_date(options.as_of).has_value();
    bundle = fetch_bundle(*remote, options.certificate, day ? as_of_day(options.as_of) : options.as_of);
  }
  if (!bundle) return std::unexpected(std::move(bundle.error()));
  const auto findings = check(*bundle, *trust, *keys, {*until, judged_day(*until, bundle->now)});
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
  const auto trust = trust_of(options.log_keys, &*remote);
  if (!trust) return std::unexpected(trust.error());
  const auto keys = party_keys({}, &*remote);
  if (!keys) return std::unexpected(keys.error());
  const auto bundle = fetch_bundle(*remote, options.no, "");
  if (!bundle) return std::unexpected(bundle.error());
  // What would not verify is not kept.
  const auto findings = check(*bundle, *trust, *keys, {{}, shanghai_day(SystemClock().now())});
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
      "dates, 15 valid by dates that are not proven, 11 not in the ledger, 10 a bad signature, 14 contradictions.");
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
