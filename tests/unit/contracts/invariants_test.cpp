// The checkers must be able to find what they are there for: each identity is broken once, in the state and in the
// postings.
#include "contracts/invariants.hpp"

#include <algorithm>

#include "contracts/subsidy/claim_books.hpp"
#include "tests/unit/contracts/subsidy/subsidy_bench.hpp"

namespace dengji::contracts {
namespace {

bool names(const std::vector<std::string>& faults, std::string_view text) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
}

// A sound state with a reserved and a paid claim, then broken by `harm`.
std::vector<std::string> faults_after(
    const std::function<void(EntryTx&, const Claim& reserved, const Claim& paid)>& harm) {
  SubsidyBench world(SubsidyBench::worked_line());
  world.sold(1'000'000);
  const std::string paid = world.paid_claim("SUB-TRD");
  world.sold(2'000'000);
  const std::string reserved = world.claim("SUB-TRD");
  REQUIRE(check_money_invariants(world.bench.view()).empty());
  const Claim one = world.subsidy(reserved);
  const Claim two = world.subsidy(paid);
  world.bench.run([&](EntryTx& tx) { return harm(tx, one, two), true; });
  return check_money_invariants(world.bench.view());
}

void set_account(EntryTx& tx, const std::string& id, const std::function<void(Account&)>& change) {
  Account account = read_account(tx.view(), id);
  change(account);
  tx.put_raw(account_key(id), encode(account));
}

TEST_CASE("a state is found out when an account, a claim or a trade does not fit the others") {
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                set_account(tx, claim_account(reserved, "available"), [](Account& a) { a.credits += 1; });
              }),
              "debits = credits"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                set_account(tx, claim_account(reserved, "available"), [](Account& a) { a.pending_debits += 1; });
              }),
              "pending = reserved for its claims"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                set_account(tx, claim_account(reserved, "disbursed"), [](Account& a) { a.debits = a.credits + 1; });
              }),
              "holds -1"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                Claim changed = reserved;
                changed.amount_fen = Fen(changed.amount_fen.value() - 1);
                tx.put(changed);
              }),
              "reserved in the cap"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim&, const Claim& paid) {
                Claim changed = paid;
                changed.amount_fen = Fen(changed.amount_fen.value() - 1);
                tx.put(changed);
              }),
              "granted amounts of its claims"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim&, const Claim& paid) {
                Claim changed = paid;
                changed.paid_fen = Fen(0);
                tx.put(changed);
              }),
              "payable = approved"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim&, const Claim& paid) {
                Claim changed = paid;
                changed.clawed_fen = Fen(1);
                tx.put(changed);
              }),
              "receivable = clawed back"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                Claim changed = reserved;
                changed.status = ClaimStatus::lapsed;
                tx.put(changed);
              }),
              "holds nothing"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim&, const Claim&) {
                const std::string prefix = object_prefix(Settlement::kKind);
                Settlement settlement;
                tx.view().scan(prefix, prefix, [&](std::string_view, std::string_view value) {
                  settlement = decode<Settlement>(value);
                  return false;
                });
                settlement.refunded_fen = Fen(settlement.amount_fen.value() + 1);
                tx.put(settlement);
              }),
              "refunded beyond its amount"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim&, const Claim&) {
                Voucher voucher{std::string(43, 'A'), Fen(1), Fen(2), {}};
                tx.put(voucher);
              }),
              "used beyond its total"));
  CHECK(names(faults_after([](EntryTx& tx, const Claim& reserved, const Claim&) {
                auto pool = tx.find<Pool>(Pool::id(reserved.pool, reserved.pool_year));
                pool->contributors.push_back({.org = OrgId(kPlatform), .given_fen = Fen(kMaxSafeInteger)});
                tx.put(*pool);
              }),
              "given more than its authority"));
}

Json posting(const char* fx, const char* cause, std::vector<std::array<std::string, 2>> lines, std::int64_t fen) {
  Json list = Json::array();
  for (const auto& [debit, credit] : lines) list.push_back({{"debit", debit}, {"credit", credit}, {"fen", fen}});
  return {{"fx", fx}, {"cause", cause}, {"event", "x"}, {"lines", std::move(list)}};
}

std::vector<std::string> faults_of(std::initializer_list<Json> effects) {
  PostingsLedger ledger;
  Json list = Json::array();
  list.push_back(posting("post", "P-2026", {{"pool/P/2026/authority", "pool/P/2026/available"}}, 1'000));
  list.push_back(posting("post", "BT1", {{"cap/L/2026/issue/k", "cap/L/2026/headroom/k"}}, 500));
  for (const Json& effect : effects) list.push_back(effect);
  ledger.add(7, list);
  return ledger.faults();
}

TEST_CASE("postings alone are found out: forms, books, limits, reservations, pool against caps") {
  const std::array<std::string, 2> pool_line{"pool/P/2026/available", "pool/P/2026/payable/BT1"};
  const std::array<std::string, 2> cap_line{"cap/L/2026/headroom/k", "cap/L/2026/used/k"};
  CHECK(faults_of({}).empty());
  CHECK(faults_of(
            {posting("reserve", "BT1", {pool_line, cap_line}, 100), posting("take", "BT1", {pool_line, cap_line}, 100)})
            .empty());
  CHECK(names(faults_of({posting("post", "BT1", {pool_line}, 100), posting("post", "BT1", {cap_line}, 99)}),
              "granted by cap/L/2026/k and by its pool"));
  CHECK(names(faults_of({posting("reserve", "BT1", {pool_line}, 100), posting("reserve", "BT1", {cap_line}, 99)}),
              "reserved in cap/L/2026/k"));
  CHECK(names(faults_of({posting("post", "BT1", {pool_line}, 1'001)}), "holds -1"));
  CHECK(names(faults_of({posting("reserve", "BT1", {pool_line}, 1'001)}), "pending 1001"));
  CHECK(names(faults_of({posting("take", "BT1", {pool_line}, 1)}), "takes more than was reserved"));
  CHECK(names(faults_of({posting("post", "BT1", {{"pool/P/2026/available", "pool/P/2027/available"}}, 1)}),
              "within no book"));
  CHECK(names(faults_of({posting("post", "BT1", {{"pool/P/2026/available", "pool/P/2026/elsewhere"}}, 1)}),
              "within no book"));
  CHECK(names(faults_of({posting("post", "BT1", {pool_line}, 0)}), "not of the form"));
  CHECK(names(faults_of({Json{{"fx", "post"}, {"cause", "BT1"}}}), "not of the form"));
  CHECK(names(faults_of({Json{{"no", "tag"}}}), "has no fx"));
  CHECK(faults_of({Json{{"fx", "flag"}}}).empty());
}

TEST_CASE("postings and state are compared both ways") {
  SubsidyBench world;
  REQUIRE(accepted(world.allocate(1'000)));
  PostingsLedger ledger;
  CHECK(names(ledger.compare(world.bench.view()), "stands in the state and in no posting"));
  ledger.add(0,
             Json::array({posting("post", "x", {{"pool/POOL-A/2026/authority", "pool/POOL-A/2026/available"}}, 999)}));
  CHECK(names(ledger.compare(world.bench.view()), "differs between the postings and the state"));
  ledger.add(1, Json::array({posting("post", "x", {{"pool/POOL-B/2026/authority", "pool/POOL-B/2026/available"}}, 1)}));
  CHECK(names(ledger.compare(world.bench.view()), "stands in postings and not in the state"));
}

}  // namespace
}  // namespace dengji::contracts
