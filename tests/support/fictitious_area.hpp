// An area that no ledger has: what adding one takes is a pair of files like these and one line in the list of areas.
#pragma once

#include <string>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::test {

enum class FestivalVerdict : std::uint16_t { lantern_lit = 1501 };

struct Lantern {
  static constexpr std::string_view kKind = "lantern";

  std::string name;
  OrgId owner;
  std::int64_t lights = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, state::Spec{"Name of the lantern", 1, 40});
    visit("owner", self.owner, state::Spec{"Who lit it"});
    visit("lights", self.lights, state::Spec{"Number of lights", 1, 99});
  }

  std::string object_id() const { return name; }
  static void indexes(const Lantern& lantern, state::IndexSink& sink) { sink.add("owner", lantern.owner.text); }
};

struct LanternBody {
  std::string name;
  std::int64_t lights = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, state::Spec{"Name of the lantern", 1, 40});
    visit("lights", self.lights, state::Spec{"Number of lights", 1, 99});
  }
};

// Looks at its members `count` times: a leaf as long as one likes.
struct ParadeBody {
  std::int64_t count = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count, state::Spec{"Number of lanterns", 1, 100'000});
  }
};

// Pays for candles with no check of its own: what an account refuses by itself.
struct CandlesBody {
  Fen fen;
  bool owed = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("fen", self.fen, state::Spec{"Amount", 1});
    visit("owed", self.owed, state::Spec{"Assess it rather than receive it"});
  }
};

const state::Area& festival_area();
// All areas of this build and, in one more line, the festival.
const std::vector<state::Area>& areas_and_festival();
const state::Registry& registry_with_festival();

}  // namespace dengji::test
