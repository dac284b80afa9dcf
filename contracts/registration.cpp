#include "contracts/registration.hpp"

#include <algorithm>
#include <array>

#include "contracts/common/calendar.hpp"
#include "contracts/common/first_registration.hpp"
#include "contracts/common/policies.hpp"
#include "contracts/common/vocabularies.hpp"
#include "contracts/fees.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = RegistrationVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::core_grade, "core_grade", "Core-grade data is never registered", "核心数据不予登记"),
    row(V::approval_missing, "approval_missing", "Important-grade data needs its approval", "重要数据须附批准文号"),
    row(V::authorisation_missing, "authorisation_missing", "Publicly authorised data needs the authorisation's number",
        "公共数据授权须附授权编号"),
    row(V::manifest_inconsistent, "manifest_inconsistent", "The manifest does not agree with its own file list",
        "清单与其文件列表不一致"),
    row(V::co_holder_shares, "co_holder_shares",
        "Co-holders are distinct, none is the applicant, and their shares leave the applicant a part",
        "共有人须各不相同、不含申请人，且份额之和小于全部"),
    row(V::vocabulary_unknown, "vocabulary_unknown", "The word is not in the vocabulary", "词汇表中没有该词"),
    row(V::parent_not_registered, "parent_not_registered", "A parent is not registered, or no longer in force",
        "来源数据集未登记或已失效"),
    row(V::licence_exceeds_parent, "licence_exceeds_parent", "The licence allows more than a parent's",
        "许可范围超出来源数据集"),
    row(V::coverage_order, "coverage_order", "The last day covered lies before the first", "覆盖时间首尾颠倒"),
    row(V::not_the_applicant, "not_the_applicant", "The signer is not the applicant", "签名方不是申请人", 403),
    row(V::reviewer_related, "dataset_reviewer_related", "The registrar is related to the applicant",
        "登记机构与申请人存在关联"),
    row(V::wrong_status, "dataset_status", "The data set's status does not allow this", "数据集当前状态不允许此操作"),
    row(V::reason_missing, "review_reason_missing", "A refusal or a request for more says why",
        "不予受理或要求补正须说明理由"),
    row(V::conflict_leads, "conflict_leads", "Another application leads for this manifest root and right",
        "同一清单与权利已有在先申请"),
    row(V::notice_running, "notice_running", "The public notice has not ended", "公示期未满"),
    row(V::source_ended, "source_ended", "The agreement with the source has ended", "来源协议已到期"),
};

// --- names
std::string describe(const Dataset& dataset, Date day) {
  return "dataset " + dataset.label() + " is " + std::string(effective_status(dataset, day));
}

std::string lead_key(const Manifest& manifest, Right right) {
  return join_key({"lead", crypto::to_b64(manifest.root), name_of(right)});
}

// --- the application form
Verdict check_words(Vocabulary vocabulary, const std::vector<std::string>& used, std::string_view pointer) {
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!find_word(vocabulary, used[i])) {
      return refuse(V::vocabulary_unknown, used[i] + "; one of " + codes_of(vocabulary),
                    std::string(pointer) + "/" + std::to_string(i));
    }
  }
  return {};
}

Verdict check_vocabularies(const DatasetApplication& form, const std::string& at) {
  if (!find_word(Vocabulary::industry, form.industry)) {
    return refuse(V::vocabulary_unknown, form.industry + "; one of " + codes_of(Vocabulary::industry),
                  at + "/industry");
  }
  DENGJI_TRY(check_words(Vocabulary::modality, form.modalities, at + "/modalities"));
  if (form.stages) DENGJI_TRY(check_words(Vocabulary::stage, *form.stages, at + "/stages"));
  if (form.label_methods) {
    DENGJI_TRY(check_words(Vocabulary::label_method, *form.label_methods, at + "/label_methods"));
  }
  return {};
}

Verdict check_grade_and_source(const DatasetApplication& form, const std::string& at) {
  if (form.grade == Grade::core) {
    return refuse(V::core_grade, "grades important and general can be registered", at + "/grade");
  }
  if (form.grade == Grade::important && !form.approval_ref) {
    return refuse(V::approval_missing, "name it in approval_ref", at + "/approval_ref");
  }
  if (form.source.kind == SourceKind::public_authorised && !form.source.authorisation_no) {
    return refuse(V::authorisation_missing, "name it in authorisation_no", at + "/source/authorisation_no");
  }
  return {};
}

Verdict check_manifest(const Manifest& manifest, const std::string& at) {
  if (!manifest.list) return {};
  const auto& list = *manifest.list;
  const auto wrong = [&](std::string context, std::string_view member) {
    return refuse(V::manifest_inconsistent, std::move(context), at + "/manifest" + std::string(member));
  };
  if (static_cast<std::int64_t>(list.size()) != manifest.files) {
    return wrong(
        std::to_string(list.size()) + " files listed, " + std::to_string(manifest.files) + " counted; list all or none",
        "/files");
  }
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0 && list[i].path <= list[i - 1].path) {
      return wrong("paths ascend by bytes and differ: " + list[i].path, "/list/" + std::to_string(i) + "/path");
    }
    // 64 sizes of at most 2^53-1 cannot overflow 63 bits.
    bytes += list[i].bytes;
  }
  if (bytes != manifest.bytes) {
    return wrong("the files have " + std::to_string(bytes) + " bytes, not " + std::to_string(manifest.bytes), "/bytes");
  }
  if (const Hash32 root = manifest_root(list); root != manifest.root) {
    return wrong("the list has the root " + crypto::to_b64(root), "/root");
  }
  if (const Hash32 root = manifest_content_root(list); root != manifest.content_root) {
    return wrong("the list has the content root " + crypto::to_b64(root), "/content_root");
  }
  return {};
}

Verdict check_co_holders(const EntryTx& tx, const DatasetApplication& form, const OrgId& applicant,
                         const std::string& at) {
  if (!form.co_holders) return {};
  std::int64_t shared = 0;
  std::vector<OrgId> seen{applicant};
  for (std::size_t i = 0; i < form.co_holders->size(); ++i) {
    const CoHolder& holder = (*form.co_holders)[i];
    const std::string place = at + "/co_holders/" + std::to_string(i);
    if (std::find(seen.begin(), seen.end(), holder.org) != seen.end()) {
      return refuse(V::co_holder_shares, holder.org.text + " stands there twice", place + "/org");
    }
    if (!tx.find<Org>(holder.org.text)) {
      return refuse(General::object_unknown, "org " + holder.org.text + "; register it first", place + "/org");
    }
    seen.push_back(holder.org);
    shared += holder.ppm;
  }
  if (shared >= 1'000'000) {
    return refuse(V::co_holder_shares, "shares sum to " + std::to_string(shared) + " ppm; below 1000000 is allowed",
                  at + "/co_holders");
  }
  return {};
}

// Empty if `own` allows nothing that `parent` does not.
std::string_view licence_excess(const Licence& own, const Licence& parent) {
  if (own.commercial && !parent.commercial) return "commercial";
  if (own.derivatives && !parent.derivatives) return "derivatives";
  if (own.redistribution && !parent.redistribution) return "redistribution";
  if (parent.until && (!own.until || *own.until > *parent.until)) return "until";
  return {};
}

Verdict check_parents(const EntryTx& tx, const DatasetApplication& form, const std::string& at) {
  if (!form.parents) return {};
  for (std::size_t i = 0; i < form.parents->size(); ++i) {
    const std::string place = at + "/parents/" + std::to_string(i);
    const auto parent = tx.need<Dataset>((*form.parents)[i], place);
    if (!parent) return std::unexpected(parent.error());
    if (!registration_in_force(*parent, tx.context().time)) {
      return refuse(V::parent_not_registered, describe(*parent, tx.context().day()) + "; a parent must be registered",
                    place);
    }
    if (const auto excess = licence_excess(form.licence, parent->application.licence); !excess.empty()) {
      return refuse(V::licence_exceeds_parent, "dataset " + parent->label() + " does not allow it",
                    at + "/licence/" + std::string(excess));
    }
  }
  return {};
}

Verdict check_application(const EntryTx& tx, const DatasetApplication& form, const OrgId& applicant,
                          const std::string& at) {
  DENGJI_TRY(check_grade_and_source(form, at));
  DENGJI_TRY(check_vocabularies(form, at));
  DENGJI_TRY(check_manifest(form.manifest, at));
  if (form.coverage && form.coverage->from && form.coverage->to && *form.coverage->to < *form.coverage->from) {
    return refuse(V::coverage_order, "from " + format_date(*form.coverage->from), at + "/coverage/to");
  }
  DENGJI_TRY(check_co_holders(tx, form, applicant, at));
  return check_parents(tx, form, at);
}

// --- life cycle
std::expected<Dataset, Refusal> need_dataset(EntryTx& tx, std::string_view id) {
  auto dataset = tx.need<Dataset>(id, "/body/dataset");
  if (dataset) tx.subject(Dataset::kKind, dataset->id);
  return dataset;
}

Verdict check_status(const EntryTx& tx, const Dataset& dataset, std::initializer_list<DatasetStatus> allowed) {
  if (std::find(allowed.begin(), allowed.end(), dataset.status) != allowed.end()) return {};
  std::string names;
  for (const DatasetStatus status : allowed) names.append(names.empty() ? "" : " or ").append(name_of(status));
  return refuse(V::wrong_status,
                describe(dataset, tx.context().day()) + "; " + std::string(tx.context().type) + " needs " + names,
                "/body/dataset");
}

void change_status(EntryTx& tx, Dataset& dataset, DatasetStatus to) {
  tx.status(Dataset::kKind, dataset.id, name_of(dataset.status), name_of(to));
  dataset.status = to;
}

// Neither the applicant nor its agent decides about the application, nor anyone related to the applicant today.
Verdict check_independent(const EntryTx& tx, const Dataset& dataset) {
  const OrgId& registrar = tx.context().org("registrar");
  if (registrar == dataset.holder || registrar == dataset.agent) {
    return refuse(General::same_party,
                  registrar.text + " applied for dataset " + dataset.label() + "; another registrar decides",
                  "/parties");
  }
  const auto holder = tx.find<Org>(dataset.holder.text);
  const auto org = tx.find<Org>(registrar.text);
  const Date day = tx.context().day();
  if (holder && org && related(*org, *holder, {day, day})) {
    return refuse(V::reviewer_related, registrar.text + " and " + dataset.holder.text + "; another registrar decides",
                  "/parties");
  }
  return {};
}

// The data set that leads for the same manifest root and right, if it is another one and still live.
std::optional<Dataset> leader_before(const EntryTx& tx, const Dataset& dataset) {
  const auto id = tx.get_raw(lead_key(dataset.application.manifest, dataset.application.right));
  if (!id || *id == dataset.id) return std::nullopt;
  auto leader = tx.find<Dataset>(*id);
  if (!leader) return std::nullopt;
  const std::string_view status = effective_status(*leader, tx.context().day());
  const bool live = status == "notice" || status == "registered" || status == "frozen";
  return live ? std::move(leader) : std::nullopt;
}

Verdict apply_apply(EntryTx& tx, const DatasetApplication& form) {
  const OrgId& applicant = tx.context().org("applicant");
  const auto org = tx.need<Org>(applicant.text, "/parties/0/org");
  if (!org) return std::unexpected(org.error());
  DENGJI_TRY(check_application(tx, form, applicant, "/body"));

  Dataset dataset;
  dataset.id = crypto::to_b64(tx.context().entry_id);
  dataset.holder = applicant;
  dataset.original = applicant;
  if (const auto* agent = tx.context().party("agent")) dataset.agent = agent->org;
  dataset.region = org->region;
  dataset.application = form;
  dataset.application.manifest.list.reset();
  dataset.applied_on = tx.context().day();
  dataset.applied_seq = static_cast<std::int64_t>(tx.context().seq.value);
  tx.create(dataset);
  tx.status(Dataset::kKind, dataset.id, "", name_of(dataset.status));
  const TimeLimits limits = time_limits_on(tx.view(), org->region, dataset.applied_on);
  tx.deadline(Dataset::kKind, dataset.id, "review",
              working_days_after(tx.view(), dataset.applied_on, limits.review_working_days));
  tx.subject(Dataset::kKind, dataset.id);
  return {};
}

// The first accepted application for a root and right leads; a later one is held, without notice or fee, until it is
// reviewed again after the leader has gone.
Verdict accept(EntryTx& tx, Dataset& dataset) {
  if (const auto leader = leader_before(tx, dataset)) {
    if (dataset.status == DatasetStatus::held) {
      return refuse(V::conflict_leads, describe(*leader, tx.context().day()) + " for the same manifest root and right",
                    "/body/outcome");
    }
    dataset.held_behind = leader->id;
    change_status(tx, dataset, DatasetStatus::held);
    tx.flag(Dataset::kKind, leader->id, "conflict", {dataset.id});
    tx.put(dataset);
    return {};
  }
  const auto holder = tx.need<Org>(dataset.holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  const Date today = tx.context().day();
  dataset.accepted_on = today;
  dataset.notice_working_days = time_limits_on(tx.view(), holder->region, today).notice_working_days;
  dataset.held_behind.reset();
  tx.put_raw(lead_key(dataset.application.manifest, dataset.application.right), dataset.id);
  change_status(tx, dataset, DatasetStatus::notice);
  if (*dataset.notice_working_days > 0) {
    tx.deadline(Dataset::kKind, dataset.id, "notice", *notice_until(tx.view(), dataset));
  }
  auto fee = assess_registration_fee(tx, {dataset.id, dataset.holder, holder->region});
  if (!fee) return std::unexpected(std::move(fee.error()));
  dataset.fee = *fee;
  tx.put(dataset);
  return {};
}

Verdict apply_review(EntryTx& tx, const DatasetReviewBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::applied, DatasetStatus::held}));
  if (body.outcome != ReviewOutcome::accept && !body.reason) {
    return refuse(V::reason_missing, "outcome " + std::string(name_of(body.outcome)), "/body/reason");
  }
  dataset->reviewer = tx.context().org("registrar");
  dataset->review_reason = body.reason;
  if (body.outcome == ReviewOutcome::accept) return accept(tx, *dataset);
  dataset->held_behind.reset();
  change_status(tx, *dataset,
                body.outcome == ReviewOutcome::refuse ? DatasetStatus::refused : DatasetStatus::supplement);
  tx.put(*dataset);
  return {};
}

Verdict check_applicant(const EntryTx& tx, const Dataset& dataset) {
  const OrgId& applicant = tx.context().org("applicant");
  if (applicant == dataset.holder) return {};
  return refuse(V::not_the_applicant, "dataset " + dataset.label() + " was applied for by " + dataset.holder.text,
                "/parties");
}

Verdict apply_supplement(EntryTx& tx, const DatasetSupplementBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_applicant(tx, *dataset));
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::supplement}));
  if (body.application) {
    DENGJI_TRY(check_application(tx, *body.application, dataset->holder, "/body/application"));
    dataset->application = *body.application;
    dataset->application.manifest.list.reset();
  }
  change_status(tx, *dataset, DatasetStatus::applied);
  const Date today = tx.context().day();
  const TimeLimits limits = time_limits_on(tx.view(), dataset->region, today);
  tx.deadline(Dataset::kKind, dataset->id, "review", working_days_after(tx.view(), today, limits.review_working_days));
  tx.put(*dataset);
  return {};
}

Verdict check_notice_over(const EntryTx& tx, const Dataset& dataset) {
  const Date until = *notice_until(tx.view(), dataset);
  if (*dataset.notice_working_days == 0 || tx.context().day() > until) return {};
  return refuse(V::notice_running,
                "the notice of dataset " + dataset.label() + " runs to " + format_date(until) +
                    " 24:00; register from " + format_date(add_days(until, 1)),
                "/body/dataset");
}

// Registered from today to the last day of the time limit, or to the end of the source agreement if that is earlier.
Verdict set_validity(const EntryTx& tx, Dataset& dataset) {
  const Date today = tx.context().day();
  const auto months = static_cast<int>(time_limits_on(tx.view(), dataset.region, today).valid_months);
  dataset.valid_from = today;
  dataset.valid_to = add_days(add_months(today, months), -1);
  if (const auto& end = dataset.application.source.agreement_until; end && *end < *dataset.valid_to) {
    if (*end < today) {
      return refuse(V::source_ended, "it ended on " + format_date(*end) + "; supplement the application",
                    "/body/dataset");
    }
    dataset.valid_to = *end;
  }
  return {};
}

Verdict apply_register(EntryTx& tx, const DatasetRegisterBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_independent(tx, *dataset));
  if (dataset->status == DatasetStatus::held) {
    const auto leader = leader_before(tx, *dataset);
    return refuse(V::conflict_leads,
                  "dataset " + dataset->label() + " is held behind " + dataset->held_behind.value_or("another") +
                      (leader ? "" : ", which is gone: review it again"),
                  "/body/dataset");
  }
  DENGJI_TRY(check_status(tx, *dataset, {DatasetStatus::notice}));
  DENGJI_TRY(check_notice_over(tx, *dataset));
  const auto holder = tx.need<Org>(dataset->holder.text, "/body/dataset");
  if (!holder) return std::unexpected(holder.error());
  dataset->region = holder->region;
  DENGJI_TRY(set_validity(tx, *dataset));

  auto no = tx.assign_number("DJ", Dataset::kKind, holder->region);
  if (!no) return std::unexpected(std::move(no.error()));
  dataset->no = *no;
  dataset->registrar = tx.context().org("registrar");
  tx.alias(Dataset::kKind, no->text, dataset->id);
  change_status(tx, *dataset, DatasetStatus::registered);
  dataset->history.push_back({tx.context().time, dataset->status});
  const FirstScopes first = use_first_registration(tx, *holder, dataset->application.manifest.root);
  dataset->first_enterprise = first.enterprise;
  dataset->first_group = first.group;
  dataset->first_dataset = first.dataset;
  tx.put(*dataset);
  return {};
}

Verdict apply_withdraw(EntryTx& tx, const DatasetWithdrawBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_applicant(tx, *dataset));
  DENGJI_TRY(check_status(
      tx, *dataset, {DatasetStatus::applied, DatasetStatus::supplement, DatasetStatus::held, DatasetStatus::notice}));
  change_status(tx, *dataset, DatasetStatus::withdrawn);
  dataset->held_behind.reset();
  tx.put(*dataset);
  return {};
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "registration";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> applicant{{{"applicant"}, 1, 1}, {{"agent"}, 0, 1}};
  const std::vector<SignerRule> registrar{{{"registrar"}, 1, 1}};
  return {
      entry_type<DatasetApplication, &apply_apply>(
          "dataset.apply", kArea, {"Applies for the registration of a data set", "申请数据集登记"}, applicant, kPublic),
      entry_type<DatasetSupplementBody, &apply_supplement>(
          "dataset.supplement", kArea, {"Answers what a review asked for", "补正申请材料"}, applicant, kPublic),
      entry_type<DatasetWithdrawBody, &apply_withdraw>(
          "dataset.withdraw", kArea, {"Takes an application back before registration", "撤回登记申请"}, applicant,
          kPublic),
      entry_type<DatasetReviewBody, &apply_review>(
          "dataset.review", kArea,
          {"Reviews an application: accepting it opens the public notice and makes the fee due",
           "审核登记申请：受理后公示并核定费用"},
          registrar, kPublic),
      entry_type<DatasetRegisterBody, &apply_register>(
          "dataset.register", kArea,
          {"Registers a data set after its public notice and gives it its number", "公示期满后登记并赋予登记编号"},
          registrar, kPublic),
  };
}

}  // namespace

void Dataset::indexes(const Dataset& dataset, IndexSink& sink) {
  sink.add("status", name_of(dataset.status));
  sink.add("holder", dataset.holder.text);
  sink.add("industry", dataset.application.industry);
  sink.add("region", dataset.region);
  sink.add("category", name_of(dataset.application.category));
  sink.add("right", name_of(dataset.application.right));
  sink.add("root", crypto::to_b64(dataset.application.manifest.root));
}

void Dataset::extend_json(const Dataset& dataset, const ReadView& view, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(dataset, shanghai_day(now)));
  if (dataset.status != DatasetStatus::notice) return;
  if (const auto until = notice_until(view, dataset)) json["notice_until"] = format_date(*until);
}

std::string_view effective_status(const Dataset& dataset, Date day) {
  const bool dated = dataset.status == DatasetStatus::registered || dataset.status == DatasetStatus::frozen;
  if (dated && dataset.valid_to && *dataset.valid_to < day) return "expired";
  return name_of(dataset.status);
}

bool registration_in_force(const Dataset& dataset, LedgerTime at) {
  if (dataset.status == DatasetStatus::revoked || !dataset.valid_from || !dataset.valid_to) return false;
  const Date day = shanghai_day(at);
  if (day < *dataset.valid_from || day > *dataset.valid_to) return false;
  const DatasetSpan* last = nullptr;
  for (const DatasetSpan& span : dataset.history) {
    if (span.from <= at) last = &span;
  }
  return last && last->status == DatasetStatus::registered;
}

std::optional<Date> notice_until(const ReadView& view, const Dataset& dataset) {
  if (!dataset.accepted_on || !dataset.notice_working_days) return std::nullopt;
  return working_days_after(view, *dataset.accepted_on, *dataset.notice_working_days);
}

const Area& registration_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Dataset>("datasets", {"Data sets by DJ number or by the entry_id of their application", "数据集"},
                           Visibility::everyone,
                           {{"status", "Status as last set"},
                            {"holder", "Who holds the right"},
                            {"industry", "Industry, from the vocabulary"},
                            {"region", "GB/T 2260 code of the holder"},
                            {"category", "general, industry_general or industry_special"},
                            {"right", "hold, process or operate"},
                            {"root", "Root of the manifest, base64url"}}),
  };
  static const Area area{"registration", 200, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
