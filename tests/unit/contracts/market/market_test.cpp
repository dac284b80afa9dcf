#include "contracts/market/market.hpp"

#include <doctest/doctest.h>

#include "tests/support/verdicts_reached.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::MarketVerdict;
using contracts::check_trade_origin;
using contracts::TradeOrigin;
using state::General;

class Market : public Certifying {
 public:
  std::string certificate = issued("A");

  Submitted offer(const Json& more = Json::object(), const std::string& by = Cast::seller) {
    Json body{{"certificate", certificate},
              {"subject", "dataset"},
              {"title", "城市道路车流"},
              {"description", "按小时汇总，三年"},
              {"modes", Json::array({"catalogue", "custom"})},
              {"deliveries", Json::array({"download"})},
              {"price", {{"model", "one_off"}, {"unit_fen", 100'000}}},
              {"valid_to", "2026-12-31"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("offer.publish", {{"seller", by}}, body);
  }
  Submitted withdraw(const std::string& id, const std::string& by = Cast::seller) {
    return ledger.submit("offer.withdraw", {{"seller", by}}, {{"offer", id}, {"reason", "改价"}});
  }
  Submitted demand(const Json& more = Json::object()) {
    Json body{
        {"title", "寻找道路数据"}, {"description", "覆盖全省"}, {"budget_fen", 500'000}, {"valid_to", "2026-12-31"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("demand.publish", {{"buyer", Cast::buyer}}, body);
  }
  Submitted close(const std::string& id, const Json& more = Json::object(), const std::string& by = Cast::buyer) {
    Json body{{"demand", id}, {"reason", "已落实"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("demand.close", {{"buyer", by}}, body);
  }
  Submitted agree(const Json& more, const std::string& buyer = Cast::buyer) {
    Json body{{"certificate", certificate},
              {"subject", "dataset"},
              {"mode", "catalogue"},
              {"purpose", "路网规划"},
              {"contract_hash", b64_of("contract")},
              {"price", {{"model", "one_off"}}},
              {"amount_fen", 1'000},
              {"tax_fen", 0},
              {"delivery", "download"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("trade.agree", {{"seller", Cast::seller}, {"buyer", buyer}}, body);
  }
  std::string trade(const Json& more, const std::string& buyer = Cast::buyer) {
    const auto done = agree(more, buyer);
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.number();
  }
  // What trade.agree asks; 0 if nothing stands against it.
  std::uint16_t origin(const TradeOrigin& asked) {
    state::EntryTx tx(ledger.view(), {Seq{1}, ledger.time(), Hash32{}, "ledger.example/test", "trade.agree", {}});
    const auto verdict = check_trade_origin(tx, asked);
    if (verdict) return 0;
    verdicts_reached().insert(verdict.error().verdict);
    CHECK(verdict.error().pointer.starts_with("/body/"));
    return verdict.error().verdict;
  }
  TradeOrigin answering(std::optional<std::string> offer, std::optional<std::string> demand) {
    return {OrgId(Cast::seller), OrgId(Cast::buyer), RegNo(certificate), std::move(offer), std::move(demand)};
  }
  std::string effective(const char* kind, const std::string& id) {
    return ledger.show(kind, id).at("effective_status");
  }
};

template <class E>
std::uint16_t number(E verdict) {
  return static_cast<std::uint16_t>(verdict);
}

}  // namespace

TEST_CASE("an offer stands from its first to its last day, while its certificate is in force and it is not withdrawn") {
  Market world;
  const auto done = world.offer({{"valid_from", "2026-02-01"}, {"valid_to", "2026-03-31"}});
  INFO(done.context());
  REQUIRE(done.accepted());
  CHECK(done.effect("deadline").at("until") == "2026-03-31");
  const Json shown = world.ledger.show("offer", done.entry_id);
  CHECK(shown.at("seller") == Cast::seller);
  CHECK(shown.at("dataset_no") == world.ledger.show("certificate", world.certificate).at("dataset_no"));
  CHECK(world.effective("offer", done.entry_id) == "not_yet_open");
  world.ledger.at("2026-02-01");
  CHECK(world.effective("offer", done.entry_id) == "open");
  REQUIRE(world.change("suspend", world.certificate).accepted());
  CHECK(world.effective("offer", done.entry_id) == "certificate_not_in_force");
  REQUIRE(world.change("resume", world.certificate).accepted());
  world.ledger.at("2026-04-01");
  CHECK(world.effective("offer", done.entry_id) == "expired");
  REQUIRE(world.withdraw(done.entry_id).accepted());
  CHECK(world.effective("offer", done.entry_id) == "withdrawn");
  const auto twice = world.withdraw(done.entry_id);
  CHECK(twice.refused(V::offer_withdrawn));
}

TEST_CASE("who may offer what, and for how long") {
  Market world;
  CHECK(world.offer({}, Cast::second_seller).refused(V::offer_not_holder));
  CHECK(world.offer({{"certificate", "ZS32050020260000009X"}}).refused(General::object_unknown));
  CHECK(world.offer({{"valid_from", "2026-02-02"}, {"valid_to", "2026-02-01"}}).refused(V::offer_validity_order));
  CHECK(world.offer({{"valid_from", "2026-01-01"}}).refused(V::offer_validity_past));
  CHECK(world.offer({{"valid_to", "2029-01-02"}}).refused(V::offer_validity_outside));
  CHECK(world.offer({{"valid_to", "2029-01-01"}}).accepted());
  const auto done = world.offer();
  CHECK(world.withdraw(done.entry_id, Cast::buyer).refused(V::not_the_offerer));
  CHECK(world.withdraw(b64_of("none")).refused(General::object_unknown));
  REQUIRE(world.change("suspend", world.certificate).accepted());
  const auto suspended = world.offer();
  CHECK(suspended.refused(V::offer_certificate));
  CHECK(suspended.context().find("is suspended") != std::string::npos);
}

TEST_CASE("each status of a demand and what may still be done with it") {
  for (const std::string status : {"open", "met", "closed"}) {
    CAPTURE(status);
    Market world;
    const std::string id = world.demand().entry_id;
    if (status == "met") REQUIRE(world.close(id, {{"trade", world.trade({{"demand", id}})}}).accepted());
    if (status == "closed") REQUIRE(world.close(id).accepted());
    CHECK(world.ledger.show("demand", id).at("status") == status);
    const auto done = world.close(id);
    CHECK(done.accepted() == (status == "open"));
    if (status != "open") CHECK(done.refused(V::demand_ended));
  }
}

TEST_CASE("a demand is met by a trade of its own buyer that names it, and shows the trade") {
  Market world;
  const std::string id = world.demand().entry_id;
  const std::string silent = world.trade({});
  const auto unnamed = world.close(id, {{"trade", silent}});
  CHECK(unnamed.refused(V::demand_trade_other));
  CHECK(unnamed.context().find("names no demand") != std::string::npos);
  const std::string others = world.trade({}, Cast::outsider);
  CHECK(world.close(id, {{"trade", others}}).refused(V::demand_trade_other));
  CHECK(world.close(id, {{"trade", "JY32050020260000009X"}}).refused(General::object_unknown));
  const std::string trade = world.trade({{"demand", id}});
  REQUIRE(world.close(id, {{"trade", trade}}).accepted());
  CHECK(world.ledger.show("demand", id).at("trade") == trade);
}

TEST_CASE("only the buyer closes its demand, and a demand does not end before it is published") {
  Market world;
  const std::string id = world.demand().entry_id;
  CHECK(world.close(id, Json::object(), Cast::seller).refused(V::not_the_demander));
  CHECK(world.close(b64_of("none")).refused(General::object_unknown));
  CHECK(world.demand({{"valid_to", "2026-01-01"}}).refused(V::demand_validity_past));
  world.ledger.at("2027-01-01");
  CHECK(world.effective("demand", id) == "expired");
  CHECK(world.close(id).accepted());
}

TEST_CASE("a trade answers an open offer of its seller and certificate and an open demand of its buyer") {
  Market world;
  const std::string offer = world.offer().entry_id;
  const std::string demand = world.demand().entry_id;
  CHECK(world.origin(world.answering(std::nullopt, std::nullopt)) == 0);
  CHECK(world.origin(world.answering(offer, demand)) == 0);
  CHECK(world.origin(world.answering(b64_of("none"), std::nullopt)) == number(General::object_unknown));
  CHECK(world.origin(world.answering(std::nullopt, b64_of("none"))) == number(General::object_unknown));
  TradeOrigin asked = world.answering(offer, std::nullopt);
  asked.seller = OrgId(Cast::second_seller);
  CHECK(world.origin(asked) == number(V::offer_other));
  asked = world.answering(offer, std::nullopt);
  asked.certificate = RegNo("ZS32050020260000009X");
  CHECK(world.origin(asked) == number(V::offer_other));
  asked = world.answering(std::nullopt, demand);
  asked.buyer = OrgId(Cast::outsider);
  CHECK(world.origin(asked) == number(V::demand_other));
  REQUIRE(world.withdraw(offer).accepted());
  REQUIRE(world.close(demand).accepted());
  CHECK(world.origin(world.answering(offer, std::nullopt)) == number(V::offer_not_open));
  CHECK(world.origin(world.answering(std::nullopt, demand)) == number(V::demand_not_open));
}

TEST_CASE("a trade that names an offer or a demand is listed by it, and refused where that does not stand") {
  Market world;
  const std::string offer = world.offer().entry_id;
  const std::string demand = world.demand().entry_id;
  const std::string trade = world.trade({{"offer", offer}, {"demand", demand}});
  CHECK(world.ledger.view().get(state::index_key("trade", "offer", offer, trade)).has_value());
  CHECK(world.ledger.view().get(state::index_key("trade", "demand", demand, trade)).has_value());
  REQUIRE(world.withdraw(offer).accepted());
  const auto late = world.agree({{"offer", offer}});
  CHECK(late.refused(V::offer_not_open));
  CHECK(late.pointer() == "/body/offer");
  const auto other = world.agree({{"demand", demand}}, Cast::outsider);
  CHECK(other.refused(V::demand_other));
  CHECK(other.pointer() == "/body/demand");
}

}  // namespace dengji::test
