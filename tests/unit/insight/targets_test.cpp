#include "contracts/insight/targets.hpp"

#include <doctest/doctest.h>

#include "contracts/common/policy_directory.hpp"
#include "contracts/list/cases.hpp"
#include "contracts/list/lists.hpp"
#include "ledger/state/keys.hpp"
#include "tests/unit/insight/market.hpp"

namespace dengji::contracts::insight {
namespace {

class Kept final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto at = values.lower_bound(std::max(prefix, from)); at != values.end(); ++at) {
      if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
    }
  }
  template <class T>
  void put(const T& object) {
    values[state::object_key(T::kKind, object.object_id())] = encode(object);
  }
  void list(const std::string& id, ListName name, ListStatus status) {
    ListItem item;
    item.id = id;
    item.listing.list = name;
    item.status = status;
    put(item);
  }

  std::map<std::string, std::string, std::less<>> values;
};

struct Plan {
  Plan() {
    market.org("S");
    market.dataset("a", "S", "manufacturing");
    market.dataset("b", "S", "transport");
    market.dataset("c", "S", "transport");
    market.dataset_status("c", DatasetStatus::revoked);
    market.feed(model);
  }
  Json ask(const Query& query = {}) {
    const Scope scope(model, as_of(market), &view);
    auto answer = targets(scope, view, query);
    REQUIRE(answer.has_value());
    return (*answer)["items"];
  }
  Market market;
  Model model;
  Kept view;
};

}  // namespace

TEST_CASE("without a measure in force the plan's four targets hold, and say how far they are reached") {
  Plan plan;
  plan.view.list("1", ListName::key_enterprise, ListStatus::listed);
  plan.view.list("2", ListName::key_enterprise, ListStatus::removed);
  plan.view.list("3", ListName::base, ListStatus::listed);
  Case submitted;
  submitted.id = "case";
  plan.view.put(submitted);
  const Json items = plan.ask();
  REQUIRE(items.size() == 4);
  CHECK(items[0]["counts"] == "registered_datasets");
  CHECK(items[0]["target"] == 1'000);
  CHECK(items[0]["reached"] == 2);
  CHECK(items[0]["reached_ppm"] == 2'000);
  CHECK(items[0]["by"] == "2027-12-31");
  CHECK(items[0]["days_left"] == 365);
  CHECK(items[0]["rule"] == "built-in");
  CHECK(items[0]["query"].get<std::string>().starts_with("/v1/stats/entries?figure=datasets.registered"));
  CHECK(items[1]["reached"] == 1);
  CHECK(items[2]["list"] == "key_enterprise");
  CHECK(items[2]["reached"] == 1);
  CHECK(items[3]["reached"] == 1);
}

TEST_CASE("a measure in force says what counts") {
  Plan plan;
  Policy policy;
  policy.kind = PolicyKind::measure;
  policy.code = "M-7";
  policy.title = "交通运输数据集";
  policy.jurisdiction = "320000";
  policy.effective_from = day_of("2026-01-01");
  policy.measure = MeasureForm{};
  policy.measure->number = 7;
  policy.measure->name = "交通运输数据集";
  policy.measure->industry = "transport";
  policy.measure->target = 4;
  policy.measure->by = day_of("2026-06-30");
  plan.view.put(policy);
  PolicyDirectory directory;
  directory.spans.push_back({policy.code, 1, policy.effective_from, std::nullopt});
  plan.view.values[policy_kind_key(PolicyKind::measure, "320000")] = encode(directory);
  const Json items = plan.ask();
  REQUIRE(items.size() == 1);
  CHECK(items[0]["rule"] == "M-7@1");
  CHECK(items[0]["reached"] == 1);
  CHECK(items[0]["reached_ppm"] == 250'000);
  CHECK(items[0]["days_left"] == -184);
}

TEST_CASE("a region that is none is refused") {
  Plan plan;
  CHECK(targets(Scope(plan.model, as_of(plan.market)), plan.view, {{"region", "Suzhou"}}).error().pointer == "?region");
}

}  // namespace dengji::contracts::insight
