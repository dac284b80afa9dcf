#include "contracts/insight/targets.hpp"

#include "contracts/common/reference_policies.hpp"
#include "contracts/list/cases.hpp"
#include "contracts/list/lists.hpp"
#include "crypto/base64.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::contracts::insight {
namespace {

struct Measure {
  std::string rule;
  MeasureForm form;
};

// The plan's targets by the end of 2027.
std::vector<Measure> built_in() {
  const Date by = *make_date(2027, 12, 31);
  const auto measure = [&](std::int64_t number, const char* name, MeasureCount counts, const char* list,
                           std::int64_t target) {
    MeasureForm form;
    form.number = number;
    form.name = name;
    form.counts = counts;
    if (*list != 0) form.list = list;
    form.target = target;
    form.by = by;
    return Measure{"built-in", form};
  };
  return {measure(1, "高质量数据集", MeasureCount::registered_datasets, "", 1'000),
          measure(2, "典型应用案例", MeasureCount::cases, "", 100),
          measure(3, "重点企业", MeasureCount::list_items, "key_enterprise", 10),
          measure(4, "基地", MeasureCount::list_items, "base", 3)};
}

struct Reached {
  __int128 value = 0;
  std::string query;
};

class Counter {
 public:
  Counter(const Scope& scope, const state::ReadView& view) : scope_(scope), view_(view) {}

  Reached reached(const MeasureForm& form) const {
    switch (form.counts) {
      case MeasureCount::registered_datasets:
        return figure(form, Figure::datasets_registered);
      case MeasureCount::certified_datasets:
        return figure(form, Figure::datasets_certified);
      case MeasureCount::trades:
        return figure(form, Figure::platform_trades);
      case MeasureCount::settled_fen:
        return figure(form, Figure::platform_net_fen);
      case MeasureCount::filings:
        return figure(form, Figure::filed_confirmed);
      case MeasureCount::cases:
        return cases(form);
      case MeasureCount::list_items:
        return list_items(form);
      case MeasureCount::organisations:
        break;
    }
    return organisations();
  }

 private:
  Reached figure(const MeasureForm& form, Figure figure) const {
    const GroupBy by = form.industry ? GroupBy::industry : GroupBy::all;
    return {figure_value(scope_, by, form.industry.value_or("all"), figure),
            figure_query(scope_, by, form.industry.value_or("all"), figure)};
  }

  bool of_industry(const std::optional<std::string>& dataset, const MeasureForm& form) const {
    if (!form.industry) return true;
    const auto object = dataset ? state::find_object<Dataset>(view_, *dataset) : std::nullopt;
    return object && object->application.industry == *form.industry;
  }

  Reached cases(const MeasureForm& form) const {
    Reached reached{0, as_of_query("/v1/cases", scope_.as_of())};
    each<Case>([&](const Case& submitted) {
      if (of_industry(submitted.dataset, form)) ++reached.value;
    });
    return reached;
  }

  Reached list_items(const MeasureForm& form) const {
    Reached reached{0, "/v1/lists?list=" + form.list.value_or("") + as_of_text(scope_.as_of())};
    each<ListItem>([&](const ListItem& item) {
      if (item.status == ListStatus::removed || state::name_of(item.listing.list) != form.list.value_or("")) return;
      if (of_industry(item.listing.dataset, form)) ++reached.value;
    });
    return reached;
  }

  Reached organisations() const {
    Reached reached{0, as_of_query("/v1/orgs", scope_.as_of())};
    for (const RowIndex row : scope_.last_rows(scope_.tables().orgs, &OrgRow::party)) {
      if (scope_.tables().orgs[row].org.status == OrgStatus::active) ++reached.value;
    }
    return reached;
  }

  template <class T, class Visit>
  void each(Visit&& visit) const {
    const std::string prefix = state::object_prefix(T::kKind);
    view_.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
      visit(decode<T>(record));
      return true;
    });
  }

  const Scope& scope_;
  const state::ReadView& view_;
};

}  // namespace

Result<Json> targets(const Scope& scope, const state::ReadView& view, const Query& query) {
  const std::string* region = member(query, "region");
  if (region != nullptr && !is_region(*region)) {
    return fail(ErrorCode::value_format, "region must be a code such as 320000", "?region");
  }
  std::vector<Measure> measures;
  for (const Policy& policy :
       measures_on(view, region == nullptr ? kProvince : std::string_view(*region), scope.today())) {
    if (policy.measure) measures.push_back({policy.rule(), *policy.measure});
  }
  if (measures.empty()) measures = built_in();
  const Counter counter(scope, view);
  Json items = Json::array();
  if (scope.as_of().size == 0) return Json{{"items", std::move(items)}};
  for (const Measure& measure : measures) {
    const Reached reached = counter.reached(measure.form);
    Json item{{"number", measure.form.number},
              {"name", measure.form.name},
              {"rule", measure.rule},
              {"counts", state::name_of(measure.form.counts)},
              {"target", measure.form.target},
              {"by", format_date(measure.form.by)},
              {"days_left", measure.form.by.days - scope.today().days},
              {"reached", big_number(reached.value)},
              {"reached_ppm", big_number(reached.value * 1'000'000 / measure.form.target)},
              {"query", reached.query}};
    if (measure.form.list) item["list"] = *measure.form.list;
    if (measure.form.industry) item["industry"] = *measure.form.industry;
    items.push_back(std::move(item));
  }
  return Json{{"items", std::move(items)}};
}

}  // namespace dengji::contracts::insight
