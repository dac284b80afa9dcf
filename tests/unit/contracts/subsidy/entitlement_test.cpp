#include "contracts/subsidy/entitlement.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace dengji::contracts {
namespace {

SubsidyLine tiers(std::vector<Tier> list, Rounding rounding = Rounding::down) {
  SubsidyLine line;
  line.tiers = std::move(list);
  line.rounding = rounding;
  return line;
}
SubsidyLine worked(Rounding rounding = Rounding::down) {
  return tiers({{Fen(10'000'000), 50'000}, {Fen(50'000'000), 30'000}, {std::nullopt, 10'000}}, rounding);
}
BaseSum base(std::int64_t fen, std::int64_t cross = 0) {
  return {Fen(fen), Fen(cross)};
}
std::int64_t of(const EntitlementTerms& terms, const BaseSum& sum) {
  return entitlement(terms, sum).value();
}
std::int64_t step(const std::vector<WorkingStep>& steps, std::string_view name) {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const WorkingStep& s) { return s.step == name; });
  REQUIRE(found != steps.end());
  return found->fen.value();
}

TEST_CASE("marginal tiers are rounded once, on the total") {
  const SubsidyLine line = worked();
  CHECK(of({.line = line}, base(33'333'333)) == 1'199'999);
  CHECK(of({.line = line}, base(55'555'558)) == 1'755'555);
  CHECK(of({.line = line}, base(43'209'880)) == 1'496'296);
  const SubsidyLine even = worked(Rounding::half_even);
  CHECK(of({.line = even}, base(33'333'333)) == 1'200'000);
  const SubsidyLine up = worked(Rounding::up);
  CHECK(of({.line = up}, base(33'333'333)) == 1'200'000);
  // Twice a third of a fen would give 0 if each tier were rounded down by itself.
  const SubsidyLine halves = tiers({{Fen(1), 500'000}, {std::nullopt, 500'000}});
  CHECK(of({.line = halves}, base(2)) == 1);
}

TEST_CASE("each tier takes its own part up to and including its end") {
  const SubsidyLine line = worked();
  CHECK(of({.line = line}, base(0)) == 0);
  CHECK(of({.line = line}, base(10'000'000)) == 500'000);
  CHECK(of({.line = line}, base(10'000'100)) == 500'003);
  CHECK(of({.line = line}, base(50'000'000)) == 1'700'000);
  CHECK(of({.line = line}, base(50'000'100)) == 1'700'001);
}

TEST_CASE("a base below the threshold earns nothing, an equal one passes") {
  SubsidyLine line = tiers({{std::nullopt, 100'000}});
  line.threshold_fen = Fen(300'000);
  CHECK(of({.line = line}, base(299'999)) == 0);
  CHECK(of({.line = line}, base(300'000)) == 30'000);
}

TEST_CASE("the floor lifts what is above 0, the cap comes after it") {
  SubsidyLine line = tiers({{std::nullopt, 10'000}});
  line.floor_fen = Fen(500);
  CHECK(of({.line = line}, base(99)) == 0);
  CHECK(of({.line = line}, base(100)) == 500);
  CHECK(of({.line = line}, base(60'000)) == 600);
  CHECK(of({.line = line, .cap = Fen(400)}, base(100)) == 400);
}

TEST_CASE("bonus and share go into the one rounding") {
  SubsidyLine line = tiers({{std::nullopt, 10'000}});
  line.cross_province_bonus_ppm = 5'000;
  CHECK(of({.line = line}, base(100, 100)) == 1);                        // 1 + 0.5
  CHECK(of({.line = line}, base(200, 200)) == 3);                        // 2 + 1
  CHECK(of({.line = line}, base(200, 0)) == 2);                          // no part crosses
  CHECK(of({.line = line, .share_ppm = 666'667}, base(200, 200)) == 2);  // 3 x 0.666667 = 2.000001
  CHECK(of({.line = line, .share_ppm = 333'333}, base(200, 200)) == 0);  // 0.999999
}

TEST_CASE("amounts near 2^53 lose nothing, and beyond it stay there") {
  const SubsidyLine whole = tiers({{std::nullopt, 1'000'000}});
  CHECK(of({.line = whole}, base(kMaxSafeInteger)) == kMaxSafeInteger);
  CHECK(of({.line = whole, .share_ppm = 999'999}, base(kMaxSafeInteger)) == 9'007'190'247'541'736);
  SubsidyLine twice = whole;
  twice.cross_province_bonus_ppm = 1'000'000;
  CHECK(of({.line = twice}, base(kMaxSafeInteger, kMaxSafeInteger)) == kMaxSafeInteger);
  BaseSum sum = base(kMaxSafeInteger - 1);
  sum.add(Fen(5), true);
  CHECK(sum.base.value() == kMaxSafeInteger);
  CHECK(sum.cross.value() == 5);
}

TEST_CASE("the steps show base, tiers, rounding and cap") {
  const SubsidyLine line = worked();
  const auto steps = entitlement_steps({.line = line, .cap = Fen(1'500'000)}, base(55'555'558));
  CHECK(step(steps, "base") == 55'555'558);
  CHECK(std::count_if(steps.begin(), steps.end(), [](const WorkingStep& s) { return s.step == "tier"; }) == 3);
  CHECK(step(steps, "rounded") == 1'755'555);
  CHECK(step(steps, "cap") == 1'500'000);
  CHECK(steps[3].base_fen == Fen(5'555'558));
  CHECK(steps[3].note == "55555.58");
  CHECK_FALSE(steps[1].note.has_value());
}

}  // namespace
}  // namespace dengji::contracts
