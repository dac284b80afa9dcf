// The commit path when the disk does not take what it is given: nobody is told more than is known.
#include "node/applier.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <future>

#include "contracts/areas.hpp"
#include "crypto/random.hpp"
#include "node/bench/ledger.hpp"
#include "node/files.hpp"
#include "node/insight_feed.hpp"
#include "node/ordering/solo_log.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace dengji::test {
namespace {

// A node without its API, on a disk that the test fills.
class Bed {
 public:
  Bed() {
    spdlog::set_level(spdlog::level::off);
    REQUIRE(log_.start(store_->head().order_position));
    applier_.start();
    const auto genesis = node::read_file(dir_.path() / "genesis.jws", 65'536);
    REQUIRE(genesis);
    REQUIRE(std::holds_alternative<api::Receipt>(submit(*genesis)));
  }
  ~Bed() {
    submissions_.drain();
    log_.stop();
    applier_.join();
    submissions_.close();
    spdlog::set_level(spdlog::level::warn);
  }

  api::SubmitOutcome submit(std::string bytes) {
    std::promise<api::SubmitOutcome> promise;
    submissions_.submit(std::move(bytes),
                        [&promise](api::SubmitOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  std::string entry() {
    const bench::Actor governor = ledger_.governor();
    return bench::sign_entry(ledger_, "dataset.apply", {{&governor, "applicant"}}, application("A"), rng_);
  }
  // True once the applier takes writes again.
  bool recovered_within(std::chrono::seconds patience) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!applier_.trouble().empty() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return applier_.trouble().empty();
  }

  LossyEnv env;
  const node::Applier& applier() const { return applier_; }
  std::shared_ptr<const api::Checkpoint> checkpoint() const { return publisher_.current(); }

 private:
  bench::Ledger make_ledger() const {
    REQUIRE(bench::Ledger::make(dir_.path(), "127.0.0.1:8080"));
    auto opened = bench::Ledger::open(dir_.path());
    REQUIRE(opened);
    return std::move(*opened);
  }
  crypto::SecretKey log_key() const {
    auto key = node::open_key(dir_.path() / "log.key", crypto::KeyUse::log, crypto::Secret(std::string("throw-away")));
    REQUIRE(key);
    return std::move(*key);
  }

  const TempDir dir_;
  const bench::Ledger ledger_ = make_ledger();
  crypto::SystemRng rng_;
  SystemClock clock_;
  node::Metrics metrics_;
  const std::unique_ptr<store::Store> store_ = open_store("/store", options_on(env));
  node::Publisher publisher_{ledger_.id(), log_key()};
  node::KeyCache keys_{*store_};
  node::SoloLog log_{clock_, {}};
  node::Submissions submissions_{contracts::registry(), keys_, log_, metrics_, {}};
  node::InsightFeed insight_{*store_, metrics_};
  node::Applier applier_{contracts::registry(), *store_, log_, submissions_, publisher_, insight_, metrics_};
};

// The code of an error, "" for anything else.
std::string_view code_of(const api::SubmitOutcome& outcome) {
  const auto* error = std::get_if<api::SubmitError>(&outcome);
  return error ? error_row(error->error.code).slug : std::string_view();
}

}  // namespace

TEST_CASE("a failed write is outcome_unknown, then disk_full while it lasts, and the same entry is taken afterwards") {
  Bed bed;
  const auto before = bed.checkpoint();
  const std::string entry = bed.entry();
  bed.env.set_space(0);
  CHECK(code_of(bed.submit(entry)) == "outcome_unknown");
  CHECK(code_of(bed.submit(entry)) == "disk_full");
  CHECK(bed.applier().trouble().find("disk_full") != std::string::npos);
  CHECK_FALSE(bed.applier().halted());
  CHECK(bed.checkpoint()->size == before->size);
  CHECK(bed.checkpoint()->root == before->root);

  bed.env.set_space(std::nullopt);
  REQUIRE(bed.recovered_within(std::chrono::seconds(20)));
  const auto taken = bed.submit(entry);
  REQUIRE(std::holds_alternative<api::Receipt>(taken));
  CHECK(std::get<api::Receipt>(taken).seq == Seq{1});
  CHECK(bed.checkpoint()->size == before->size + 1);
}

}  // namespace dengji::test
