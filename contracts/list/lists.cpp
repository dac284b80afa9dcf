#include "contracts/list/lists.hpp"

#include <algorithm>
#include <array>

#include "contracts/registration/registration.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = ListVerdict;
using S = ListStatus;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::list_org_missing, "list_org_missing", "A list of enterprises names the enterprise", "企业名单须写明企业"),
    row(V::list_member_unfit, "list_member_unfit", "A member of the body does not fit the list", "该名单不应填写此项"),
    row(V::list_twice, "list_twice", "The list of that year has it already", "该年度名单已列入"),
    row(V::list_status, "list_item_status", "The status of the list item does not allow this",
        "名单项当前状态不允许此操作"),
    row(V::not_a_task, "not_a_task", "Only tasks are taken and delivered", "仅揭榜挂帅任务可以揭榜和交付"),
    row(V::task_overdue, "task_overdue", "The task was due before today", "任务已过期限"),
    row(V::not_the_taker, "not_the_taker", "Only the organisation that took the task delivers it", "仅揭榜方可以交付",
        403),
    row(V::delivery_empty, "delivery_empty", "A delivery names a data set or hashes of what is delivered",
        "交付须写明数据集或成果哈希"),
    row(V::delivered_dataset, "delivered_dataset_unfit",
        "The data set that is delivered is not the taker's or not registered", "交付的数据集未登记或不属于揭榜方"),
    row(V::case_subject_missing, "case_subject_missing", "A case names a trade, a data set or a filing",
        "案例须关联交易、数据集或备案"),
    row(V::case_not_party, "case_not_party", "The submitter took no part in what the case names",
        "申报方不是所关联事项的当事方", 403),
    row(V::case_subject_ended, "case_subject_ended", "What the case names is not in force", "所关联事项已失效"),
};

// --- list.add
bool of_enterprises(ListName list) {
  return list == ListName::key_enterprise || list == ListName::model_enterprise || list == ListName::enterprise_library;
}

std::string place_key(const ListAddBody& listing) {
  const std::string_view subject = of_enterprises(listing.list) ? listing.org->text : std::string_view(listing.title);
  return join_key({"list", name_of(listing.list), std::to_string(listing.year), subject});
}

Verdict check_members(const EntryTx& tx, const ListAddBody& body) {
  const std::string list(name_of(body.list));
  if (of_enterprises(body.list) && !body.org) return refuse(V::list_org_missing, "list " + list, "/body/org");
  const bool task = body.list == ListName::task;
  if (task && body.org) {
    return refuse(V::list_member_unfit, "a task is open to all until it is taken; leave org out", "/body/org");
  }
  if (!task && body.due) return refuse(V::list_member_unfit, "list " + list + " has no due day", "/body/due");
  if (!task && body.reward_fen) {
    return refuse(V::list_member_unfit, "list " + list + " has no reward", "/body/reward_fen");
  }
  if (body.org) {
    const auto org = tx.need<Org>(body.org->text, "/body/org");
    if (!org) return std::unexpected(org.error());
  }
  if (body.due && *body.due < tx.context().day()) {
    return refuse(V::task_overdue, "due on " + format_date(*body.due) + ", today is " + format_date(tx.context().day()),
                  "/body/due");
  }
  return {};
}

Verdict apply_list_add(EntryTx& tx, const ListAddBody& body) {
  DENGJI_TRY(check_members(tx, body));
  const std::string place = place_key(body);
  if (const auto there = tx.get_raw(place)) {
    return refuse(V::list_twice,
                  "item " + *there + " of list " + std::string(name_of(body.list)) + " of " +
                      std::to_string(body.year) + "; remove it first",
                  of_enterprises(body.list) ? "/body/org" : "/body/title");
  }
  ListItem item{.id = crypto::to_b64(tx.context().entry_id),
                .status = body.list == ListName::task ? S::open : S::listed,
                .listing = body,
                .bureau = tx.context().org("bureau"),
                .listed_on = tx.context().day(),
                .listed_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  if (body.dataset) {
    const auto dataset = tx.need<Dataset>(*body.dataset, "/body/dataset");
    if (!dataset) return std::unexpected(dataset.error());
    item.listing.dataset = dataset->id;
  }
  tx.create(item);
  tx.put_raw(place, item.id);
  tx.status(ListItem::kKind, item.id, "", name_of(item.status));
  if (body.due) tx.deadline(ListItem::kKind, item.id, "task", *body.due);
  tx.subject(ListItem::kKind, item.id);
  return {};
}

// --- list.remove, task.take, task.deliver
Verdict check_item_status(const EntryTx& tx, const ListItem& item, std::initializer_list<S> allowed) {
  if (std::find(allowed.begin(), allowed.end(), item.status) != allowed.end()) return {};
  std::string names;
  for (const S status : allowed) names.append(names.empty() ? "" : " or ").append(name_of(status));
  return refuse(V::list_status,
                "item " + item.id + " is " + std::string(name_of(item.status)) + "; " + std::string(tx.context().type) +
                    " needs " + names,
                "/body/item");
}

void change_item(EntryTx& tx, ListItem& item, S to) {
  tx.status(ListItem::kKind, item.id, name_of(item.status), name_of(to));
  item.status = to;
  tx.put(item);
  tx.subject(ListItem::kKind, item.id);
}

Verdict apply_list_remove(EntryTx& tx, const ListRemoveBody& body) {
  auto item = tx.need<ListItem>(body.item, "/body/item");
  if (!item) return std::unexpected(std::move(item.error()));
  DENGJI_TRY(check_item_status(tx, *item, {S::listed, S::open, S::taken}));
  item->removed_on = tx.context().day();
  item->remove_reason = body.reason;
  tx.erase_raw(place_key(item->listing));
  change_item(tx, *item, S::removed);
  return {};
}

std::expected<ListItem, Refusal> need_task(const EntryTx& tx, const std::string& id) {
  auto item = tx.need<ListItem>(id, "/body/item");
  if (item && item->listing.list != ListName::task) {
    return refuse(V::not_a_task, "item " + id + " stands in list " + std::string(name_of(item->listing.list)),
                  "/body/item");
  }
  return item;
}

Verdict apply_task_take(EntryTx& tx, const TaskTakeBody& body) {
  auto item = need_task(tx, body.item);
  if (!item) return std::unexpected(std::move(item.error()));
  const OrgId& taker = tx.context().org("taker");
  if (taker == tx.context().org("bureau")) {
    return refuse(General::same_party, taker.text + " cannot give a task to itself", "/parties");
  }
  DENGJI_TRY(check_item_status(tx, *item, {S::open}));
  if (item->listing.due && *item->listing.due < tx.context().day()) {
    return refuse(V::task_overdue, "item " + item->id + " was due on " + format_date(*item->listing.due), "/body/item");
  }
  item->taker = taker;
  item->taken_on = tx.context().day();
  item->proposal = body.proposal;
  change_item(tx, *item, S::taken);
  return {};
}

Verdict check_delivery(const EntryTx& tx, const TaskDeliverBody& body, ListItem& item) {
  if (!body.dataset && !body.deliverables) return refuse(V::delivery_empty, "item " + item.id, "/body");
  if (!body.dataset) return {};
  const auto dataset = tx.need<Dataset>(*body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  if (dataset->holder != item.taker || !registration_in_force(*dataset, tx.context().time)) {
    return refuse(V::delivered_dataset,
                  "dataset " + dataset->label() + " is held by " + dataset->holder.text + " and " +
                      std::string(effective_status(*dataset, tx.context().day())) +
                      "; it must be the taker's and registered",
                  "/body/dataset");
  }
  item.delivered_dataset = dataset->id;
  return {};
}

// A late delivery is taken and flagged: what it is worth then is for the bureau to say.
Verdict apply_task_deliver(EntryTx& tx, const TaskDeliverBody& body) {
  auto item = need_task(tx, body.item);
  if (!item) return std::unexpected(std::move(item.error()));
  if (item->taker && *item->taker != tx.context().org("taker")) {
    return refuse(V::not_the_taker, "item " + item->id + " was taken by " + item->taker->text, "/parties/0/org");
  }
  DENGJI_TRY(check_item_status(tx, *item, {S::taken}));
  DENGJI_TRY(check_delivery(tx, body, *item));
  item->delivered_on = tx.context().day();
  item->deliverables = body.deliverables;
  change_item(tx, *item, S::delivered);
  if (item->listing.due && *item->listing.due < *item->delivered_on) tx.flag(ListItem::kKind, item->id, "late");
  return {};
}

// A task with a last day that nobody has delivered yet.
bool waits(const ListItem& item) {
  return item.listing.due && (item.status == S::open || item.status == S::taken);
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "list";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> bureau{{{"bureau"}, 1, 1}};
  std::vector<EntryTypeInfo> types{
      entry_type<ListAddBody, &apply_list_add>(
          "list.add", kArea,
          {"Adds an enterprise, base, data, project or task to a list of a year", "列入年度名单或清单"}, bureau,
          kPublic),
      entry_type<ListRemoveBody, &apply_list_remove>(
          "list.remove", kArea, {"Removes an item from its list", "移出名单或清单"}, bureau, kPublic),
      entry_type<TaskTakeBody, &apply_task_take>(
          "task.take", kArea,
          {"The organisation whose proposal won takes a task, signed by the bureau with it", "揭榜"},
          {{{"taker"}, 1, 1}, {{"bureau"}, 1, 1}}, kPublic),
      entry_type<TaskDeliverBody, &apply_task_deliver>(
          "task.deliver", kArea, {"The organisation that took a task delivers what it asked for", "交付揭榜任务成果"},
          {{{"taker"}, 1, 1}}, kPublic),
  };
  add_case_types(types);
  return types;
}

}  // namespace

void ListItem::indexes(const ListItem& item, IndexSink& sink) {
  sink.add("list", name_of(item.listing.list));
  sink.add("year", std::to_string(item.listing.year));
  sink.add("status", name_of(item.status));
  if (item.listing.org) sink.add("org", item.listing.org->text);
  if (item.taker) sink.add("taker", item.taker->text);
  if (waits(item)) index_open(sink);
}

std::vector<Deadline> ListItem::deadlines(const ListItem& item, DeadlineCall&) {
  if (!waits(item)) return {};
  if (item.status == S::open) return {{"task", item.listed_on, *item.listing.due, "bureau", item.bureau}};
  return {{"task", item.taken_on.value_or(item.listed_on), *item.listing.due, "taker", item.taker}};
}

void ListItem::extend_json(const ListItem& item, const ReadView&, LedgerTime now, Json& json) {
  if (!waits(item)) return;
  json["overdue"] = *item.listing.due < shanghai_day(now);
}

const Area& list_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<ListItem>("lists", {"Items of the yearly lists by entry_id", "名单与清单"}, Visibility::everyone,
                            {{"list", "Which list"},
                             {"year", "Year of the list"},
                             {"status", "listed, open, taken, delivered or removed"},
                             {"org", "Organisation behind it"},
                             {"taker", "Who took the task"}}),
      object_kind<Case>("cases", {"Application cases by entry_id", "应用案例"}, Visibility::everyone,
                        {{"submitter", "Who submitted it"}, {"year", "Year"}, {"dataset", "Id of the data set"}}),
  };
  static const Area area{"list", 1200, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
