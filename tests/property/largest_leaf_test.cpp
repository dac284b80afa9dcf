// The largest leaf of every type: a body with every member and every list at its maximum either is refused for its size
// by the readers, or becomes a leaf within its limit, or is refused by a numbered verdict.
#include <doctest/doctest.h>

#include <algorithm>

#include "ledger/base/limits.hpp"
#include "tests/support/rules_player.hpp"
#include "tests/support/schema_bodies.hpp"

namespace dengji::test {
namespace {

// Who signs it by rights: the bearer of each role that is granted, traders for the others.
std::vector<By> right_parties(const state::EntryTypeInfo& type) {
  static const std::map<std::string, std::string, std::less<>> bearers{
      {"bureau", Cast::bureau},     {"governor", Cast::bureau},     {"finance", Cast::finance},
      {"platform", Cast::platform}, {"registrar", Cast::registrar}, {"certifier", Cast::certifier},
      {"cyberspace", Cast::bureau}};
  std::vector<By> parties;
  std::size_t traders = 0;
  for (const state::SignerRule& rule : type.signers) {
    for (int i = 0; i < rule.min; ++i) {
      const std::string role(rule.roles.front());
      const auto bearer = bearers.find(role);
      parties.push_back({role, bearer == bearers.end() ? Cast::traders()[traders++ % 4] : bearer->second});
    }
  }
  if (parties.empty()) parties.push_back({"platform", Cast::platform});  // where each may sign and none must
  return parties;
}

TEST_CASE("a body at all its maxima is judged, or too large for an entry, in every type") {
  for (const state::EntryTypeInfo* type : contracts::registry().types()) {
    CAPTURE(std::string(type->type));
    const Json schema = type->schema();
    // The largest that still fits an entry: texts and lists are cut down together until it does.
    std::int64_t cut = 4'096;
    bool judged = false;
    for (; cut >= 1 && !judged; cut /= 2) {
      ContractFixture ledger;
      ledger.grant(Cast::bureau, "cyberspace");
      const Submitted done = ledger.submit(type->type, right_parties(*type), largest_body(schema, cut, cut),
                                           [&](entry::Envelope& envelope) {
                                             if (type->type == entry::kGenesisType) envelope.genesis.reset();
                                           });
      if (done.error) {
        CHECK_MESSAGE(done.error->code == ErrorCode::entry_too_large, done.error->message());
        continue;
      }
      judged = true;
      if (done.accepted()) CHECK(done.done->leaf.size() <= kMaxLeafBytes);
      if (done.refusal) CHECK(contracts::registry().verdict(done.verdict()).http_status >= 400);
    }
    CHECK_MESSAGE(judged, "no cut of it is an entry");
  }
}

TEST_CASE("in random histories the leaf of every type stays within its limit, whatever it causes") {
  RulesHistory history(2'026);
  std::map<std::string, std::size_t> largest;
  for (int i = 0; i < 4'000; ++i) {
    const std::size_t before = history.world().ledger().leaves().size();
    history.go_on();
    std::size_t& size = largest[history.steps().back().type];
    if (history.world().ledger().leaves().size() == before) continue;
    size = std::max(size, history.world().ledger().leaves().back().size());
  }
  for (const auto& [type, size] : largest) CHECK_MESSAGE(size <= kMaxLeafBytes, type);
  // None may be missing: a type that the player cannot try has no worst case here.
  for (const state::EntryTypeInfo* type : contracts::registry().types()) {
    CHECK_MESSAGE(largest.contains(std::string(type->type)), std::string(type->type));
  }
}

}  // namespace
}  // namespace dengji::test
