// How long GET /v1/deadlines works: ten thousand objects with open limits and a hundred thousand that lapse, in a real
// store, with the calendars and policies of several cities. Prints one JSON line; by hand on a release build.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "api/deadlines.hpp"
#include "contracts/areas.hpp"
#include "contracts/certification/certification.hpp"
#include "contracts/common/calendar.hpp"
#include "contracts/common/policy_directory.hpp"
#include "contracts/registration/registration.hpp"
#include "contracts/trade/trades.hpp"
#include "crypto/base64.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/store/store.hpp"

using namespace dengji;
using namespace dengji::contracts;

namespace {

constexpr int kUnderReview = 5'000;
constexpr int kToDeliver = 5'000;
constexpr int kCertificates = 100'000;
constexpr int kPerEntry = 100;
constexpr std::array kRegions{"320100", "320200", "320300", "320400", "320500", "320600", "321000"};

template <class T>
T required(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

// Fills a store with objects as their contracts leave them, a hundred to an entry.
class Filling {
 public:
  explicit Filling(store::Store& store) : store_(store) {}

  template <Object T>
  void put(const T& object) {
    edit([&](EntryTx& tx) { tx.put(object); });
  }
  template <class Edit>
  void edit(const Edit& edit) {
    EntryTx tx(overlay_, {Seq{seq_}, time_, Hash32{}, "ledger.example/bench", "bench", {}});
    edit(tx);
    overlay_.absorb(tx.take_writes());
    if (++held_ == kPerEntry) flush();
  }
  void flush() {
    store::EntryCommit entry{.leaf = "{\"seq\":" + std::to_string(seq_) + "}", .time = time_};
    entry.leaf_hash = merkle::leaf_hash(entry.leaf);
    entry.entry_id = crypto::sha256(entry.leaf);
    entry.writes = overlay_.take();
    store::BatchCommit batch{.first = Seq{seq_++}, .order_position = std::to_string(seq_)};
    batch.entries.push_back(std::move(entry));
    required(store_.commit(std::move(batch)));
    held_ = 0;
  }

 private:
  store::Store& store_;
  Overlay overlay_{store_.live()};
  std::uint64_t seq_ = 0;
  int held_ = 0;
  LedgerTime time_{1'772'000'000'000};
};

std::string id_of(const char* what, int i) {
  return crypto::to_b64(crypto::sha256(what + std::to_string(i)));
}

std::string serial(const char* prefix, int i) {
  return prefix + std::to_string(1'000'000'000 + i);
}

Dataset under_review(int i, Date today) {
  Dataset dataset;
  dataset.id = id_of("dataset", i);
  dataset.holder = OrgId("91320500MA1EAMPA7Y");
  dataset.original = dataset.holder;
  dataset.region = kRegions[static_cast<std::size_t>(i) % kRegions.size()];
  dataset.application.title = "城市道路车流记录";
  dataset.application.description = std::string(600, 'd');
  dataset.application.industry = "transport";
  dataset.applied_on = add_days(today, -(i % 40));
  return dataset;
}

Trade to_deliver(int i, Date today) {
  Trade trade;
  trade.no = RegNo(serial("JY3205002026", i));
  trade.seller = OrgId("91320500MA1EAMPA7Y");
  trade.buyer = OrgId("91320100MA1EAMPB55");
  trade.terms.purpose = "模型训练";
  trade.terms.deliver_by = add_days(today, i % 60 - 30);
  return trade;
}

Certificate valid(int i, Date today) {
  Certificate certificate;
  certificate.no = RegNo(serial("ZS3205002026", i));
  certificate.dataset = id_of("dataset", i);
  certificate.holder = OrgId("91320500MA1EAMPA7Y");
  certificate.valid_from = add_days(today, -400);
  certificate.valid_to = add_days(today, i % 1'000 - 100);
  return certificate;
}

void fill(store::Store& store, Date today) {
  Filling filling(store);
  for (const char* region : kRegions) {
    filling.edit([&](EntryTx& tx) {
      Policy policy;
      policy.kind = PolicyKind::time_limits;
      policy.code = std::string("LIMITS-") + region;
      policy.title = "期限";
      policy.jurisdiction = region;
      policy.effective_from = add_days(today, -500);
      policy.time_limits = TimeLimits{};
      tx.put(policy);
      add_policy_span(tx, policy_kind_key(policy.kind, region), {policy.code, 1, policy.effective_from, std::nullopt});
    });
  }
  CalendarYear year{.year = std::to_string(civil(today).year), .days = {}};
  for (int i = 0; i < 30; ++i) year.days.push_back({add_days(today, 2 * i - 30), i % 3 == 0});
  filling.put(year);
  for (int i = 0; i < kUnderReview; ++i) filling.put(under_review(i, today));
  for (int i = 0; i < kToDeliver; ++i) filling.put(to_deliver(i, today));
  for (int i = 0; i < kCertificates; ++i) filling.put(valid(i, today));
  filling.flush();
}

struct Timed {
  double ms = 0;
  std::size_t items = 0;
  std::uint64_t overdue = 0;
};

Timed ask(store::Store& store, Date today, api::DeadlineQuery query) {
  using Clock = std::chrono::steady_clock;
  const api::Reader bureau{.org = OrgId("11320000MB151840XJ"), .sees_all = true, .kid = ""};
  query.limit = 500;
  Timed best{.ms = 1e9};
  for (int turn = 0; turn < 5; ++turn) {
    const auto begin = Clock::now();
    const auto view = store.as_of(store.head().size);
    const api::DeadlineList list = api::list_deadlines(registry(), *view, today, bureau, query);
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    best = {std::min(best.ms, ms), list.items.size(), list.overdue};
  }
  return best;
}

}  // namespace

int main() {
  if (!crypto::init()) return 1;
  std::string folder = (std::filesystem::temp_directory_path() / "dengji-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) return 1;
  const Date today = *make_date(2026, 3, 10);
  {
    auto store = required(store::Store::open(folder + "/store", {}));
    fill(*store, today);
    const Timed first = ask(*store, today, {});
    const Timed one_kind = ask(*store, today, {.kind = registry().kind("dataset")});
    const Timed lapsing = ask(*store, today, {.overdue = false, .from = add_days(today, 40)});
    std::printf(
        "{\"open\":%d,\"lapsing\":%d,\"first_page_ms\":%.1f,\"items\":%zu,\"overdue\":%llu,\"datasets_ms\":%.1f,"
        "\"from_a_day_ms\":%.1f}\n",
        kUnderReview + kToDeliver, kCertificates, first.ms, first.items, static_cast<unsigned long long>(first.overdue),
        one_kind.ms, lapsing.ms);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
