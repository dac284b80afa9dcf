// How long statistics, prices and inspections take over 1,000,000 settlements of 2,000 organisations, and what the read
// model costs to keep: Google Benchmark, by hand on a release build. docs/performance.md has what it gave.
#include <benchmark/benchmark.h>

#include <fstream>
#include <random>

#include "contracts/insight/answers.hpp"
#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/numbers.hpp"

namespace dengji::contracts::insight {
namespace {

constexpr std::size_t kOrgs = 2'000;
constexpr std::size_t kDatasets = 5'000;
constexpr std::size_t kTrades = 200'000;
constexpr std::size_t kSettlements = 1'000'000;
constexpr std::size_t kFilings = 20'000;
constexpr int kDays = 730;

class NoState final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

// A market of two years: every organisation sells, three in four buy, prices differ by a factor of ten, one in fifty
// payments goes back in part. Half of the organisations belong to groups of five.
class Bazaar {
 public:
  Bazaar() {
    for (std::size_t i = 0; i < kOrgs; ++i) add_org(i);
    for (std::size_t i = 0; i < kDatasets; ++i) add_dataset(i);
    for (std::size_t i = 0; i < kTrades; ++i) add_trade();
    for (std::size_t i = 0; i < kSettlements; ++i) add_settlement(i);
    for (std::size_t i = 0; i < kFilings; ++i) add_filing();
    model_.cover(seq_);
  }

  const Model& model() const { return model_; }
  AsOf now() const { return {seq_, start_of_day(add_days(start_, kDays + 1))}; }
  std::vector<Fact>& settlements() { return kept_; }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string org_id(std::size_t i) const { return "ORG" + std::to_string(1'000'000'000'000'000 + i).substr(1); }
  std::string region_of(std::size_t i) const {
    static constexpr const char* kRegions[] = {"320100", "320200", "320300", "320500",
                                               "320600", "321300", "310000", "440300"};
    return kRegions[i % 8];
  }

  template <class T>
  void take(FactKind kind, const T& object, LedgerTime time = {}) {
    const Fact fact{kind, seq_++, time, encode(object)};
    model_.take({&fact, 1});
  }

  void add_org(std::size_t i) {
    Org org;
    org.id = OrgId(org_id(i));
    org.region = region_of(i);
    org.scale = static_cast<Scale>(i % 4);
    org.ownership = static_cast<Ownership>(i / 4 % 4);
    if (i % 2 == 0) org.groups.push_back({"G" + std::to_string(i / 10), start_, std::nullopt});
    take(FactKind::org, org);
  }
  void add_dataset(std::size_t i) {
    static constexpr const char* kIndustries[] = {"manufacturing", "transport", "finance",
                                                  "health",        "green",     "science"};
    Dataset dataset;
    dataset.id = crypto::to_b64(crypto::sha256(std::to_string(i)));
    dataset.holder = OrgId(org_id(i % kOrgs));
    dataset.region = region_of(i % kOrgs);
    dataset.application.industry = kIndustries[below(6)];
    dataset.status = DatasetStatus::registered;
    dataset.applied_on = start_;
    dataset.valid_from = start_;
    dataset.valid_to = add_days(start_, 1'095);
    dataset.history = {{start_of_day(start_), DatasetStatus::registered}};
    datasets_.push_back(dataset.id);
    take(FactKind::dataset, dataset);
  }
  void add_trade() {
    const std::size_t dataset = below(kDatasets);
    const std::size_t seller = dataset % kOrgs;
    // Buyers are the first three quarters.
    std::size_t buyer = below(kOrgs * 3 / 4);
    if (buyer == seller) buyer = (buyer + 1) % (kOrgs * 3 / 4);
    Trade trade;
    trade.no = state::make_number({"JY", region_of(seller), 2026}, ++serials_[region_of(seller)]);
    trade.seller = OrgId(org_id(seller));
    trade.buyer = OrgId(org_id(buyer));
    trade.dataset = datasets_[dataset];
    trade.seller_region = region_of(seller);
    trade.buyer_region = region_of(buyer);
    trade.cross_province = !same_province(trade.seller_region, trade.buyer_region);
    trade.terms.mode = static_cast<TradeMode>(below(4));
    trade.terms.amount_fen = Fen(static_cast<std::int64_t>(100'000 + below(900'000)));
    trade.terms.price.unit_fen = Fen(static_cast<std::int64_t>(100 + below(900)));
    trade.terms.unit = below(2) == 0 ? "call" : "GB";
    // Agreements come in the order of their days.
    const auto day = static_cast<int>(trades_.size() * kDays / kTrades);
    trade.agreed_at = start_of_day(add_days(start_, day));
    take(FactKind::trade, trade);
    trades_.push_back({trade.no, trade.seller, trade.buyer, day});
  }
  void add_settlement(std::size_t i) {
    const Known& trade = trades_[i * kTrades / kSettlements];
    Settlement settlement;
    settlement.trade = trade.no;
    settlement.n = static_cast<std::int64_t>(i % (kSettlements / kTrades)) + 1;
    settlement.seller = trade.seller;
    settlement.buyer = trade.buyer;
    settlement.amount_fen = Fen(static_cast<std::int64_t>(1'000 + below(100'000)));
    const int day = trade.day + static_cast<int>(below(30));
    settlement.bank_date = add_days(start_, day);
    settlement.voucher = crypto::sha256(std::to_string(i));
    take(FactKind::settlement, settlement, start_of_day(settlement.bank_date));
    if (i % 50 == 0) {
      settlement.refunded_fen = Fen(500);
      take(FactKind::settlement, settlement, start_of_day(add_days(settlement.bank_date, 3)));
    }
    if (i < 50'000) kept_.push_back({FactKind::settlement, i, {}, encode(settlement)});
  }
  void add_filing() {
    const Known& trade = trades_[below(trades_.size())];
    Filing filing;
    filing.no = state::make_number({"BA", "320500", 2026}, ++filings_);
    filing.status = static_cast<FilingStatus>(below(3));
    filing.deal.seller = trade.seller;
    filing.deal.buyer = trade.buyer;
    filing.deal.amount_fen = Fen(static_cast<std::int64_t>(below(1'000'000)));
    filing.deal.starts_on = add_days(start_, trade.day);
    take(FactKind::filing, filing);
  }

  struct Known {
    RegNo no;
    OrgId seller;
    OrgId buyer;
    int day;
  };

  const Date start_ = *make_date(2026, 1, 1);
  std::mt19937_64 random_{20260101};
  Model model_;
  std::uint64_t seq_ = 0;
  std::vector<std::string> datasets_;
  std::vector<Known> trades_;
  std::map<std::string, std::int64_t> serials_;
  std::int64_t filings_ = 0;
  std::vector<Fact> kept_;
};

Bazaar& bazaar() {
  static Bazaar made;
  return made;
}

std::int64_t resident_kb() {
  std::ifstream status("/proc/self/status");
  std::string name;
  std::int64_t kb = 0;
  while (status >> name) {
    if (name == "RssAnon:" && status >> kb) return kb;
  }
  return 0;
}

void ask(benchmark::State& state, const char* name, const Query& query) {
  const NoState view;
  for (auto _ : state) {
    const Scope scope(bazaar().model(), bazaar().now());
    auto answered = answer(name, {scope, view, query, {.limit = 50, .after = {}}});
    LEDGER_ASSERT(answered.has_value());
    benchmark::DoNotOptimize(answered);
  }
}

// What one settlement costs the model's thread, its record read from bytes.
void take_settlements(benchmark::State& state) {
  const std::vector<Fact>& facts = bazaar().settlements();
  for (auto _ : state) {
    Model model;
    model.take(facts);
    benchmark::DoNotOptimize(model.rows());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * facts.size()));
}

void add(const char* label, const char* name, Query query) {
  benchmark::RegisterBenchmark(label, [name, query = std::move(query)](benchmark::State& state) {
    ask(state, name, query);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace dengji::contracts::insight

int main(int argc, char** argv) {
  using namespace dengji::contracts::insight;
  const std::int64_t before = resident_kb();
  const Model& model = bazaar().model();
  benchmark::AddCustomContext("rows", std::to_string(model.rows()));
  benchmark::AddCustomContext("bytes_per_settlement_row", std::to_string(sizeof(MoneyRow)));
  benchmark::AddCustomContext("model_and_input_kb", std::to_string(resident_kb() - before));
  for (const char* group : {"all", "industry", "city", "category", "rating", "scale", "month"}) {
    add((std::string("stats/") + group).c_str(), "stats", {{"group", group}});
  }
  add("stats/entries", "stats/entries", {{"figure", "platform.net_fen"}, {"group", "industry"}, {"key", "finance"}});
  add("stats/flow", "stats/flow", {{"level", "city"}});
  add("prices", "prices", {});
  add("prices/entries", "prices/entries", {{"industry", "finance"}});
  for (const char* kind : {"cycle", "common_controller", "split_contract", "price_outlier", "voucher_twice"}) {
    add((std::string("inspections/") + kind).c_str(), "inspections", {{"kind", kind}, {"threshold_fen", "1000000"}});
  }
  benchmark::RegisterBenchmark("take settlements", &take_settlements)->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
