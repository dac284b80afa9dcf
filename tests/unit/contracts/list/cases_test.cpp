#include "contracts/list/cases.hpp"

#include <doctest/doctest.h>

#include "contracts/filing/filings.hpp"
#include "contracts/list/lists.hpp"
#include "tests/unit/contracts/certification/certifying.hpp"

namespace dengji::test {
namespace {

using V = contracts::ListVerdict;
using state::General;

class Cases : public Certifying {
 public:
  std::string dataset = registered("A");

  Submitted submit(const Json& more, const std::string& by = Cast::seller) {
    Json body{{"title", "车流数据用于信号优化"}, {"year", 2026}, {"summary", "路口信号按小时车流配时"}};
    if (more.is_object()) body.update(more);
    return ledger.submit("case.submit", {{"submitter", by}}, body);
  }
  std::string trade() {
    const std::string certificate = issue(dataset).number();
    const auto done = ledger.submit("trade.agree", {{"seller", Cast::seller}, {"buyer", Cast::buyer}},
                                    {{"certificate", certificate},
                                     {"subject", "dataset"},
                                     {"mode", "catalogue"},
                                     {"purpose", "路网规划"},
                                     {"contract_hash", b64_of("contract")},
                                     {"price", {{"model", "one_off"}}},
                                     {"amount_fen", 1'000},
                                     {"tax_fen", 0},
                                     {"delivery", "download"}});
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.number();
  }
  std::string filing() {
    const auto done = ledger.submit("filing.declare", {{"declarant", Cast::seller}},
                                    {{"side", "seller"},
                                     {"seller", Cast::seller},
                                     {"buyer", Cast::buyer},
                                     {"contract_hash", b64_of("off platform")},
                                     {"term", "one_off"},
                                     {"product", "车流"},
                                     {"product_kind", "dataset"},
                                     {"manifest_root", b64_of("root")},
                                     {"pricing", "fixed"},
                                     {"use", "信号优化"},
                                     {"starts_on", "2026-01-01"},
                                     {"amount_fen", 5}});
    INFO(done.context());
    REQUIRE(done.accepted());
    return done.number();
  }
};

}  // namespace

TEST_CASE("a case tied to a trade shows the data set behind it, and both parties may submit one") {
  Cases world;
  const std::string trade = world.trade();
  for (const std::string& by : {Cast::seller, Cast::buyer}) {
    const auto done = world.submit({{"trade", trade}}, by);
    REQUIRE(done.accepted());
    const Json shown = world.ledger.show("case", done.entry_id);
    CHECK(shown.at("submitter") == by);
    CHECK(shown.at("dataset") == world.ledger.show("dataset", world.dataset).at("id"));
    CHECK(world.ledger.view().get(state::index_key("case", "year", "2026", done.entry_id)).has_value());
  }
  CHECK(world.submit({{"trade", trade}}, Cast::outsider).refused(V::case_not_party));
}

TEST_CASE("a case names something that is there, in which the submitter took part and which is in force") {
  Cases world;
  CHECK(world.submit(Json::object()).refused(V::case_subject_missing));
  CHECK(world.submit({{"trade", "JY32050020260000009X"}}).refused(General::object_unknown));
  CHECK(world.submit({{"filing", "BA32050020260000009X"}}).refused(General::object_unknown));
  CHECK(world.submit({{"dataset", b64_of("none")}}).refused(General::object_unknown));
  CHECK(world.submit({{"dataset", world.dataset}}).accepted());
  const auto stranger = world.submit({{"dataset", world.dataset}}, Cast::buyer);
  CHECK(stranger.refused(V::case_not_party));
  CHECK(world.ledger.registry().verdict(stranger.verdict()).http_status == 403);
  CHECK(world.submit({{"dataset", world.accepted("B")}}).refused(V::case_subject_ended));
  const std::string filing = world.filing();
  CHECK(world.submit({{"filing", filing}}, Cast::outsider).refused(V::case_not_party));
  CHECK(world.submit({{"filing", filing}}, Cast::buyer).accepted());
  // The buyer of a filed deal may also name the data set.
  CHECK(world.submit({{"filing", filing}, {"dataset", world.dataset}}, Cast::buyer).accepted());
  REQUIRE(world.ledger.submit("filing.withdraw", {{"declarant", Cast::seller}}, {{"filing", filing}, {"reason", "x"}})
              .accepted());
  CHECK(world.submit({{"filing", filing}}, Cast::buyer).refused(V::case_subject_ended));
}

}  // namespace dengji::test
