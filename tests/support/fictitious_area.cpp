#include "tests/support/fictitious_area.hpp"

#include <array>

#include "contracts/areas.hpp"

namespace dengji::test {
namespace {

using state::EntryTx;
using state::Verdict;

constexpr std::array kVerdicts = {state::VerdictRow{static_cast<std::uint16_t>(FestivalVerdict::lantern_lit),
                                                    "lantern_lit", 422, "The lantern is lit already", "灯已点亮"}};

Verdict apply_light(EntryTx& tx, const LanternBody& body) {
  if (tx.find<Lantern>(body.name)) return state::refuse(FestivalVerdict::lantern_lit, body.name, "/body/name");
  tx.put(Lantern{body.name, tx.context().org("lighter"), body.lights});
  tx.status(Lantern::kKind, body.name, "", "lit");
  tx.subject(Lantern::kKind, body.name);
  return {};
}

Verdict apply_parade(EntryTx& tx, const ParadeBody& body) {
  for (std::int64_t i = 0; i < body.count; ++i) tx.flag(Lantern::kKind, std::to_string(i), "seen");
  return {};
}

Verdict apply_candles(EntryTx& tx, const CandlesBody& body) {
  const std::string book = "fee/" + tx.context().org("lighter").text;
  if (body.owed) return tx.post("assessed", "candles", {{book + "/due/candles", book + "/income/other", body.fen}});
  return tx.post("received", "candles", {{book + "/bank", book + "/due/candles", body.fen}});
}

}  // namespace

const state::Area& festival_area() {
  const std::vector<state::SignerRule> lighter{{{"lighter"}, 1, 1}};
  static const std::vector<state::EntryTypeInfo> types{
      state::entry_type<LanternBody, &apply_light>("lantern.light", "festival", {"Lights a lantern", "点亮一盏灯"},
                                                   lighter, state::Visibility::everyone),
      state::entry_type<ParadeBody, &apply_parade>("lantern.parade", "festival", {"Counts lanterns", "数灯"}, lighter,
                                                   state::Visibility::everyone),
      state::entry_type<CandlesBody, &apply_candles>("lantern.candles", "festival", {"Pays for candles", "付烛钱"},
                                                     lighter, state::Visibility::parties)};
  static const std::vector<state::ObjectKindInfo> kinds{state::object_kind<Lantern>(
      "lanterns", {"Lanterns by name", "灯"}, state::Visibility::everyone, {{"owner", "Who lit it"}})};
  static const state::Area area{"festival", 1500, types, kinds, kVerdicts};
  return area;
}

const std::vector<state::Area>& areas_and_festival() {
  static const std::vector<state::Area> all = [] {
    const auto known = contracts::areas();
    std::vector<state::Area> areas(known.begin(), known.end());
    areas.push_back(festival_area());  // the one line
    return areas;
  }();
  return all;
}

const state::Registry& registry_with_festival() {
  static const state::Registry registry(areas_and_festival());
  return registry;
}

}  // namespace dengji::test
