// What the entries of the past call things, and what the replay calls them. Once an entry is decided otherwise (a fee
// that does not fall due, a claim that is refused) every later number of its series shifts; entries that name one must
// then act on the same thing under its new number, and never on another thing that now bears the old one.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/engine.hpp"

namespace dengji::contracts::dry_run {

// What an entry brought about, in its order: what it is (its kind; of a fee also its line and payer, since one entry
// may bring about several), and its number or id.
using Brought = std::vector<std::pair<std::string, std::string>>;
Brought brought_about(const std::vector<state::Effect>& effects, const state::Writes& writes);

class Renumbering {
 public:
  // An entry of the past was replayed; `would` is empty if it was not taken.
  void learn(std::uint64_t seq, const Brought& was, const Brought& would);

  // The entry's name for something that the entry `seq` brought about in the past and not in the replay.
  struct Missing {
    std::string name;
    std::uint64_t seq = 0;
  };
  // The body with the replay's names; nullptr if it names nothing that is called otherwise.
  std::expected<state::BodyPtr, Missing> rename(const CheckedEntry& entry) const;

 private:
  struct Renamed {
    std::optional<std::string> to;  // nullopt: it never came about
    std::uint64_t seq = 0;
  };

  // Of a whole string: a number or id, or a part of one (a settlement of a trade).
  std::optional<Renamed> find(std::string_view text) const;
  bool mentioned_in(std::string_view payload) const;
  std::optional<Missing> rename_in(json::Json& value) const;

  std::map<std::string, Renamed, std::less<>> names_;  // only what differs
};

}  // namespace dengji::contracts::dry_run
