// Histories made of bytes, over a ledger with organisations, roles, policies, money, trades and claims in it. Whatever
// is tried: no crash; an accepted entry's effects say, by themselves, every balance that it leaves; accounts stay
// within their limits; the invariants hold at the end, from the state and from the postings alone; a refused one leaves
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "contracts/invariants.hpp"
#include "ledger/base/assert.hpp"
#include "tests/support/entry_maker.hpp"
#include "tests/support/sample_policies.hpp"

using namespace dengji;
using namespace dengji::test;

namespace {

constexpr int kMaxEntries = 32;

// The ledger that every input starts from. Made once: its entries are really signed.
struct Start {
  ContractFixture ledger;
  contracts::PostingsLedger postings;
  Hash32 genesis;

  Start() {
    make_policies();
    make_market();
    for (const std::string& leaf : ledger.leaves()) {
      const Json json = Json::parse(leaf);
      postings.add(json.at("seq").get<std::uint64_t>(), json.at("effects"));
    }
    genesis = contracts::find_ledger(ledger.view())->genesis;
  }

  Submitted must(std::string_view type, const std::vector<By>& by, const Json& body) {
    Submitted done = ledger.submit(type, by, body);
    if (!done.accepted()) std::fprintf(stderr, "%s\n", (std::string(type) + ": " + done.context()).c_str());
    LEDGER_ASSERT(done.accepted());
    return done;
  }

  void make_policies() {
    ledger.grant(Cast::bureau, "cyberspace");
    ledger.enact("time_limits", "LIMITS",
                 {{"apply_within_working_days", 20},
                  {"review_working_days", 10},
                  {"notice_working_days", 0},
                  {"valid_months", 36},
                  {"renew_window_days", 60}});
    ledger.enact("fee_schedule", "FEES", sample_fee_schedule());
    ledger.enact("waiver", "WAIVER", sample_waiver(700'000, 30, "up"));
    ledger.enact("subsidy_line", "SUB-TRD", subsidy_line());
    Json round = subsidy_line();
    round.update({{"allocation", "pro_rata"},
                  {"window", "ROUND-1"},
                  {"window_from", "2026-01-02"},
                  {"window_to", "2026-02-28"}});
    ledger.enact("subsidy_line", "SUB-ROUND", round);
    Json set = subsidy_line();
    set.update({{"unit", "dataset"}, {"cap_dataset_fen", 60'000}, {"cap_group_fen", 150'000}});
    ledger.enact("subsidy_line", "SUB-SET", set);
  }

  void make_market() {
    must("pool.allocate", {{"finance", Cast::finance}},
         {{"pool", "POOL-A"}, {"year", 2026}, {"amount_fen", 2'000'000}});
    for (const std::string& holder : {Cast::seller, Cast::second_seller}) {
      const std::string id = must("dataset.apply", {{"applicant", holder}}, application("of " + holder)).entry_id;
      must("dataset.review", {{"registrar", Cast::registrar}}, {{"dataset", id}, {"outcome", "accept"}});
    }
    ledger.at("2026-01-04");
    const std::string prefix = state::object_prefix("dataset");
    std::vector<std::string> datasets;
    ledger.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      datasets.emplace_back(key.substr(prefix.size()));
      return true;
    });
    for (const std::string& dataset : datasets) {
      must("dataset.register", {{"registrar", Cast::registrar}}, {{"dataset", dataset}});
      const std::string no = must("certificate.issue", {{"platform", Cast::platform}},
                                  {{"dataset", dataset}, {"scope", "all"}, {"grade", "good"}})
                                 .number();
      const std::string holder = ledger.show("certificate", no).at("holder");
      const std::string trade = must("trade.agree", {{"seller", holder}, {"buyer", Cast::buyer}},
                                     {{"certificate", no},
                                      {"subject", "dataset"},
                                      {"mode", "catalogue"},
                                      {"purpose", "use"},
                                      {"contract_hash", b64_of("contract " + no)},
                                      {"price", {{"model", "one_off"}}},
                                      {"amount_fen", 5'000'000},
                                      {"tax_fen", 0},
                                      {"delivery", "api"}})
                                    .number();
      must("trade.settle", {{"platform", Cast::platform}},
           {{"trade", trade},
            {"amount_fen", 1'000'003},
            {"voucher", {{"hash", b64_of("voucher " + no)}, {"line", 1}, {"total_fen", 1'000'003}}},
            {"bank_date", "2026-01-04"}});
      must("subsidy.claim", {{"claimant", holder}}, {{"line", "SUB-TRD"}});
    }
  }
};

const Start& start() {
  static const Start made;
  return made;
}

[[noreturn]] void broken(const char* what, const std::string& detail) {
  std::fprintf(stderr, "%s: %s\n", what, detail.c_str());
  assert_failed(what, __FILE__, __LINE__);
}

void check_account(const state::ReadView& view, const std::string& id) {
  const state::AccountType* type = state::account_type(id);
  if (!type) broken("no such account", id);
  const state::Account account = state::read_account(view, id);
  if (account.pending_debits < 0 || account.pending_credits < 0 || account.debits < 0 || account.credits < 0)
    broken("a side below zero", id);
  if (account.free(type->normal) < 0 || account.balance(type->normal) > kMaxSafeInteger) broken("beyond its limit", id);
}

class Play {
 public:
  explicit Play(std::span<const std::uint8_t> bytes)
      : choices_(bytes),
        maker_(contracts::registry(), choices_),
        state_(start().ledger.view()),
        postings_(start().postings),
        now_(start().ledger.time()),
        seq_(start().ledger.leaves().size()) {
    previous_ = now_;
  }

  void run() {
    for (int i = 0; i < kMaxEntries && !choices_.empty(); ++i) step();
    for (const std::string& fault : contracts::check_invariants(state_, shanghai_day(now_))) broken("state", fault);
    for (const std::string& fault : postings_.faults()) broken("postings", fault);
    for (const std::string& fault : postings_.compare(state_)) broken("postings against state", fault);
  }

 private:
  void step() {
    now_.ms += maker_.wait_ms();
    const auto entry = maker_.make(state_, now_, start().genesis);
    if (!entry) return;
    const std::size_t before = state_.writes().size();
    const contracts::Outcome outcome = contracts::apply_entry(state_, *entry, {Seq{seq_}, now_, previous_});
    if (const auto* accepted = std::get_if<contracts::Accepted>(&outcome)) return accept(*entry, *accepted);
    LEDGER_ASSERT(state_.writes().size() == before);
    if (const auto* refusal = std::get_if<state::Refusal>(&outcome)) {
      contracts::registry().verdict(refusal->verdict);  // asserts that there is such a row
      LEDGER_ASSERT(refusal->pointer.empty() || refusal->pointer.front() == '/');
    }
  }

  void accept(const contracts::CheckedEntry& entry, const contracts::Accepted& accepted) {
    const auto leaf = entry::decode_leaf(accepted.leaf);
    if (!leaf) broken("a leaf that does not read", accepted.leaf);
    LEDGER_ASSERT(leaf->seq.value == seq_ && leaf->time == now_ && leaf->jws_text == entry.entry.jws_text);
    LEDGER_ASSERT(leaf->effects.size() == accepted.effects.size());
    refold(accepted, leaf->effects);
    postings_.add(seq_, leaf->effects);
    state_.absorb(accepted.writes);
    for (const Json& effect : leaf->effects) {
      if (!effect.contains("lines")) continue;
      for (const Json& line : effect.at("lines")) {
        check_account(state_, line.at("debit").get<std::string>());
        check_account(state_, line.at("credit").get<std::string>());
      }
    }
    previous_ = now_;
    ++seq_;
  }

  // The effects as an auditor reads them, folded over the state before, give the very accounts, counters and marks.
  void refold(const contracts::Accepted& accepted, const Json& effects) {
    state::Overlay again(static_cast<const state::ReadView&>(state_));
    for (const Json& json : effects) {
      const auto effect = state::effect_from_json(json);
      if (!effect || state::effect_to_json(*effect) != json) broken("an effect that does not read", json.dump());
      if (const auto folded = state::fold(*effect, again); !folded) broken("an effect that cannot be", json.dump());
    }
    for (const auto& [key, value] : again.writes()) {
      const auto there = accepted.writes.find(key);
      if (there == accepted.writes.end() || there->second != value) broken("effects give another value of", key);
    }
  }

  Choices choices_;
  EntryMaker maker_;
  state::Overlay state_;
  contracts::PostingsLedger postings_;
  LedgerTime now_;
  std::optional<LedgerTime> previous_;
  std::uint64_t seq_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Play({data, size}).run();
  return 0;
}
