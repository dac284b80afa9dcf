#include "contracts/insight/inspections.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "contracts/common/policies.hpp"
#include "contracts/insight/finders.hpp"
#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"

namespace dengji::contracts::insight {
namespace {

std::vector<Threshold> thresholds_of(const Scope& scope, const state::ReadView& view, const InspectionRules& rules) {
  if (rules.threshold_fen > 0) return {{"threshold_fen of the query", rules.threshold_fen}};
  std::vector<Threshold> found;
  const std::string prefix = state::object_prefix(Policy::kKind);
  view.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
    const auto policy = decode<Policy>(record);
    const bool in_force =
        policy.effective_from <= scope.today() && (!policy.effective_to || scope.today() <= *policy.effective_to);
    if (!in_force || !policy.subsidy_line) return true;
    if (policy.subsidy_line->threshold_fen > Fen(0)) {
      found.push_back({policy.rule() + " threshold", policy.subsidy_line->threshold_fen.value()});
    }
    for (const Tier& tier : policy.subsidy_line->tiers) {
      if (tier.upto_fen) found.push_back({policy.rule() + " tier", tier.upto_fen->value()});
    }
    return true;
  });
  // One amount is looked for once, whoever sets it.
  std::sort(found.begin(), found.end(),
            [](const Threshold& a, const Threshold& b) { return std::tie(a.fen, a.rule) < std::tie(b.fen, b.rule); });
  found.erase(
      std::unique(found.begin(), found.end(), [](const Threshold& a, const Threshold& b) { return a.fen == b.fen; }),
      found.end());
  return found;
}

std::unique_ptr<Finder> finder_of(InspectionKind kind, const Scope& scope, const state::ReadView& view,
                                  const InspectionRules& rules) {
  switch (kind) {
    case InspectionKind::cycle:
      return find_cycles(scope, rules);
    case InspectionKind::common_controller:
      return find_common_controllers(scope, rules);
    case InspectionKind::split_contract:
      return find_split_contracts(scope, rules, thresholds_of(scope, view, rules));
    case InspectionKind::price_outlier:
      return find_price_outliers(scope, rules);
    case InspectionKind::voucher_twice:
      break;
  }
  return find_same_papers(scope, rules);
}

struct Place {
  std::size_t kind = 0;  // among the kinds asked
  std::size_t index = 0;
};

std::optional<Place> read_place(std::string_view text) {
  Place place;
  if (text.empty()) return place;
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto read = [](std::string_view digits, std::size_t& value) {
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return ec == std::errc{} && end == digits.data() + digits.size();
  };
  if (!read(text.substr(0, dot), place.kind) || !read(text.substr(dot + 1), place.index)) return std::nullopt;
  return place;
}

}  // namespace

Result<InspectionRules> inspection_rules(const Query& query) {
  InspectionRules rules;
  auto period = period_members(query);
  if (!period) return std::unexpected(std::move(period.error()));
  rules.period = *period;
  struct Member {
    std::string_view name;
    std::int64_t InspectionRules::* value;
    std::int64_t min;
    std::int64_t max;
  };
  static constexpr Member kMembers[] = {
      {"window_days", &InspectionRules::window_days, 0, 3'660},
      {"max_length", &InspectionRules::max_length, 2, 6},
      {"lookback_days", &InspectionRules::lookback_days, 0, 3'660},
      {"k_ppm", &InspectionRules::k_ppm, 0, 100'000'000},
      {"split_days", &InspectionRules::split_days, 0, 3'660},
      {"near_ppm", &InspectionRules::near_ppm, 0, 1'000'000},
      {"threshold_fen", &InspectionRules::threshold_fen, 1, kMaxSafeInteger},
  };
  for (const Member& one : kMembers) {
    const auto value = number_member(query, one.name, {.min = one.min, .max = one.max, .otherwise = rules.*one.value});
    if (!value) return std::unexpected(value.error());
    rules.*one.value = *value;
  }
  return rules;
}

Json finding_json(const Finding& finding) {
  const std::string_view kind = state::name_of(finding.kind);
  const std::string hash = crypto::to_b64(crypto::sha256(std::string(kind) + "|" + finding.mark));
  Json objects = Json::array();
  std::vector<std::pair<std::string_view, std::string>> told;
  for (const auto& object : finding.objects) {
    if (std::find(told.begin(), told.end(), object) != told.end()) continue;
    told.push_back(object);
    objects.push_back({{"kind", object.first}, {"id", object.second}});
  }
  return Json{{"id", std::string(kind) + "-" + hash.substr(0, 16)},
              {"kind", kind},
              {"why", finding.why},
              {"why_zh", finding.why_zh},
              {"day", format_date(finding.day)},
              {"figures", finding.figures},
              {"entries", finding.entries},
              {"entries_total", finding.entries_total},
              {"objects", std::move(objects)}};
}

Result<Json> inspections(const Scope& scope, const state::ReadView& view, const Query& query, const Part& part) {
  const auto rules = inspection_rules(query);
  if (!rules) return std::unexpected(rules.error());
  std::vector<InspectionKind> kinds;
  if (const std::string* asked = member(query, "kind")) {
    const auto kind = state::enum_of<InspectionKind>(*asked);
    if (!kind) {
      return fail(ErrorCode::value_range,
                  "kind must be cycle, common_controller, split_contract, price_outlier or voucher_twice", "?kind");
    }
    kinds.push_back(*kind);
  } else {
    for (std::size_t i = 0; i < kInspectionKinds; ++i) kinds.push_back(static_cast<InspectionKind>(i));
  }
  auto place = read_place(part.after);
  if (!place) return fail(ErrorCode::bad_request, "not a cursor of ours", "?cursor");

  Json items = Json::array();
  Json searches = Json::object();
  std::optional<Place> next;
  for (std::size_t i = place->kind; i < kinds.size() && !next; ++i) {
    const auto finder = finder_of(kinds[i], scope, view, *rules);
    Json search{{"count", finder->count()}};
    if (Json how = finder->search(); !how.is_null()) search.update(how);
    searches[std::string(state::name_of(kinds[i]))] = std::move(search);
    for (std::size_t index = i == place->kind ? place->index : 0; index < finder->count(); ++index) {
      if (items.size() == part.limit) {
        next = Place{i, index};
        break;
      }
      items.push_back(finding_json(finder->at(index)));
    }
  }
  Json body{{"items", std::move(items)}, {"searches", std::move(searches)}};
  if (next) body["next"] = std::to_string(next->kind) + "." + std::to_string(next->index);
  return body;
}

}  // namespace dengji::contracts::insight
