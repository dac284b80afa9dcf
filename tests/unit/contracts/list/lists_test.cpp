#include "contracts/list/lists.hpp"

#include <doctest/doctest.h>

#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::ListVerdict;
using state::General;

class Lists : public Certifying {
 public:
  Submitted add(const char* list, const Json& more = Json::object(), const std::string& by = Cast::bureau) {
    Json body{{"list", list}, {"year", 2026}, {"title", "城市路网高质量数据集"}, {"reason", "专家评审"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("list.add", {{"bureau", by}}, body);
  }
  std::string task(const Json& more = Json::object()) {
    const auto done = add("task", more);
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.entry_id;
  }
  Submitted remove(const std::string& id) {
    return ledger.submit("list.remove", {{"bureau", Cast::bureau}}, {{"item", id}, {"reason", "不再符合条件"}});
  }
  Submitted take(const std::string& id, const std::string& by = Cast::seller) {
    return ledger.submit("task.take", {{"taker", by}, {"bureau", Cast::bureau}},
                         {{"item", id}, {"proposal", b64_of("proposal")}});
  }
  Submitted deliver(const std::string& id, const Json& more, const std::string& by = Cast::seller) {
    Json body{{"item", id}};
    if (more.is_object()) body.update(more);
    return ledger.submit("task.deliver", {{"taker", by}}, body);
  }
  static Json papers() { return {{"deliverables", Json::array({b64_of("paper")})}}; }
  std::string status_of(const std::string& id) { return ledger.show("list_item", id).at("status"); }
};

}  // namespace

TEST_CASE("each list takes what belongs on it and is read by list, year and organisation") {
  struct Row {
    const char* list;
    bool needs_org, may_name_org, may_have_due;
    const char* status;
  };
  const Row rows[] = {{"key_enterprise", true, true, false, "listed"},
                      {"model_enterprise", true, true, false, "listed"},
                      {"enterprise_library", true, true, false, "listed"},
                      {"base", false, true, false, "listed"},
                      {"public_data", false, true, false, "listed"},
                      {"construction", false, true, false, "listed"},
                      {"task", false, false, true, "open"}};
  Lists world;
  for (const Row& row : rows) {
    CAPTURE(row.list);
    const auto bare = world.add(row.list, {{"title", "一"}});
    CHECK(bare.accepted() == !row.needs_org);
    if (row.needs_org) CHECK(bare.refused(V::list_org_missing));
    const auto with_org = world.add(row.list, {{"title", "二"}, {"org", Cast::seller}});
    CHECK(with_org.accepted() == row.may_name_org);
    if (!row.may_name_org) CHECK(with_org.refused(V::list_member_unfit));
    for (const Json& more : {Json{{"due", "2026-12-31"}}, Json{{"reward_fen", 1'000'000}}}) {
      Json body{{"title", more.dump()}};
      if (row.needs_org) body["org"] = Cast::second_seller;
      if (more.is_object()) body.update(more);
      const auto dated = world.add(row.list, body);
      CHECK(dated.accepted() == row.may_have_due);
      if (!row.may_have_due) CHECK(dated.refused(V::list_member_unfit));
    }
    const auto& good = row.needs_org ? with_org : bare;
    CHECK(world.status_of(good.entry_id) == row.status);
    CHECK(world.ledger.view().get(state::index_key("list_item", "list", row.list, good.entry_id)).has_value());
    CHECK(world.ledger.view().get(state::index_key("list_item", "year", "2026", good.entry_id)).has_value());
  }
}

TEST_CASE("a list of a year has each enterprise and each title once, until it is removed") {
  Lists world;
  const auto first = world.add("key_enterprise", {{"org", Cast::seller}});
  REQUIRE(first.accepted());
  const auto again = world.add("key_enterprise", {{"org", Cast::seller}, {"title", "另一名称"}});
  CHECK(again.refused(V::list_twice));
  CHECK(again.context().find(first.entry_id) != std::string::npos);
  CHECK(world.add("key_enterprise", {{"org", Cast::buyer}}).accepted());
  CHECK(world.add("key_enterprise", {{"org", Cast::seller}, {"year", 2027}}).accepted());
  CHECK(world.add("model_enterprise", {{"org", Cast::seller}}).accepted());
  REQUIRE(world.remove(first.entry_id).accepted());
  CHECK(world.add("key_enterprise", {{"org", Cast::seller}}).accepted());
  REQUIRE(world.add("public_data").accepted());
  const auto title = world.add("public_data", {{"org", Cast::seller}});
  CHECK(title.refused(V::list_twice));
  CHECK(title.pointer() == "/body/title");
}

TEST_CASE("what a list item names is there") {
  Lists world;
  CHECK(world.add("base", {{"org", make_uscc("91320000", "MA1N0NE1")}}).refused(General::object_unknown));
  CHECK(world.add("construction", {{"dataset", b64_of("none")}}).refused(General::object_unknown));
  const std::string dataset = world.registered("A");
  const auto done = world.add("construction", {{"dataset", dataset}});
  REQUIRE(done.accepted());
  CHECK(world.ledger.show("list_item", done.entry_id).at("listing").at("dataset") ==
        world.ledger.show("dataset", dataset).at("id"));
  CHECK(world.add("base", {}, Cast::platform).refused(General::role_not_held));
  CHECK(world.remove(b64_of("none")).refused(General::object_unknown));
}

TEST_CASE("each status of a list item and what may be done with it") {
  struct Row {
    const char* status;
    const char* take;
    const char* deliver;
    const char* remove;
  };
  constexpr const char* kNo = nullptr;
  const Row rows[] = {{"listed", kNo, kNo, "removed"},
                      {"open", "taken", kNo, "removed"},
                      {"taken", kNo, "delivered", "removed"},
                      {"delivered", kNo, kNo, kNo},
                      {"removed", kNo, kNo, kNo}};
  for (const Row& row : rows) {
    for (const auto& [act, to] :
         {std::pair{"take", row.take}, std::pair{"deliver", row.deliver}, std::pair{"remove", row.remove}}) {
      CAPTURE(row.status);
      CAPTURE(act);
      Lists world;
      const std::string_view status(row.status);
      const std::string id = status == "listed" ? world.add("base").entry_id : world.task();
      if (status == "taken" || status == "delivered") REQUIRE(world.take(id).accepted());
      if (status == "delivered") REQUIRE(world.deliver(id, Lists::papers()).accepted());
      if (status == "removed") REQUIRE(world.remove(id).accepted());
      REQUIRE(world.status_of(id) == status);
      const std::string_view what(act);
      const auto done = what == "take"      ? world.take(id)
                        : what == "deliver" ? world.deliver(id, Lists::papers())
                                            : world.remove(id);
      INFO(done.context());
      if (to) {
        REQUIRE(done.accepted());
        CHECK(world.status_of(id) == to);
        continue;
      }
      CHECK(done.refused(status == "listed" ? V::not_a_task : V::list_status));
      CHECK(world.status_of(id) == status);
    }
  }
}

TEST_CASE("a task is taken with the bureau, before it is due, and delivered by whoever took it") {
  Lists world;
  const std::string id = world.task({{"due", "2026-03-31"}, {"details", "覆盖十三市"}});
  CHECK(world.add("task", {{"title", "过期"}, {"due", "2026-01-01"}}).refused(V::task_overdue));
  CHECK(world.ledger.submit("task.take", {{"taker", Cast::seller}}, {{"item", id}, {"proposal", b64_of("p")}})
            .refused(General::signer_missing));
  CHECK(world.take(b64_of("none")).refused(General::object_unknown));
  const std::string other = world.task({{"title", "二"}, {"due", "2026-02-01"}});
  REQUIRE(world.take(id).accepted());
  const Json shown = world.ledger.show("list_item", id);
  CHECK(shown.at("taker") == Cast::seller);
  CHECK(shown.at("overdue") == false);
  CHECK(world.deliver(id, Lists::papers(), Cast::buyer).refused(V::not_the_taker));
  CHECK(world.deliver(id, Json::object()).refused(V::delivery_empty));
  world.ledger.at("2026-02-02");
  CHECK(world.take(other).refused(V::task_overdue));
  CHECK(world.ledger.show("list_item", other).at("overdue") == true);
  world.ledger.at("2026-04-01");
  const auto late = world.deliver(id, Lists::papers());
  REQUIRE(late.accepted());
  CHECK(late.effect("flag").at("code") == "late");
  CHECK_FALSE(world.ledger.show("list_item", id).contains("overdue"));
}

TEST_CASE("the bureau does not give a task to itself") {
  Lists world;
  const std::string id = world.task();
  const Json keys = Json::array({Json{{"jwk", ContractFixture::jwk_of(Cast::bureau, 1)}, {"use", "sign"}}});
  REQUIRE(world.ledger
              .submit("key.add", {{"holder", Cast::bureau}, {"new_key", Cast::bureau, 1}},
                      {{"org", Cast::bureau}, {"keys", keys}})
              .accepted());
  const auto own = world.ledger.submit("task.take", {{"taker", Cast::bureau, 1}, {"bureau", Cast::bureau}},
                                       {{"item", id}, {"proposal", b64_of("p")}});
  CHECK(own.refused(General::same_party));
}

TEST_CASE("a data set that is delivered is registered and the taker's") {
  Lists world;
  const std::string id = world.task();
  REQUIRE(world.take(id).accepted());
  CHECK(world.deliver(id, {{"dataset", b64_of("none")}}).refused(General::object_unknown));
  CHECK(world.deliver(id, {{"dataset", world.accepted("A")}}).refused(V::delivered_dataset));
  CHECK(world.deliver(id, {{"dataset", world.registered("B", Cast::buyer)}}).refused(V::delivered_dataset));
  const std::string own = world.registered("C");
  const auto done = world.deliver(id, {{"dataset", own}});
  REQUIRE(done.accepted());
  CHECK(done.effect("flag").is_null());
  CHECK(world.ledger.show("list_item", id).at("delivered_dataset") == world.ledger.show("dataset", own).at("id"));
}

}  // namespace dengji::test
