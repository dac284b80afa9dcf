#include "contracts/export/exports.hpp"

#include <algorithm>
#include <array>

#include "contracts/common/reference_policies.hpp"
#include "contracts/registration/registration.hpp"
#include "contracts/trade/trades.hpp"
#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = ExportVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::exporter_not_holder, "exporter_not_holder", "Only the holder of a data set declares its export",
        "仅数据集持有人可申报出境", 403),
    row(V::dataset_not_in_force, "export_dataset_not_registered", "The data set is not registered, or not in force",
        "数据集未登记或登记未生效"),
    row(V::important_not_said, "export_important_not_said",
        "A data set of grade important is declared as holding important data", "重要级数据集须申报为含重要数据"),
    row(V::sensitive_exceed_people, "export_sensitive_exceed_people",
        "More people with sensitive data than people in all", "敏感个人信息人数超过总人数"),
    row(V::country_form, "export_country_form", "The destination is no country code abroad",
        "目的地须为境外国家或地区代码"),
    row(V::route_reference_missing, "export_route_reference_missing",
        "The assessment, contract filing or certificate has no number", "缺少评估、合同备案或认证编号"),
    row(V::route_insufficient, "export_route_insufficient",
        "With what was accepted since 1 January the export needs a stronger route", "按年度累计须采用更严格的出境路径"),
    row(V::authority_unfit, "export_authority_unfit", "The authority named does not hold the role cyberspace",
        "所列机构不是网信部门"),
    row(V::decided, "export_decided", "The declaration has been decided or withdrawn", "该申报已有结论或已撤回"),
    row(V::decided_by_other, "export_decided_by_other", "The declaration names another authority",
        "该申报由其他机构决定", 403),
    row(V::decider_related, "export_decider_related", "The authority is related to the exporter",
        "决定机构与申报方存在关联"),
    row(V::not_the_exporter, "not_the_exporter", "Only the exporter withdraws its declaration", "仅申报方可以撤回",
        403),
};

constexpr std::string_view kHome = "CN";

// Those in force where the exporter has its seat.
ExportThresholdsForm limits_for(const EntryTx& tx, const OrgId& exporter) {
  const auto org = tx.find<Org>(exporter.text);
  LEDGER_ASSERT(org);  // the holder of a data set
  return export_thresholds_on(tx.view(), org->region, tx.context().day());
}

std::string people_text(std::int64_t people, std::int64_t sensitive) {
  return std::to_string(people) + " people, " + std::to_string(sensitive) + " of them with sensitive data";
}

int step_of(ExportRoute route) {
  switch (route) {
    case ExportRoute::none:
      return 0;
    case ExportRoute::contract:
    case ExportRoute::certification:
      return 1;
    case ExportRoute::assessment:
      break;
  }
  return 2;
}

ExportTotal total_so_far(const EntryTx& tx, const OrgId& exporter) {
  const std::int64_t year = tx.context().year();
  auto total = tx.find<ExportTotal>(ExportTotal::id(exporter, year));
  return total ? *total : ExportTotal{.exporter = exporter, .year = year};
}

// Judged when it is declared and again when it is accepted: others may have been accepted in between.
Verdict check_route(const EntryTx& tx, const OrgId& exporter, const ExportDeclareBody& declaration,
                    std::string_view pointer) {
  const ExportTotal so_far = total_so_far(tx, exporter);
  const ExportNeed need = export_need(so_far, declaration, limits_for(tx, exporter));
  if (step_of(declaration.route) >= step_of(need.route)) return {};
  const std::string_view wanted =
      need.route == ExportRoute::assessment ? "a security assessment" : "a standard contract or a certification";
  return refuse(V::route_insufficient,
                "accepted in " + std::to_string(so_far.year) + ": " +
                    people_text(so_far.people, so_far.sensitive_people) + "; with this one " +
                    people_text(need.people, need.sensitive_people) +
                    (declaration.important_data ? ", important data" : "") + ": " + std::string(wanted) +
                    " is needed, not " + std::string(name_of(declaration.route)),
                std::string(pointer));
}

// --- export.declare
Verdict check_exporter(const EntryTx& tx, const Dataset& dataset) {
  const OrgId& exporter = tx.context().org("seller");
  if (exporter == dataset.holder) return {};
  return refuse(V::exporter_not_holder, "dataset " + dataset.label() + " is held by " + dataset.holder.text,
                "/parties/0/org");
}

Verdict check_declared(const EntryTx& tx, const Dataset& dataset, const ExportDeclareBody& body) {
  if (!registration_in_force(dataset, tx.context().time)) {
    return refuse(V::dataset_not_in_force,
                  "dataset " + dataset.label() + " is " + std::string(effective_status(dataset, tx.context().day())) +
                      "; it must be registered",
                  "/body/dataset");
  }
  if (dataset.application.grade == Grade::important && !body.important_data) {
    return refuse(V::important_not_said, "dataset " + dataset.label() + " has grade important", "/body/important_data");
  }
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!std::all_of(body.country.begin(), body.country.end(), upper) || body.country == kHome) {
    return refuse(V::country_form, body.country + "; two capital letters of ISO 3166-1, such as SG", "/body/country");
  }
  if (body.authority) {
    const auto authority = tx.need<Org>(body.authority->text, "/body/authority");
    if (!authority) return std::unexpected(authority.error());
    if (!authority->has_role(Role::cyberspace)) {
      return refuse(V::authority_unfit, body.authority->text + "; leave it out or name one that does",
                    "/body/authority");
    }
  }
  if (body.trade) {
    const auto trade = tx.need<Trade>(body.trade->text, "/body/trade");
    if (!trade) return std::unexpected(trade.error());
  }
  return {};
}

Verdict check_figures(const ExportDeclareBody& body) {
  if (body.sensitive_people > body.people) {
    return refuse(V::sensitive_exceed_people, people_text(body.people, body.sensitive_people),
                  "/body/sensitive_people");
  }
  if (body.route != ExportRoute::none && !body.route_ref) {
    return refuse(V::route_reference_missing, "route " + std::string(name_of(body.route)), "/body/route_ref");
  }
  return {};
}

// What the registration says otherwise is for the authority to weigh.
void flag_differences(EntryTx& tx, const Export& declaration, const DatasetApplication& registered) {
  std::vector<std::string> members;
  if (!registered.cross_border) members.emplace_back("cross_border");
  if (!registered.personal_data && declaration.declaration.people > 0) members.emplace_back("personal_data");
  if (!members.empty()) tx.flag(Export::kKind, declaration.id, "registration_differs", std::move(members));
}

void about_export(EntryTx& tx, const Export& declaration) {
  tx.subject(Export::kKind, declaration.id);
  for (const OrgId& org : declaration.readers()) tx.reader(org);
}

Verdict apply_export_declare(EntryTx& tx, const ExportDeclareBody& body) {
  const auto dataset = tx.need<Dataset>(body.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  DENGJI_TRY(check_exporter(tx, *dataset));
  DENGJI_TRY(check_declared(tx, *dataset, body));
  DENGJI_TRY(check_figures(body));
  DENGJI_TRY(check_route(tx, dataset->holder, body, "/body/route"));
  Export declaration{.id = crypto::to_b64(tx.context().entry_id),
                     .exporter = dataset->holder,
                     .declaration = body,
                     .declared_on = tx.context().day(),
                     .declared_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  declaration.declaration.dataset = dataset->id;
  tx.create(declaration);
  tx.status(Export::kKind, declaration.id, "", name_of(declaration.status));
  flag_differences(tx, declaration, dataset->application);
  about_export(tx, declaration);
  return {};
}

// --- export.decide, export.withdraw
Verdict check_decider(const EntryTx& tx, const Export& declaration) {
  const OrgId& authority = tx.context().org("cyberspace");
  const auto& named = declaration.declaration.authority;
  if (named && *named != authority) {
    return refuse(V::decided_by_other, "declaration " + declaration.id + " is for " + named->text, "/parties/0/org");
  }
  if (authority == declaration.exporter) {
    return refuse(General::same_party, authority.text + " is the exporter; another authority decides", "/parties");
  }
  const auto mine = tx.find<Org>(authority.text);
  const auto theirs = tx.find<Org>(declaration.exporter.text);
  const Date day = tx.context().day();
  if (mine && theirs && related(*mine, *theirs, {day, day})) {
    return refuse(V::decider_related, authority.text + " and " + declaration.exporter.text + "; another one decides",
                  "/parties");
  }
  return {};
}

Verdict check_undecided(const EntryTx& tx, const Export& declaration) {
  if (declaration.status == ExportStatus::declared) return {};
  return refuse(V::decided,
                "declaration " + declaration.id + " is " + std::string(name_of(declaration.status)) + "; " +
                    std::string(tx.context().type) + " needs declared",
                "/body/declaration");
}

void end_declaration(EntryTx& tx, Export& declaration, ExportStatus to, const std::string& reason) {
  tx.status(Export::kKind, declaration.id, name_of(declaration.status), name_of(to));
  declaration.status = to;
  declaration.reason = reason;
  tx.put(declaration);
  about_export(tx, declaration);
}

void count_export(EntryTx& tx, const Export& declaration) {
  ExportTotal total = total_so_far(tx, declaration.exporter);
  const ExportNeed sum = export_need(total, declaration.declaration, {});
  ++total.declarations;
  total.people = sum.people;
  total.sensitive_people = sum.sensitive_people;
  total.important += declaration.declaration.important_data ? 1 : 0;
  tx.put(total);
}

// What was decided by stays with the declaration, whatever the policy says later.
void accept_until(EntryTx& tx, Export& declaration) {
  declaration.limits = limits_for(tx, declaration.exporter);
  const int months = static_cast<int>(12 * declaration.limits->valid_years);
  declaration.valid_to = add_days(add_months(tx.context().day(), months), -1);
  tx.deadline(Export::kKind, declaration.id, "export", *declaration.valid_to);
}

Verdict apply_export_decide(EntryTx& tx, const ExportDecideBody& body) {
  auto declaration = tx.need<Export>(body.declaration, "/body/declaration");
  if (!declaration) return std::unexpected(std::move(declaration.error()));
  DENGJI_TRY(check_decider(tx, *declaration));
  DENGJI_TRY(check_undecided(tx, *declaration));
  if (body.accept) {
    const auto dataset = tx.need<Dataset>(declaration->declaration.dataset, "/body/declaration");
    if (!dataset) return std::unexpected(dataset.error());
    if (!registration_in_force(*dataset, tx.context().time)) {
      return refuse(V::dataset_not_in_force,
                    "dataset " + dataset->label() + " is " +
                        std::string(effective_status(*dataset, tx.context().day())) + "; refuse the declaration",
                    "/body/accept");
    }
    DENGJI_TRY(check_route(tx, declaration->exporter, declaration->declaration, "/body/accept"));
    count_export(tx, *declaration);
    accept_until(tx, *declaration);
  }
  declaration->decided_by = tx.context().org("cyberspace");
  declaration->decided_on = tx.context().day();
  declaration->decided_seq = static_cast<std::int64_t>(tx.context().seq.value);
  end_declaration(tx, *declaration, body.accept ? ExportStatus::accepted : ExportStatus::refused, body.reason);
  return {};
}

Verdict apply_export_withdraw(EntryTx& tx, const ExportWithdrawBody& body) {
  auto declaration = tx.need<Export>(body.declaration, "/body/declaration");
  if (!declaration) return std::unexpected(std::move(declaration.error()));
  if (tx.context().org("seller") != declaration->exporter) {
    return refuse(V::not_the_exporter, "declaration " + declaration->id + " is of " + declaration->exporter.text,
                  "/parties/0/org");
  }
  DENGJI_TRY(check_undecided(tx, *declaration));
  end_declaration(tx, *declaration, ExportStatus::withdrawn, body.reason);
  return {};
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "export";
  constexpr auto kSupervised = Visibility::supervised;
  return {
      entry_type<ExportDeclareBody, &apply_export_declare>(
          "export.declare", kArea,
          {"The holder of a data set declares its export and the route that it takes", "申报数据出境"},
          {{{"seller"}, 1, 1}}, kSupervised),
      entry_type<ExportDecideBody, &apply_export_decide>(
          "export.decide", kArea,
          {"The cyberspace administration accepts or refuses a declared export; what it accepts counts for the year",
           "网信部门决定是否准予出境，准予的计入年度累计"},
          {{{"cyberspace"}, 1, 1}}, kSupervised),
      entry_type<ExportWithdrawBody, &apply_export_withdraw>(
          "export.withdraw", kArea,
          {"The exporter takes back a declaration that is not decided", "撤回未决定的出境申报"}, {{{"seller"}, 1, 1}},
          kSupervised),
  };
}

// Sums stay integers of JSON: beyond them every threshold has long been crossed.
std::int64_t capped_sum(std::int64_t a, std::int64_t b) {
  return std::min(a + b, kMaxSafeInteger);
}

}  // namespace

ExportNeed export_need(const ExportTotal& so_far, const ExportDeclareBody& declaration,
                       const ExportThresholdsForm& limits) {
  ExportNeed need{capped_sum(so_far.people, declaration.people),
                  capped_sum(so_far.sensitive_people, declaration.sensitive_people), ExportRoute::none};
  const bool people = declaration.people > 0;
  if (declaration.important_data ||
      (people && (need.people >= limits.people_assessment || need.sensitive_people >= limits.sensitive_assessment))) {
    need.route = ExportRoute::assessment;
  } else if (people && (need.people >= limits.people_contract || need.sensitive_people >= limits.sensitive_contract)) {
    need.route = ExportRoute::contract;
  }
  return need;
}

bool export_route_does(const ExportTotal& so_far, const Export& declaration) {
  const ExportNeed need =
      export_need(so_far, declaration.declaration, declaration.limits.value_or(ExportThresholdsForm{}));
  return step_of(declaration.declaration.route) >= step_of(need.route);
}

void Export::indexes(const Export& declaration, IndexSink& sink) {
  sink.add("exporter", declaration.exporter.text);
  sink.add("dataset", declaration.declaration.dataset);
  sink.add("country", declaration.declaration.country);
  sink.add("status", name_of(declaration.status));
  if (declaration.valid_to) index_lapse(sink, *declaration.valid_to);
}

std::vector<Deadline> Export::deadlines(const Export& declaration, DeadlineCall&) {
  if (!declaration.valid_to) return {};
  const Date since = declaration.decided_on.value_or(declaration.declared_on);
  return {{"export", since, *declaration.valid_to, "seller", declaration.exporter, true}};
}

std::vector<OrgId> Export::readers() const {
  std::vector<OrgId> orgs{exporter};
  if (declaration.authority) orgs.push_back(*declaration.authority);
  if (decided_by && decided_by != declaration.authority) orgs.push_back(*decided_by);
  return orgs;
}

std::string ExportTotal::id(const OrgId& exporter, std::int64_t year) {
  return exporter.text + "-" + std::to_string(year);
}

void ExportTotal::indexes(const ExportTotal& total, IndexSink& sink) {
  sink.add("exporter", total.exporter.text);
  sink.add("year", std::to_string(total.year));
}

void ExportTotal::extend_json(const ExportTotal& total, const ReadView&, LedgerTime, Json& json) {
  json["id"] = total.object_id();
}

const Area& export_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Export>("exports", {"Declared exports by entry_id", "数据出境申报"}, Visibility::supervised,
                          {{"exporter", "Who exports"},
                           {"dataset", "Id of the data set"},
                           {"country", "Destination"},
                           {"status", "declared, accepted, refused or withdrawn"}}),
      object_kind<ExportTotal>(
          "export_totals", {"What an exporter has had accepted in a year, by <exporter>-<year>", "数据出境年度累计"},
          Visibility::supervised, {{"exporter", "Who exports"}, {"year", "Calendar year"}}),
  };
  static const Area area{"export", 1100, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
