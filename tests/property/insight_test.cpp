// The read model of statistics over random histories of the real rulebook: however it came about, entry by entry or
// from all versions of the store at once, every question has the same answer, as of every size.
#include <doctest/doctest.h>

#include <map>

#include "contracts/common/organisations.hpp"
#include "contracts/insight/answers.hpp"
#include "tests/support/long_history.hpp"

namespace dengji::test {
namespace {

namespace insight = contracts::insight;

// Every version of every record, as a store keeps them, and the state after the last entry.
class Recorded final : public insight::FactSource {
 public:
  explicit Recorded(const std::vector<MoneyPlay::Sent>& sent) {
    std::optional<LedgerTime> previous;
    const contracts::KeyLookup keys = [this](const KeyId& kid) -> std::optional<crypto::PublicKey> {
      const auto key = state::find_object<contracts::Key>(view_, kid.text);
      return key ? crypto::PublicKey::from_bytes(key->x.view()) : std::nullopt;
    };
    for (const MoneyPlay::Sent& entry : sent) {
      const auto checked = contracts::check_entry(entry.bytes, contracts::registry(), keys);
      LEDGER_ASSERT(checked.has_value());
      const auto outcome = contracts::apply_entry(view_, *checked, {Seq{times_.size()}, entry.time, previous});
      const auto* accepted = std::get_if<contracts::Accepted>(&outcome);
      LEDGER_ASSERT(accepted);
      insight::add_facts(accepted->writes, times_.size(), entry.time, facts_);
      for (const auto& [key, value] : accepted->writes) versions_[key].emplace_back(times_.size(), value);
      view_.absorb(accepted->writes);
      times_.push_back(entry.time);
      previous = entry.time;
    }
  }

  std::uint64_t size() const { return times_.size(); }
  LedgerTime time(std::uint64_t size) const { return size == 0 ? LedgerTime{} : times_[size - 1]; }
  const MemoryView& view() const { return view_; }

  void feed(insight::Model& model) const {
    auto fact = facts_.begin();
    for (std::uint64_t seq = 0; seq < size(); ++seq) {
      const auto first = fact;
      while (fact != facts_.end() && fact->seq == seq) ++fact;
      model.take({first, fact});
      model.cover(seq + 1);
    }
  }

  Result<void> each(insight::FactKind kind, const Visit& visit) override {
    const std::string prefix = state::object_prefix(insight::kind_name(kind));
    for (auto at = versions_.lower_bound(prefix); at != versions_.end() && at->first.starts_with(prefix); ++at) {
      for (auto version = at->second.rbegin(); version != at->second.rend(); ++version) {
        if (version->second) visit(version->first, *version->second);
      }
    }
    return {};
  }
  Result<LedgerTime> time_of(std::uint64_t seq) override { return times_.at(seq); }

 private:
  MemoryView view_;
  std::vector<LedgerTime> times_;
  std::vector<insight::Fact> facts_;
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::optional<std::string>>>> versions_;
};

std::vector<std::pair<std::string, insight::Query>> questions() {
  std::vector<std::pair<std::string, insight::Query>> list{{"stats/flow", {{"level", "city"}}},
                                                           {"prices", {}},
                                                           {"prices/entries", {}},
                                                           {"inspections", {{"threshold_fen", "2000000"}}}};
  for (const std::string_view group : state::EnumNames<insight::GroupBy>::names) {
    list.push_back({"stats", {{"group", std::string(group)}}});
  }
  for (const char* figure : {"datasets.applied", "platform.net_fen", "fees.assessed_fen", "subsidies.paid_fen"}) {
    list.push_back({"stats/entries", {{"figure", figure}}});
  }
  return list;
}

}  // namespace

TEST_CASE("statistics are the same from a model that grew and from one built at once, as of every size") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    LongHistory history(seed);
    history.run(500);
    Recorded recorded(history.play().sent());
    insight::Model grown;
    recorded.feed(grown);
    insight::Model built;
    REQUIRE(built.rebuild(recorded, recorded.size()).has_value());
    CHECK(built.rows() == grown.rows());
    CHECK(grown.tables().money.size() > 10);
    for (std::uint64_t size = 0; size <= recorded.size(); size += 1 + recorded.size() / 12) {
      const insight::AsOf as_of{size, recorded.time(size)};
      for (const auto& [name, query] : questions()) {
        const insight::Scope one(grown, as_of);
        const insight::Scope other(built, as_of);
        const insight::Part part{.limit = 500, .after = {}};
        const auto from_grown = insight::answer(name, {one, recorded.view(), query, part});
        const auto from_built = insight::answer(name, {other, recorded.view(), query, part});
        REQUIRE(from_grown.has_value());
        CHECK_MESSAGE(*from_grown == *from_built, name << " as of " << size);
      }
    }
  }
}

TEST_CASE("what the figures say of the whole ledger is what its accounts say") {
  LongHistory history(7);
  history.run(600);
  Recorded recorded(history.play().sent());
  insight::Model model;
  recorded.feed(model);
  const insight::Scope scope(model, {recorded.size(), recorded.time(recorded.size())});
  const auto answer = insight::answer("stats", {scope, recorded.view(), {}, {}});
  REQUIRE(answer.has_value());
  const auto figure = [&](const char* name) {
    const Json& figures = (*answer)["totals"]["figures"];
    return figures.contains(name) ? figures[name]["value"].get<std::int64_t>() : 0;
  };
  std::int64_t settled = 0;
  std::int64_t waived = 0;
  std::int64_t paid = 0;
  const std::string accounts = state::account_key("");
  recorded.view().scan(accounts, accounts, [&](std::string_view key, std::string_view) {
    const std::string id(key.substr(accounts.size()));
    const std::int64_t balance = state::posted_balance(recorded.view(), id).value();
    if (id.starts_with("trade/") && id.ends_with("/settled")) settled += balance;
    if (id.starts_with("fee/") && id.find("/waived/") != std::string::npos) waived += balance;
    return true;
  });
  CHECK(figure("platform.net_fen") == settled);
  CHECK(figure("fees.waived_fen") == waived);
  // The pools' accounts also tell of what bounced; claims tell what stayed paid.
  const std::string claims = state::object_prefix(contracts::Claim::kKind);
  recorded.view().scan(claims, claims, [&](std::string_view, std::string_view record) {
    paid += state::decode<contracts::Claim>(record).paid_fen.value();
    return true;
  });
  CHECK(figure("subsidies.paid_fen") == paid);
  CHECK(settled > 0);
}

}  // namespace dengji::test
