// The reserve of data set projects (项目储备库) in its three tiers. The bureau enlists a project, which is tied to a
// data set from its application on, and strikes it off again; a data set stands there once at a time. Verdicts are the
// certification area's (certification.hpp).
//
//   listed → delisted
//
// Key of this subject: "reserve" + data set's id → id of the listing that is in force for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class ReserveTier : std::uint8_t { basic, special, strategic };  // 基础库 特色库 战略库
enum class ReserveStatus : std::uint8_t { listed, delisted };

struct ReserveEnlistBody {
  std::string dataset;
  ReserveTier tier = ReserveTier::basic;
  std::string project;
  std::int64_t year = 0;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dataset", self.dataset, Spec{"Id or registration number of the data set", 1, 64});
    visit("tier", self.tier, Spec{"Tier of the reserve: basic 基础库, special 特色库, strategic 战略库"});
    visit("project", self.project, Spec{"Name of the project", 1, 200});
    visit("year", self.year, Spec{"Year of the list", 2000, 9999});
    visit("reason", self.reason, Spec{"Why it is taken in", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of supporting papers", .items_max = 16});
  }
};

struct ReserveDelistBody {
  std::string reserve;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("reserve", self.reserve, Spec{"entry_id of the enlisting", 43, 43});
    visit("reason", self.reason, Spec{"Why it is struck off", 1, 1000});
  }
};

struct Reserve {
  static constexpr std::string_view kKind = "reserve";

  std::string id;  // entry_id of the enlisting, base64url
  ReserveStatus status = ReserveStatus::listed;
  OrgId holder;
  ReserveEnlistBody listing;  // dataset is the object id here
  Date listed_on;
  std::int64_t listed_seq = 0;
  std::optional<Date> delisted_on;
  std::optional<std::string> delist_reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the enlisting"});
    visit("status", self.status, Spec{"Status"});
    visit("holder", self.holder, Spec{"Holder of the data set then"});
    visit("listing", self.listing, Spec{"What was enlisted; dataset is the object id here"});
    visit("listed_on", self.listed_on, Spec{"Day of the enlisting"});
    visit("listed_seq", self.listed_seq, Spec{"Entry of the enlisting"});
    visit("delisted_on", self.delisted_on, Spec{"Day on which it was struck off"});
    visit("delist_reason", self.delist_reason, Spec{"Why it was struck off", 1, 1000});
  }

  std::string object_id() const { return id; }
  static void indexes(const Reserve& reserve, IndexSink& sink);
};

void add_reserve_types(std::vector<EntryTypeInfo>& types);

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ReserveTier> {
  static constexpr std::array names{"basic", "special", "strategic"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::ReserveStatus> {
  static constexpr std::array names{"listed", "delisted"};
};
