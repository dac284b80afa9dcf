// The lists that the plan asks for: key and model enterprises, the enterprise library, bases, the yearly public-data
// lists, the construction list, and tasks put out to whoever can do them (揭榜挂帅). The bureau adds and removes; a
// task is taken and delivered by the organisation that won it. Application cases have a file of their own (cases.hpp).
// Verdicts 1201 to 1299.
//
//   listed → removed                         for tasks: open → taken → delivered; open or taken → removed
//
// Key of this area: "list" + list + year + organisation or title → id of the item that stands there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/list/cases.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class ListVerdict : std::uint16_t {
  list_org_missing = 1201,
  list_member_unfit,
  list_twice,
  list_status,
  not_a_task,
  task_overdue,
  not_the_taker,
  delivery_empty,
  delivered_dataset,
  case_subject_missing,
  case_not_party,
  case_subject_ended,
};

// 重点企业 标杆企业 企业库 基地 公共数据清单 建设清单 揭榜挂帅
enum class ListName : std::uint8_t {
  key_enterprise,
  model_enterprise,
  enterprise_library,
  base,
  public_data,
  construction,
  task,
};
enum class ListStatus : std::uint8_t { listed, open, taken, delivered, removed };

struct ListAddBody {
  ListName list = ListName::key_enterprise;
  std::int64_t year = 0;
  std::string title;
  std::optional<OrgId> org;
  std::optional<std::string> dataset;
  std::optional<std::string> details;
  std::optional<Date> due;
  std::optional<Fen> reward_fen;
  std::string reason;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("list", self.list, Spec{"Which list"});
    visit("year", self.year, Spec{"Year of the list", 2000, 9999});
    visit("title", self.title, Spec{"Name of the enterprise, base, data, project or task", 1, 200});
    visit("org", self.org, Spec{"Organisation behind it; needed in the lists of enterprises, none for a task"});
    visit("dataset", self.dataset, Spec{"Data set behind it: id or registration number", 1, 64});
    visit("details", self.details, Spec{"What it is, or what the task asks for", 1, 2000});
    visit("due", self.due, Spec{"Day by which a task is to be delivered"});
    visit("reward_fen", self.reward_fen, Spec{"What is given for a task", 1});
    visit("reason", self.reason, Spec{"Why it is listed", 1, 1000});
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of supporting papers", .items_max = 16});
  }
};

struct ListRemoveBody {
  std::string item;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("item", self.item, Spec{"entry_id of the listing", 43, 43});
    visit("reason", self.reason, Spec{"Why it is removed", 1, 1000});
  }
};

struct TaskTakeBody {
  std::string item;
  Hash32 proposal;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("item", self.item, Spec{"entry_id of the listing", 43, 43});
    visit("proposal", self.proposal, Spec{"SHA-256 of the proposal that won"});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

struct TaskDeliverBody {
  std::string item;
  std::optional<std::string> dataset;
  std::optional<std::vector<Hash32>> deliverables;
  std::optional<std::string> note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("item", self.item, Spec{"entry_id of the listing", 43, 43});
    visit("dataset", self.dataset, Spec{"Data set that is delivered: id or registration number", 1, 64});
    visit("deliverables", self.deliverables,
          Spec{.doc = "SHA-256 of what else is delivered", .items_min = 1, .items_max = 16});
    visit("note", self.note, Spec{"Remarks", 1, 1000});
  }
};

struct ListItem {
  static constexpr std::string_view kKind = "list_item";

  std::string id;  // entry_id of the listing, base64url
  ListStatus status = ListStatus::listed;
  ListAddBody listing;  // dataset is the object id here
  OrgId bureau;
  Date listed_on;
  std::int64_t listed_seq = 0;
  std::optional<OrgId> taker;
  std::optional<Date> taken_on;
  std::optional<Hash32> proposal;
  std::optional<Date> delivered_on;
  std::optional<std::string> delivered_dataset;
  std::optional<std::vector<Hash32>> deliverables;
  std::optional<Date> removed_on;
  std::optional<std::string> remove_reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("id", self.id, Spec{"entry_id of the listing"});
    visit("status", self.status, Spec{"Status"});
    visit("listing", self.listing, Spec{"What was listed; dataset is the object id here"});
    visit("bureau", self.bureau, Spec{"Bureau that listed it"});
    visit("listed_on", self.listed_on, Spec{"Day of listing"});
    visit("listed_seq", self.listed_seq, Spec{"Entry of listing"});
    visit("taker", self.taker, Spec{"Who took the task"});
    visit("taken_on", self.taken_on, Spec{"Day on which it was taken"});
    visit("proposal", self.proposal, Spec{"SHA-256 of the proposal that won"});
    visit("delivered_on", self.delivered_on, Spec{"Day of delivery"});
    visit("delivered_dataset", self.delivered_dataset, Spec{"Data set that was delivered", 1, 64});
    visit("deliverables", self.deliverables, Spec{"SHA-256 of what else was delivered"});
    visit("removed_on", self.removed_on, Spec{"Day of removal"});
    visit("remove_reason", self.remove_reason, Spec{"Why it was removed", 1, 1000});
  }

  std::string object_id() const { return id; }
  static void indexes(const ListItem& item, IndexSink& sink);
  static constexpr std::array kDeadlines{
      DeadlineName{"task", "The task is delivered; until somebody takes it, it is the bureau's", "揭榜任务交付"}};
  static std::vector<Deadline> deadlines(const ListItem& item, DeadlineCall& call);
  // Adds overdue for a task that is not delivered.
  static void extend_json(const ListItem& item, const ReadView& view, LedgerTime now, Json& json);
};

const Area& list_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::ListName> {
  static constexpr std::array names{
      "key_enterprise", "model_enterprise", "enterprise_library", "base", "public_data", "construction", "task"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::ListStatus> {
  static constexpr std::array names{"listed", "open", "taken", "delivered", "removed"};
};
