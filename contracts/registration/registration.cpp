#include "contracts/registration/registration.hpp"

#include <array>

#include "contracts/common/calendar.hpp"
#include "contracts/registration/registration_acts.hpp"
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
    row(V::conflict_undecided, "conflict_undecided",
        "An application for the same manifest root and right waits for a ruling", "同一清单与权利的冲突申请尚待裁定"),
    row(V::conflict_registered, "conflict_registered", "The leading application is registered already",
        "在先申请已经登记"),
    row(V::conflict_gone, "conflict_gone", "Nothing leads any more for this manifest root and right",
        "同一清单与权利已无在先申请"),
    row(V::objection_open, "objection_open", "The objector's earlier objection waits for its ruling",
        "该异议人此前的异议尚待裁定"),
    row(V::objections_full, "objections_full", "The data set has as many open objections as one ruling decides",
        "未决异议已达上限"),
    row(V::not_the_holder, "not_the_dataset_holder", "The signer is not the holder", "签名方不是持有人", 403),
    row(V::registration_expired, "registration_expired", "The registration has expired", "登记已过有效期"),
    row(V::version_taken, "release_version_taken", "The version was released before", "该版本号已经发布"),
    row(V::release_stale, "release_stale", "The release does not follow the current version", "新版本未接续当前版本"),
    row(V::release_unchanged, "release_unchanged", "The release has the same content", "新版本内容没有变化"),
    row(V::member_fixed, "member_fixed", "The member cannot be changed by an amendment", "该事项不得以变更方式修改"),
    row(V::nothing_changes, "dataset_unchanged", "Nothing would change", "没有任何变化"),
    row(V::licence_in_use, "licence_in_use", "A data set or licence that stands on the licence needs more",
        "已有数据集或许可依赖现有许可范围"),
    row(V::co_holder_must_sign, "co_holder_must_sign", "A co-holder whose share changes must sign",
        "份额变动的共有人须签名", 403),
    row(V::encumbered, "dataset_encumbered", "The data set is pledged", "数据集已设质押"),
    row(V::not_encumbered, "dataset_not_encumbered", "The data set is not pledged", "数据集未设质押"),
    row(V::not_the_creditor, "not_the_creditor", "The signer is not the secured creditor", "签名方不是质权人", 403),
    row(V::transferee_holds, "transferee_holds", "The transferee is a co-holder", "受让人已是共有人"),
    row(V::licence_not_held, "licence_not_held", "The licensor does not hold the licence above", "许可人不持有上级许可",
        403),
    row(V::licence_period, "licence_period", "The licence's period does not fit", "许可期限不符合要求"),
    row(V::licence_exclusive, "licence_exclusive", "An exclusive licence shares no day with another",
        "独占许可不得与其他许可期限重叠"),
    row(V::renew_window, "renew_window", "The renewal window has not opened", "尚未到可续展的期间"),
    row(V::renew_period, "renew_period", "The renewal ends too early or too late", "续展期限不符合要求"),
    row(V::freeze_period, "freeze_period", "The freeze ends too early or too late", "冻结期限不符合要求"),
    row(V::own_province, "own_province", "Only another province's registration is recognised", "互认仅限外省登记"),
    row(V::already_recognised, "already_recognised", "The registration was recognised before", "该外省登记已经互认"),
    row(V::foreign_ended, "foreign_ended", "The registration elsewhere is not in force", "外省登记不在有效期内"),
    row(V::grade_barred, "grade_barred", "The classification in force bars the grade from registration",
        "现行分级规则不予登记该级别数据"),
    row(V::grade_needs_approval, "grade_needs_approval",
        "The classification in force asks for an approval of the grade", "现行分级规则要求该级别数据附批准文号"),
};

std::vector<EntryTypeInfo> make_application_types() {
  using namespace registering;  // NOLINT: the functions behind the types
  constexpr std::string_view kArea = "registration";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> applicant{{{"applicant", "agent"}, 1, 2}};
  const std::vector<SignerRule> registrar{{{"registrar"}, 1, 1}};
  return {
      entry_type<DatasetApplication, &apply_apply>("dataset.apply", kArea,
                                                   {"Applies for the registration of a data set", "申请数据集登记"},
                                                   {{{"applicant"}, 1, 1}, {{"agent"}, 0, 1}}, kPublic),
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
      entry_type<DatasetObjectBody, &apply_object>(
          "dataset.object", kArea,
          {"Objects to a registration: during the notice it waits for a ruling, afterwards it is only noted",
           "提出登记异议：公示期内须待裁定，登记后仅作标注"},
          {{{"objector"}, 1, 1}}, kPublic),
      entry_type<DatasetRuleBody, &apply_rule>(
          "dataset.rule", kArea,
          {"Rules on objections, or between two applications for one manifest root and right",
           "裁定异议或同一清单与权利的冲突申请"},
          registrar, kPublic),
      entry_type<DatasetRegisterBody, &apply_register>(
          "dataset.register", kArea,
          {"Registers a data set after its public notice and gives it its number", "公示期满后登记并赋予登记编号"},
          registrar, kPublic),
      entry_type<DatasetRecogniseBody, &apply_recognise>(
          "dataset.recognise", kArea,
          {"Recognises another province's registration under a number of this ledger's own",
           "互认外省登记并赋予本省登记编号"},
          {{{"applicant"}, 1, 1}, {{"registrar"}, 1, 1}}, kPublic),
  };
}

std::vector<EntryTypeInfo> make_registered_types() {
  using namespace registering;  // NOLINT: the functions behind the types
  constexpr std::string_view kArea = "registration";
  constexpr auto kPublic = Visibility::everyone;
  const std::vector<SignerRule> registrar{{{"registrar"}, 1, 1}};
  const std::vector<SignerRule> both{{{"holder"}, 1, 1}, {{"registrar"}, 1, 1}};
  return {
      entry_type<DatasetReleaseBody, &apply_release>("dataset.release", kArea,
                                                     {"Brings a new version of the content", "发布数据集新版本"},
                                                     {{{"holder"}, 1, 1}}, kPublic),
      entry_type<DatasetAmendBody, &apply_amend>(
          "dataset.amend", kArea,
          {"Changes what the register says of a data set, but for right, content and parents", "变更登记事项"},
          {{{"holder"}, 1, 1}, {{"registrar"}, 1, 1}, {{"co_holder"}, 0, 14}}, kPublic),
      entry_type<DatasetCorrectBody, &apply_correct>(
          "dataset.correct", kArea, {"Corrects obvious errors of the register", "更正登记中的明显错误"}, registrar,
          kPublic),
      entry_type<DatasetTransferBody, &apply_transfer>(
          "dataset.transfer", kArea,
          {"Transfers a registration; the first registration stays with the first registrant, the certificate is "
           "replaced",
           "转移登记：首次登记仍归原登记人，证书予以更换"},
          {{{"transferor"}, 1, 1}, {{"transferee"}, 1, 1}, {{"registrar"}, 1, 1}}, kPublic),
      entry_type<DatasetLicenseBody, &apply_license>(
          "dataset.license", kArea, {"Grants a licence within what the licensor has itself", "许可他人使用"},
          {{{"licensor"}, 1, 1}, {{"licensee"}, 1, 1}}, Visibility::parties),
      entry_type<DatasetRenewBody, &apply_renew>("dataset.renew", kArea,
                                                 {"Renews a registration in the last days of its validity", "续展登记"},
                                                 both, kPublic),
      entry_type<DatasetReasonBody, &apply_cancel>(
          "dataset.cancel", kArea,
          {"Cancels a registration from now on: no new agreement, open trades run off", "注销登记，自即时起生效"}, both,
          kPublic),
      entry_type<DatasetFreezeBody, &apply_freeze>("dataset.freeze", kArea,
                                                   {"Freezes a registration until a day at the latest", "限期冻结登记"},
                                                   registrar, kPublic),
      entry_type<DatasetReasonBody, &apply_unfreeze>(
          "dataset.unfreeze", kArea, {"Ends a freeze before its last day", "提前解除冻结"}, registrar, kPublic),
      entry_type<DatasetRevokeBody, &apply_revoke>(
          "dataset.revoke", kArea, {"Revokes a registration: it counts as void from the start", "撤销登记，自始无效"},
          {{{"registrar"}, 1, 1}, {{"bureau"}, 1, 1}}, kPublic),
      entry_type<DatasetEncumberBody, &apply_encumber>("dataset.encumber", kArea,
                                                       {"Registers a pledge over the right", "办理质押登记"},
                                                       {{{"holder"}, 1, 1}, {{"creditor"}, 1, 1}}, kPublic),
      entry_type<DatasetDischargeBody, &apply_discharge>("dataset.discharge", kArea,
                                                         {"Discharges a pledge", "解除质押"},
                                                         {{{"creditor"}, 1, 1}, {{"holder"}, 0, 1}}, kPublic),
  };
}

std::vector<EntryTypeInfo> make_types() {
  std::vector<EntryTypeInfo> types = make_application_types();
  for (EntryTypeInfo& type : make_registered_types()) types.push_back(std::move(type));
  return types;
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
  sink.add("original", dataset.original.text);
  if (dataset.application.parents) {
    for (const std::string& parent : *dataset.application.parents) sink.add("parent", parent);
  }
  if (dataset.status == DatasetStatus::held) sink.add("held_claim", registering::held_claim(dataset.application));
  if (dataset.encumbrance) sink.add("creditor", dataset.encumbrance->creditor.text);
  if (dataset.recognition) sink.add("recognised", dataset.recognition->key());
  registering::index_deadlines(dataset, sink);
}

void Dataset::extend_json(const Dataset& dataset, const ReadView& view, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(dataset, shanghai_day(now)));
  if (dataset.status != DatasetStatus::notice && dataset.status != DatasetStatus::objected) return;
  if (const auto until = notice_until(view, dataset)) json["notice_until"] = format_date(*until);
}

std::string_view effective_status(const Dataset& dataset, Date day) {
  const bool dated = dataset.status == DatasetStatus::registered || dataset.status == DatasetStatus::frozen;
  if (dated && dataset.valid_to && *dataset.valid_to < day) return "expired";
  if (dataset.status == DatasetStatus::frozen && dataset.frozen_until && *dataset.frozen_until < day) {
    return name_of(DatasetStatus::registered);
  }
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

void Objection::indexes(const Objection& objection, IndexSink& sink) {
  sink.add("dataset", objection.dataset);
  sink.add("objector", objection.objector.text);
  sink.add("status", name_of(objection.status));
  if (objection.status == ObjectionStatus::open) sink.add("open", objection.dataset);
}

void Release::indexes(const Release& release, IndexSink& sink) {
  sink.add("dataset", release.dataset);
  sink.add("root", crypto::to_b64(release.manifest.root));
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
                            {"root", "Root of the manifest, base64url"},
                            {"original", "First registrant"},
                            {"parent", "Parent, as the application names it"},
                            {"held_claim", "Held applications: root of the manifest, slash, right"},
                            {"creditor", "Secured creditor of a pledge"},
                            {"recognised", "Recognised registrations: province, slash, number there"}}),
      object_kind<Objection>("objections", {"Objections to registrations by entry_id", "登记异议"},
                             Visibility::everyone,
                             {{"dataset", "Id of the data set"},
                              {"objector", "Who objects"},
                              {"status", "open, upheld, dismissed, noted or lapsed"},
                              {"open", "Id of a data set with open objections"}}),
      object_kind<Release>("releases", {"Versions of data sets' contents by entry_id", "数据集版本"},
                           Visibility::everyone,
                           {{"dataset", "Id of the data set"}, {"root", "Root of the manifest, base64url"}}),
      object_kind<GrantedLicence>("licences", {"Licences granted in data sets by entry_id", "许可"},
                                  Visibility::parties,
                                  {{"dataset", "Id of the data set"},
                                   {"licensor", "Who grants it"},
                                   {"licensee", "Who may use the data"},
                                   {"within", "Id of the data set, or of the licence above"},
                                   {"exclusive", "The same, of exclusive licences only"}}),
  };
  static const Area area{"registration", 200, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
