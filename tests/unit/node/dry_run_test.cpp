// A dry run over an export: beside an audit, or over an export that is trusted, it gives the same answer.
#include "node/dry_run.hpp"

#include <doctest/doctest.h>

#include "node/audit.hpp"
#include "node/trusted_export.hpp"
#include "tests/support/export_maker.hpp"
#include "tests/support/long_history.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {
namespace {

const std::vector<std::string>& replayed_leaves() {
  static const std::vector<std::string> made = [] {
    LongHistory history(20'260'003);
    history.run(600);
    return history.play().ledger().leaves();
  }();
  return made;
}

std::string replayed_export() {
  return export_text(replayed_leaves(), fixture_log_key());
}

node::DryRunAsked asked(const std::string& from, const std::string& to = {}) {
  Json schedule = sample_fee_schedule();
  schedule["registration_fen"] = 60'000;
  const Json draft{{"kind", "fee_schedule"},   {"code", "FEES"},         {"title", "draft"},
                   {"jurisdiction", "320000"}, {"effective_from", from}, {"fee_schedule", schedule}};
  auto body = contracts::dry_run::read_draft(draft.dump());
  REQUIRE(body);
  return {{std::move(*body)}, parse_date(from), to.empty() ? std::nullopt : parse_date(to)};
}

Result<Json> run_audited(node::DryRunAsked what) {
  node::DryRunFeed feed(std::move(what));
  std::optional<LedgerTime> previous;
  node::ExportAudit audit({}, {}, [&](const node::AuditedEntry& entry) {
    const auto taken =
        feed.take(entry.checked, {entry.leaf.seq, entry.leaf.time, previous}, entry.effects, entry.writes);
    CHECK(taken.has_value());
    previous = entry.leaf.time;
  });
  REQUIRE(audit.feed(replayed_export()).has_value());
  REQUIRE(audit.finish().has_value());
  return feed.finish(1'000);
}

Result<void> read_trusted(node::DryRunFeed& feed, const std::string& text, std::size_t piece) {
  node::TrustedExport source([&](std::vector<node::ReadEntry> batch) { return feed.execute(std::move(batch)); });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (auto fed = source.feed(std::string_view(text).substr(at, piece)); !fed) return fed;
  }
  return source.finish();
}

TEST_CASE("dry run: an audited and a trusted export give the same answer, however the pieces fall") {
  const auto audited = run_audited(asked("2026-01-20"));
  REQUIRE(audited);
  CHECK(audited->at("entries").get<int>() > 100);
  CHECK(audited->at("decided_otherwise").get<int>() > 0);
  for (const std::size_t piece : {std::size_t{997}, std::size_t{1} << 20}) {
    node::DryRunFeed feed(asked("2026-01-20"));
    REQUIRE(read_trusted(feed, replayed_export(), piece).has_value());
    CHECK(*feed.finish(1'000) == *audited);
  }
}

TEST_CASE("dry run: entries after the period are not in it, and a period without entries is told") {
  node::DryRunFeed feed(asked("2026-01-20", "2026-02-10"));
  REQUIRE(read_trusted(feed, replayed_export(), 1 << 20).has_value());
  const auto part = feed.finish(10);
  REQUIRE(part);
  CHECK(part->at("to") == "2026-02-10");
  std::size_t within = 0;
  for (const std::string& leaf : replayed_leaves()) {
    const Date day = shanghai_day(LedgerTime{Json::parse(leaf).at("time").get<std::int64_t>()});
    within += day >= *parse_date("2026-01-20") && day <= *parse_date("2026-02-10") ? 1 : 0;
  }
  CHECK(part->at("entries") == within);

  node::DryRunFeed later(asked("2030-01-01"));
  REQUIRE(read_trusted(later, replayed_export(), 1 << 20).has_value());
  const auto none = later.finish(10);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::usage);
  CHECK(none.error().context.find("the ledger begins on 2026-01-02") != std::string::npos);
}

TEST_CASE("dry run: a draft that the rules refuse ends the reading and is told with its place") {
  node::DryRunAsked what = asked("2026-01-20");
  what.drafts[0].fee_schedule->payee = OrgId(Cast::platform.substr(0, 17) + "X");
  node::DryRunFeed feed(std::move(what));
  REQUIRE_FALSE(read_trusted(feed, replayed_export(), 1 << 20).has_value());
  REQUIRE(feed.refused().has_value());
  CHECK(feed.refused()->refusal.pointer == "/body/fee_schedule/payee");
}

TEST_CASE("trusted export: what is cut short, out of order or no export is an error that names the entry") {
  const std::string whole = replayed_export();
  const auto judge = [](const std::string& text) {
    node::DryRunFeed feed(asked("2030-01-01"));
    return read_trusted(feed, text, 4'096);
  };
  CHECK(judge("").error().code == ErrorCode::value_format);
  CHECK(judge("{}\n").error().code == ErrorCode::value_format);
  const auto cut = judge(whole.substr(0, whole.find('\n') + 1) + replayed_leaves()[0] + "\n");
  CHECK(cut.error().context == "entry 1 is missing");
  std::string swapped =
      export_header(replayed_leaves()[0], 2) + "\n" + replayed_leaves()[1] + "\n" + replayed_leaves()[0] + "\n";
  CHECK(judge(swapped).error().context == "entry 0: the leaf says 1");
  std::string broken = replayed_leaves()[0];
  broken.replace(broken.find("\"entry\""), 7, "\"emtry\"");
  CHECK(judge(export_header(replayed_leaves()[0], 1) + "\n" + broken + "\n").error().code ==
        ErrorCode::ledger_inconsistent);
}

}  // namespace
}  // namespace dengji::test
