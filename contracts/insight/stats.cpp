#include "contracts/insight/stats.hpp"

#include <algorithm>
#include <map>

#include "ledger/base/limits.hpp"

namespace dengji::contracts::insight {
namespace {

using Sums = std::array<__int128, kFigures>;

class Adder final : public FigureSink {
 public:
  bool row(Group group, const Behind&) override {
    // Rows of one group often follow each other.
    if (current_ == nullptr || group != group_) {
      current_ = &sums_[group];
      group_ = group;
    }
    return true;
  }
  void add(Figure figure, std::int64_t value) override { (*current_)[static_cast<std::size_t>(figure)] += value; }

  const std::map<Group, Sums>& sums() const { return sums_; }

 private:
  std::map<Group, Sums> sums_;
  Sums* current_ = nullptr;
  Group group_ = 0;
};

struct Asked {
  GroupBy by = GroupBy::all;
  Period period;
};

Result<Asked> read_asked(const Query& query) {
  Asked asked;
  if (const std::string* group = member(query, "group")) {
    const auto by = group_by(*group);
    if (!by) return fail(ErrorCode::value_range, "group must be one of " + group_names(), "?group");
    asked.by = *by;
  }
  auto period = period_members(query);
  if (!period) return std::unexpected(std::move(period.error()));
  asked.period = *period;
  return asked;
}

std::string entries_query(const Scope& scope, const Asked& asked, std::string_view figure, std::string_view key) {
  std::string text = "/v1/stats/entries?figure=" + std::string(figure);
  text.append("&group=").append(state::name_of(asked.by)).append("&key=").append(query_text(key));
  return text + period_text(asked.period) + as_of_text(scope.as_of());
}

// A part of a whole in parts per million; null of nothing.
Json ratio_ppm(__int128 part, __int128 whole) {
  if (whole <= 0) return nullptr;
  return big_number(part * 1'000'000 / whole);
}

Json figures_json(const Scope& scope, const Asked& asked, const Sums& sums, const std::string& key) {
  Json figures = Json::object();
  for (std::size_t i = 0; i < kFigures; ++i) {
    const FigureInfo& info = figure_info(static_cast<Figure>(i));
    if (sums[i] == 0) continue;
    figures[std::string(info.id)] =
        Json{{"value", big_number(sums[i])}, {"query", entries_query(scope, asked, info.id, key)}};
  }
  return figures;
}

Json ratios_json(const Sums& sums) {
  const auto sum = [&](Figure figure) { return sums[static_cast<std::size_t>(figure)]; };
  const auto of = [&](Figure part, Figure whole) {
    return Json{{"ppm", ratio_ppm(sum(part), sum(whole))}, {"of", {figure_info(part).id, figure_info(whole).id}}};
  };
  return Json{{"cross_province", of(Figure::platform_cross_net_fen, Figure::platform_net_fen)},
              {"sme", of(Figure::platform_sme_net_fen, Figure::platform_net_fen)},
              {"state_owned", of(Figure::platform_state_net_fen, Figure::platform_net_fen)},
              {"waived", of(Figure::fees_waived_fen, Figure::fees_assessed_fen)},
              {"net_trade_per_subsidy", of(Figure::platform_net_fen, Figure::subsidies_paid_fen)}};
}

Json legend() {
  Json list = Json::array();
  for (std::size_t i = 0; i < kFigures; ++i) {
    const FigureInfo& info = figure_info(static_cast<Figure>(i));
    list.push_back({{"figure", info.id}, {"label", info.label}, {"doc", info.en}, {"doc_zh", info.zh}});
  }
  return list;
}

// Keeps what one figure of one group is made of.
class Lister final : public FigureSink {
 public:
  struct Wanted {
    Figure figure = Figure::datasets_applied;
    std::string_view key;
    const std::string* buyers = nullptr;  // key of the buyers' group; absent: any
    std::uint64_t skip = 0;
    std::uint64_t limit = 0;
  };
  Lister(const Scope& scope, const Grouper& by, Wanted wanted) : scope_(scope), by_(by), asked_(wanted) {}

  bool row(Group group, const Behind& behind) override {
    if (!known_ || group != group_) {
      group_ = group;
      known_ = true;
      wanted_ = by_.name(group).key == asked_.key;
    }
    behind_ = behind;
    return wanted_ && (asked_.buyers == nullptr || by_.name(by_.of_buyer(behind)).key == *asked_.buyers);
  }
  void add(Figure figure, std::int64_t value) override {
    if (figure != asked_.figure || value == 0) return;
    total_ += value;
    ++count_;
    if (count_ <= asked_.skip || items_.size() == asked_.limit) return;
    items_.push_back({{"seq", behind_.seq},
                      {"value", big_number(value)},
                      {"kind", behind_.kind},
                      {"id", object_name(scope_, behind_)}});
  }

  Json finish() {
    Json body{{"count", count_}, {"value", big_number(total_)}};
    if (const std::uint64_t told = asked_.skip + items_.size(); told < count_) body["next"] = std::to_string(told);
    body["items"] = std::move(items_);
    return body;
  }

 private:
  const Scope& scope_;
  const Grouper& by_;
  const Wanted asked_;
  Group group_ = 0;
  bool known_ = false;
  bool wanted_ = false;
  Behind behind_;
  __int128 total_ = 0;
  std::uint64_t count_ = 0;
  Json items_ = Json::array();
};

struct Stream {
  __int128 net_fen = 0;
  std::uint64_t trades = 0;
  __int128 filed_fen = 0;
  std::uint64_t filed = 0;
};

}  // namespace

__int128 figure_value(const Scope& scope, GroupBy by, std::string_view key, Figure figure) {
  const Grouper grouper(scope, by);
  Adder adder;
  walk_figures(scope, grouper, {}, adder);
  for (const auto& [group, sums] : adder.sums()) {
    if (grouper.name(group).key == key) return sums[static_cast<std::size_t>(figure)];
  }
  return 0;
}

std::string figure_query(const Scope& scope, GroupBy by, std::string_view key, Figure figure) {
  return entries_query(scope, {by, {}}, figure_info(figure).id, key);
}

std::string as_of_query(std::string path, const AsOf& as_of) {
  const std::string text = as_of_text(as_of);
  return text.empty() ? path : path.append("?").append(text, 1);
}

std::string as_of_text(const AsOf& as_of) {
  if (as_of.size == 0) return {};
  return "&as_of=" + std::to_string(as_of.size - 1) + "@" + format_date(shanghai_day(as_of.now));
}

Json big_number(__int128 value) {
  if (value >= -kMaxSafeInteger && value <= kMaxSafeInteger) return static_cast<std::int64_t>(value);
  const bool negative = value < 0;
  auto rest = static_cast<unsigned __int128>(negative ? -value : value);
  std::string digits;
  for (; rest != 0; rest /= 10) digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

Result<Json> stats(const Scope& scope, const Query& query) {
  const auto asked = read_asked(query);
  if (!asked) return std::unexpected(asked.error());
  const Grouper by(scope, asked->by);
  Adder adder;
  walk_figures(scope, by, asked->period, adder);

  std::map<std::string, Json> items;
  Sums totals{};
  for (const auto& [group, sums] : adder.sums()) {
    const GroupName name = by.name(group);
    for (std::size_t i = 0; i < kFigures; ++i) totals[i] += sums[i];
    items[name.key] = Json{{"key", name.key},
                           {"name", name.en},
                           {"name_zh", name.zh},
                           {"figures", figures_json(scope, *asked, sums, name.key)},
                           {"ratios", ratios_json(sums)}};
  }
  Json list = Json::array();
  for (auto& [key, item] : items) list.push_back(std::move(item));
  Asked whole = *asked;
  whole.by = GroupBy::all;
  return Json{{"group", state::name_of(asked->by)},
              {"items", std::move(list)},
              {"totals", {{"figures", figures_json(scope, whole, totals, "all")}, {"ratios", ratios_json(totals)}}},
              {"legend", legend()}};
}

Result<Json> stats_entries(const Scope& scope, const Query& query, const Part& part) {
  const auto asked = read_asked(query);
  if (!asked) return std::unexpected(asked.error());
  const std::string* id = member(query, "figure");
  const auto figure = id == nullptr ? std::nullopt : figure_by_id(*id);
  if (!figure) return fail(ErrorCode::value_range, "figure must be one of those that /v1/stats lists", "?figure");
  const std::string* key = member(query, "key");
  if (key == nullptr && asked->by != GroupBy::all) {
    return fail(ErrorCode::bad_request, "key says which group of " + std::string(state::name_of(asked->by)), "?key");
  }
  const auto skip = part_start(part);
  if (!skip) return std::unexpected(skip.error());
  const Grouper by(scope, asked->by);
  Lister lister(scope, by,
                {.figure = *figure,
                 .key = key == nullptr ? std::string_view("all") : std::string_view(*key),
                 .buyers = member(query, "buyers"),
                 .skip = *skip,
                 .limit = part.limit});
  walk_figures(scope, by, asked->period, lister);
  return lister.finish();
}

Result<Json> flow(const Scope& scope, const Query& query) {
  GroupBy level = GroupBy::province;
  if (const std::string* text = member(query, "level")) {
    const auto by = group_by(*text);
    if (!by || (*by != GroupBy::province && *by != GroupBy::city && *by != GroupBy::region_group)) {
      return fail(ErrorCode::value_range, "level must be province, city or region_group", "?level");
    }
    level = *by;
  }
  const auto period = period_members(query);
  if (!period) return std::unexpected(period.error());
  const Grouper by(scope, level);
  const auto& tables = scope.tables();
  const auto place = [&](std::uint32_t region) {
    TradeRow at;
    at.seller_region = region;
    return by.of(at, at.day);
  };

  std::map<std::pair<Group, Group>, Stream> streams;
  std::vector<std::pair<Group, Group>> of_trade;
  tables.trades.each(scope.count(tables.trades), [&](std::size_t, const TradeRow& row) {
    of_trade.emplace_back(place(row.buyer_region), place(row.seller_region));
    if (period->holds(row.day)) ++streams[of_trade.back()].trades;
  });
  scope.each(tables.money, [&](const MoneyRow& row) {
    if (period->holds(row.day)) streams[of_trade[row.trade]].net_fen += row.fen;
  });
  for (const RowIndex index : scope.last_rows(tables.filings, &FilingRow::filing)) {
    const FilingRow& row = tables.filings[index];
    if (row.status != FilingStatus::confirmed || !period->holds(row.day)) continue;
    Stream& stream = streams[{by.of_buyer({row.seq, Filing::kKind, row.filing, row.buyer}), by.of(row)}];
    stream.filed_fen += row.amount_fen;
    ++stream.filed;
  }

  const Asked sellers{level, *period};
  const auto query_of = [&](Figure figure, const std::string& from, const std::string& to) {
    return entries_query(scope, sellers, figure_info(figure).id, to) + "&buyers=" + query_text(from);
  };
  Json items = Json::array();
  for (const auto& [ends, stream] : streams) {
    const GroupName from = by.name(ends.first);
    const GroupName to = by.name(ends.second);
    items.push_back({{"buyers", from.key},
                     {"buyers_zh", from.zh},
                     {"sellers", to.key},
                     {"sellers_zh", to.zh},
                     {"platform",
                      {{"trades", stream.trades},
                       {"net_fen", big_number(stream.net_fen)},
                       {"query", query_of(Figure::platform_net_fen, from.key, to.key)}}},
                     {"filed",
                      {{"confirmed", stream.filed},
                       {"confirmed_fen", big_number(stream.filed_fen)},
                       {"query", query_of(Figure::filed_confirmed_fen, from.key, to.key)}}}});
  }
  std::sort(items.begin(), items.end(), [](const Json& a, const Json& b) {
    return std::pair(a["buyers"], a["sellers"]) < std::pair(b["buyers"], b["sellers"]);
  });
  return Json{{"level", state::name_of(level)},
              {"labels",
               {{"platform", "net of refunds, by bank date; regions as at the agreement"},
                {"filed", "confirmed filings, by first day of the contract; not part of platform"}}},
              {"items", std::move(items)}};
}

}  // namespace dengji::contracts::insight
