#include "node/insight_reports.hpp"

#include "contracts/insight/answers.hpp"

namespace dengji::node {
namespace {

namespace insight = contracts::insight;
using state::Json;

std::function<Result<Json>(const api::ReportCall&)> over(const InsightFeed& feed, std::string_view name) {
  return [&feed, name](const api::ReportCall& call) -> Result<Json> {
    const auto model = feed.model_of(call.size);
    if (!model) return std::unexpected(model.error());
    const insight::Scope scope(**model, {call.size, call.now}, &call.view);
    return insight::answer(name, {scope, call.view, call.query, {.limit = call.limit, .after = call.after}});
  };
}

Json property(const char* type, const char* description) {
  return Json{{"type", type}, {"description", description}};
}

Json list_schema(Json item, Json more = Json::object()) {
  more["items"] = Json{{"type", "array"}, {"items", std::move(item)}};
  more["as_of"] = property("integer", "Seq of the last entry that counts");
  return Json{{"type", "object"}, {"properties", std::move(more)}, {"required", {"items"}}};
}

Json object_schema(Json properties) {
  return Json{{"type", "object"}, {"properties", std::move(properties)}};
}

const api::ReportParameter kFrom{"from", "First day that counts (YYYY-MM-DD)"};
const api::ReportParameter kTo{"to", "Last day that counts"};
const api::ReportParameter kLookback{"lookback_days", "Parties related so many days before the agreement, default 365"};
const api::ReportParameter kReach{"k_ppm", "Outliers: millionths of the interquartile range, default 1500000"};

api::ReportInfo stats_report(const InsightFeed& feed) {
  const Json figures = property("object", "By figure: value, and the query that lists the entries behind it");
  const Json ratios = property("object", "Parts in millionths, with the two figures that they are of");
  return {.name = "stats",
          .doc = "Figures by group: registrations, trade on the platform, filings apart from it, fees, subsidies",
          .doc_zh = "统计：登记、平台交易、备案（分列）、费用、补贴",
          .visibility = state::Visibility::everyone,
          .parameters = {{"group", "One of " + insight::group_names() + "; default all"}, kFrom, kTo},
          .schema = list_schema(object_schema({{"key", property("string", "The group")},
                                               {"name", property("string", "In English")},
                                               {"name_zh", property("string", "In Chinese")},
                                               {"figures", figures},
                                               {"ratios", ratios}}),
                                {{"group", property("string", "As asked")},
                                 {"totals", object_schema({{"figures", figures}, {"ratios", ratios}})},
                                 {"legend", property("array", "What each figure adds up, and its label")}}),
          .run = over(feed, "stats")};
}

api::ReportInfo entries_report(const InsightFeed& feed) {
  return {.name = "stats/entries",
          .doc = "The entries behind one figure, with what each adds to it",
          .doc_zh = "某项统计数字背后的条目",
          .visibility = state::Visibility::parties,
          .parameters = {{"figure", "As /v1/stats names it"},
                         {"group", "As asked there; default all"},
                         {"key", "The group's key"},
                         {"buyers", "Key of the buyers' group, for a cell of the flow matrix"},
                         kFrom,
                         kTo},
          .paged = true,
          .schema = list_schema(object_schema({{"seq", property("integer", "The entry")},
                                               {"value", property("integer", "What it adds")},
                                               {"kind", property("string", "Kind of object it is about")},
                                               {"id", property("string", "That object")}}),
                                {{"count", property("integer", "Of all pages")},
                                 {"value", property("integer", "Sum of all pages")},
                                 {"next", property("string", "Cursor of the next page")}}),
          .run = over(feed, "stats/entries")};
}

api::ReportInfo flow_report(const InsightFeed& feed) {
  const Json side = property("object", "Figures and the query that lists the entries behind them");
  return {.name = "stats/flow",
          .doc = "Where trade flows: from buyers' to sellers' provinces, cities or region groups",
          .doc_zh = "交易流向矩阵（买方地区→卖方地区）",
          .visibility = state::Visibility::everyone,
          .parameters = {{"level", "province (default), city or region_group"}, kFrom, kTo},
          .schema = list_schema(object_schema({{"buyers", property("string", "Where buyers are")},
                                               {"sellers", property("string", "Where sellers are")},
                                               {"platform", side},
                                               {"filed", side}})),
          .run = over(feed, "stats/flow")};
}

api::ReportInfo targets_report(const InsightFeed& feed) {
  return {.name = "stats/targets",
          .doc = "How far the measures of the plan are reached: what counts, how much, by when",
          .doc_zh = "规划目标完成情况",
          .visibility = state::Visibility::everyone,
          .parameters = {{"region", "Whose measures, default 320000"}},
          .schema = list_schema(property("object", "number, name, rule, counts, target, by, reached, query")),
          .run = over(feed, "stats/targets")};
}

std::vector<api::ReportParameter> price_parameters() {
  return {{"industry", "Only this industry"},
          {"mode", "Only this supply mode"},
          {"unit", "Only this unit"},
          kFrom,
          kTo,
          kLookback,
          kReach};
}

api::ReportInfo prices_report(const InsightFeed& feed) {
  return {.name = "prices",
          .doc = "Unit prices by industry, supply mode and unit: median, quartiles, outliers, concentration of sellers",
          .doc_zh = "价格指数：按行业、供给方式、计量单位的中位数、四分位数、异常值与集中度",
          .visibility = state::Visibility::everyone,
          .parameters = price_parameters(),
          .schema = list_schema(property("object", "One industry, mode and unit"),
                                {{"rules", property("object", "How each figure is made")}}),
          .run = over(feed, "prices")};
}

api::ReportInfo price_entries_report(const InsightFeed& feed) {
  return {.name = "prices/entries",
          .doc = "The agreements behind the prices, ascending by price",
          .doc_zh = "价格指数背后的合同",
          .visibility = state::Visibility::parties,
          .parameters = price_parameters(),
          .paged = true,
          .schema = list_schema(property("object", "seq, trade, price, whether it is an outlier"),
                                {{"next", property("string", "Cursor of the next page")}}),
          .run = over(feed, "prices/entries")};
}

api::ReportInfo inspections_report(const InsightFeed& feed) {
  return {
      .name = "inspections",
      .doc = "What looks like abuse, with the entries that show it; nothing follows from it by itself",
      .doc_zh = "可疑情形及其依据条目；仅作提示，不产生任何效力",
      .visibility = state::Visibility::parties,
      .parameters = {{"kind", "cycle, common_controller, split_contract, price_outlier or voucher_twice; default all"},
                     kFrom,
                     kTo,
                     {"window_days", "Loops within so many days, default 90"},
                     {"max_length", "Organisations of a loop, 2 to 6, default 6"},
                     kLookback,
                     kReach,
                     {"split_days", "Split contracts within so many days, default 30"},
                     {"near_ppm", "Just below a threshold: from these millionths of it, default 800000"},
                     {"threshold_fen", "The threshold; default those of the subsidy lines in force"}},
      .paged = true,
      .schema = list_schema(object_schema({{"id", property("string", "The same as long as the ledger grows")},
                                           {"kind", property("string", "What it looks like")},
                                           {"why", property("string", "In English")},
                                           {"why_zh", property("string", "In Chinese")},
                                           {"day", property("string", "Of the last entry")},
                                           {"figures", property("object", "Amounts, days, limits")},
                                           {"entries", property("array", "Seqs that show it")},
                                           {"entries_total", property("integer", "How many there are")},
                                           {"objects", property("array", "Kinds and ids concerned")}}),
                            {{"searches", property("object", "By kind: how many, and what was cut off")},
                             {"next", property("string", "Cursor of the next page")}}),
      .run = over(feed, "inspections")};
}

}  // namespace

std::vector<api::ReportInfo> insight_reports(const InsightFeed& feed) {
  return {stats_report(feed),  entries_report(feed),       flow_report(feed),       targets_report(feed),
          prices_report(feed), price_entries_report(feed), inspections_report(feed)};
}

}  // namespace dengji::node
