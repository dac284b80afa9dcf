// The invariants as an audit asks them at every seq must find what they are there for: one entry of each subject is
// shown to the watch as it was, which must be well, and then with one thing changed, which must be named.
#include <doctest/doctest.h>

#include <algorithm>

#include "contracts/invariants/watch.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "contracts/trade/settlements.hpp"
#include "contracts/trade/trades.hpp"
#include "tests/support/sample_policies.hpp"

namespace dengji::test {
namespace {

using Harm = std::function<void(state::Overlay& before, state::Writes& writes)>;

template <state::Object T>
void edit_written(state::Writes& writes, const std::function<void(T&)>& edit) {
  const std::string prefix = state::object_prefix(T::kKind);
  for (auto at = writes.lower_bound(prefix); at != writes.end() && at->first.starts_with(prefix); ++at) {
    T record = state::decode<T>(*at->second);
    edit(record);
    at->second = state::encode(record);
  }
}

template <state::Object T>
void edit_before(state::Overlay& before, const std::string& id, const std::function<void(T&)>& edit) {
  T record = *state::find_object<T>(before, id);
  edit(record);
  before.put(state::object_key(T::kKind, id), state::encode(record));
}

// Every entry is shown to the watch; the next one also as the harm makes it, to a watch of its own.
class WatchedLedger {
 public:
  ContractFixture ledger{contracts::registry(), ContractFixture::Start::empty_unsigned};

  WatchedLedger() {
    ledger.observe([this](const contracts::CheckedEntry& checked, const contracts::Accepted& accepted) {
      const auto& envelope = checked.entry.envelope;
      if (harm_) {
        contracts::InvariantWatch other = watch_;
        state::Overlay before(ledger.view());
        state::Writes writes = accepted.writes;
        harm_(before, writes);
        found_ = other.take(before, {Seq{next_}, ledger.time(), envelope.type, envelope.parties, writes});
      }
      const auto faults =
          watch_.take(ledger.view(), {Seq{next_++}, ledger.time(), envelope.type, envelope.parties, accepted.writes});
      for (const std::string& fault : faults) FAIL_CHECK(envelope.type << ": " << fault);
    });
    ledger.start();
    ledger.grant(Cast::bureau, "cyberspace");
    ledger.enact("time_limits", "LIMITS",
                 {{"apply_within_working_days", 20},
                  {"review_working_days", 10},
                  {"notice_working_days", 0},
                  {"valid_months", 36},
                  {"renew_window_days", 60}});
    ledger.enact("subsidy_line", "SUB-TRD", subsidy_line());
  }

  Submitted must(const char* type, const std::vector<By>& by, const Json& body) {
    Submitted done = ledger.submit(type, by, body);
    REQUIRE_MESSAGE(done.accepted(), done.context());
    return done;
  }
  // The same, and what the watch says of it with the harm done.
  Submitted harmed(const char* type, const std::vector<By>& by, const Json& body, const char* expected, Harm harm) {
    harm_ = std::move(harm);
    found_.clear();
    Submitted done = must(type, by, body);
    harm_ = nullptr;
    const bool named = std::any_of(found_.begin(), found_.end(),
                                   [&](const std::string& fault) { return fault.find(expected) != std::string::npos; });
    CHECK_MESSAGE(named, type, " harmed: expected \"", expected, "\", found ", found_.empty() ? "nothing" : found_[0]);
    return done;
  }

 private:
  contracts::InvariantWatch watch_;
  Harm harm_;
  std::vector<std::string> found_;
  std::uint64_t next_ = 0;
};

TEST_CASE("the watch finds what one entry of each subject breaks") {
  using namespace contracts;
  WatchedLedger world;
  world.must("pool.allocate", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 2'000'000}});
  world.harmed("pool.allocate", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 100}},
               "debits = credits", [](state::Overlay&, state::Writes& writes) {
                 const std::string id = state::account_key("pool/POOL-A/2026/available");
                 auto account = state::decode<state::Account>(*writes.at(id));
                 account.credits += 1;
                 writes[id] = state::encode(account);
               });
  world.harmed("pool.adjust", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"cut_fen", 1}, {"reason", "x"}},
               "signs with a key that may not", [](state::Overlay& before, state::Writes&) {
                 edit_before<Key>(before, ContractFixture::kid_of(Cast::finance).text,
                                  [](Key& key) { key.status = KeyStatus::revoked; });
               });
  world.harmed("pool.adjust", kByFinance, {{"pool", "POOL-A"}, {"year", 2026}, {"cut_fen", 1}, {"reason", "x"}},
               "acts without the role", [](state::Overlay& before, state::Writes&) {
                 edit_before<Org>(before, Cast::finance, [](Org& org) { org.roles.clear(); });
               });

  std::vector<std::string> datasets;
  for (const char* name : {"A", "B"}) {
    datasets.push_back(world.must("dataset.apply", {{"applicant", Cast::seller}}, application(name)).entry_id);
    world.must("dataset.review", kByRegistrar, {{"dataset", datasets.back()}, {"outcome", "accept"}});
  }
  world.ledger.at("2026-01-05");
  world.harmed("dataset.register", kByRegistrar, {{"dataset", datasets[0]}}, "is of core grade",
               [](state::Overlay&, state::Writes& writes) {
                 edit_written<Dataset>(writes, [](Dataset& record) { record.application.grade = Grade::core; });
               });
  world.harmed("dataset.register", kByRegistrar, {{"dataset", datasets[1]}}, "is not alone live",
               [](state::Overlay&, state::Writes& writes) {
                 edit_written<Dataset>(writes,
                                       [](Dataset& record) { record.application.manifest.root = hash_of("root A"); });
               });
  const std::string certificate =
      world
          .harmed("certificate.issue", kByPlatform, {{"dataset", datasets[0]}, {"scope", "all"}, {"grade", "good"}},
                  "outlasts its registration",
                  [](state::Overlay&, state::Writes& writes) {
                    edit_written<Certificate>(
                        writes, [](Certificate& record) { record.valid_to = add_days(record.valid_to, 1); });
                  })
          .number();
  const std::string trade =
      world
          .harmed("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}},
                  {{"certificate", certificate},
                   {"subject", "dataset"},
                   {"mode", "catalogue"},
                   {"purpose", "use"},
                   {"contract_hash", b64_of("contract")},
                   {"price", {{"model", "one_off"}}},
                   {"amount_fen", 5'000'000},
                   {"tax_fen", 0},
                   {"delivery", "api"}},
                  "was agreed, and certificate",
                  [&](state::Overlay& before, state::Writes&) {
                    edit_before<Certificate>(before, certificate, [&](Certificate& record) {
                      record.status = CertificateStatus::suspended;
                      record.history.push_back({world.ledger.time(), CertificateStatus::suspended, 0});
                    });
                  })
          .number();
  const Json settlement{{"trade", trade},
                        {"amount_fen", 1'000'003},
                        {"voucher", {{"hash", b64_of("V")}, {"line", 1}, {"total_fen", 1'000'003}}},
                        {"bank_date", "2026-01-05"}};
  world.harmed("trade.settle", kByPlatform, settlement, "changes by what its settlements change",
               [](state::Overlay&, state::Writes& writes) {
                 edit_written<Settlement>(writes, [](Settlement& record) { record.amount_fen = Fen(1'000'004); });
               });
  const std::string claim = world
                                .harmed("subsidy.claim", {{"claimant", Cast::seller}}, {{"line", "SUB-TRD"}},
                                        "changes by what its claims change",
                                        [](state::Overlay&, state::Writes& writes) {
                                          edit_written<Claim>(writes, [](Claim& record) {
                                            record.amount_fen = Fen(record.amount_fen.value() - 1);
                                          });
                                        })
                                .number();
  world.harmed("subsidy.review", kByPlatform, {{"subsidy", claim}}, "was reviewed by its claimant",
               [](state::Overlay&, state::Writes& writes) {
                 edit_written<Claim>(writes, [](Claim& record) { record.reviewer = record.claimant; });
               });
  world.harmed("trade.refund", kByPlatform,
               {{"settlement", trade + "-000001"},
                {"amount_fen", 500'000},
                {"voucher", {{"hash", b64_of("W")}, {"line", 1}, {"total_fen", 500'000}}},
                {"bank_date", "2026-01-05"}},
               "was rewritten", [](state::Overlay&, state::Writes& writes) {
                 edit_written<Settlement>(
                     writes, [](Settlement& record) { record.bank_date = add_days(record.bank_date, -1); });
               });
  const std::string declared = world
                                   .must("export.declare", {{"seller", Cast::seller}},
                                         {{"dataset", datasets[0]},
                                          {"country", "SG"},
                                          {"recipient", "Harbour Data Pte"},
                                          {"purpose", "training"},
                                          {"important_data", false},
                                          {"people", 40'000},
                                          {"sensitive_people", 0},
                                          {"route", "none"}})
                                   .entry_id;
  world.harmed("export.decide", {{"cyberspace", Cast::bureau}},
               {{"declaration", declared}, {"accept", true}, {"reason", "x"}}, "other thresholds than those of the day",
               [](state::Overlay&, state::Writes& writes) {
                 edit_written<Export>(writes, [](Export& record) { record.limits->people_contract += 1; });
               });
}

}  // namespace
}  // namespace dengji::test
