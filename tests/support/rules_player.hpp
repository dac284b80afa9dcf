// Makes up acts of every entry type of the registry, sensible or not, for a ledger as it stands: which type, on which
// object, by whom, with what body. Bodies come from the type's own schema, so a new type takes part by itself;
// rules_bodies.cpp gives those types that would hardly ever be accepted so a start. Which states of an object an act
// fits it learns while it plays.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/rules_history.hpp"

namespace dengji::test {

class RulesPlayer {
 public:
  RulesPlayer(std::uint64_t seed, const RulesLedger& world) : random_(seed), world_(world) {}

  // Policies of every kind, roles and the first data sets: what a history begins with.
  static std::vector<Step> opening();
  // Some act.
  Step next();
  // What came of it.
  void learn(const Step& step, bool accepted);

 private:
  // The object that an act is about.
  struct Focus {
    std::string kind;
    std::string id;
    std::string status;
  };

  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  const std::string& trader() { return pick(Cast::traders()); }
  std::string day(int days_from_now);
  std::int64_t amount(std::int64_t around);
  std::string some_hash();
  std::string some_id(std::string_view kind);
  // Mostly a late one whose status has fitted the type before.
  Focus focus_for(const std::string& type, std::string_view kind);

  Json body_of(const state::EntryTypeInfo& type);
  Json object_of(const Json& schema);
  Json value_of(std::string_view name, const Json& schema);
  std::int64_t integer_of(std::string_view name, const Json& schema);
  std::string text_of(std::string_view name, const Json& schema);
  std::string date_of(std::string_view name);
  std::int64_t amount_of_focus();
  void spoil(Json& body, const Json& schema);

  // rules_bodies.cpp: changes what the schema gave where the rules ask for more.
  void improve(const std::string& type, Json& body);
  void improve_registration(const std::string& type, Json& body);
  void improve_trade(const std::string& type, Json& body);
  void improve_filing(const std::string& type, Json& body);
  void improve_money(const std::string& type, Json& body);
  void improve_governance(const std::string& type, Json& body);

  std::vector<By> parties_of(const state::EntryTypeInfo& type, const Json& body);
  // Of those who deal with the object, who bears this role; a trader if it is nobody's.
  std::string bearer_of(const std::string& role);

  std::mt19937_64 random_;
  const RulesLedger& world_;
  Focus focus_;
  std::string type_;
  int made_ = 0;
  std::map<std::string, int> fits_;  // by "type/status": how often it was accepted
};

// A history that makes up its own steps.
class RulesHistory {
 public:
  explicit RulesHistory(std::uint64_t seed);
  void go_on();
  RulesLedger& world() { return world_; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  RulesLedger world_;
  RulesPlayer player_;
  std::vector<Step> steps_;
};

}  // namespace dengji::test
