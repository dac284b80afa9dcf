#include "contracts/subsidy/subsidies.hpp"

#include <array>

#include "contracts/common/calendar.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::not_the_claimant, "not_the_claimant", "The signer is not the claimant", "签名方不是申请人", 403),
    row(V::own_claim, "own_claim", "Nobody reviews, approves or pays a claim of its own", "不得办理自己的补贴申请",
        403),
    row(V::reviewer_related, "reviewer_related_to_claimant", "The reviewer is related to the claimant",
        "审核方与申请人存在关联", 403),
    row(V::reviewer_pays, "reviewer_pays", "Who reviews a claim cannot be who pays it", "审核方与付款方不得为同一主体",
        403),
    row(V::not_the_payer, "not_the_payer", "The signer is not the funder of the pool that pays",
        "签名方不是付款资金池的出资方", 403),
    row(V::line_unknown, "subsidy_line_unknown", "No subsidy line has this code", "没有该代码的补贴项目"),
    row(V::line_not_in_force, "subsidy_line_not_in_force", "No version of the line governs this year yet",
        "该年度没有生效的补贴项目版本"),
    row(V::side_needed, "side_needed", "The line is split: say whether the claimant was seller or buyer",
        "该项目由买卖双方分享，须说明申请方身份"),
    row(V::side_wrong, "side_wrong", "The line subsidises the other side", "该项目补贴的是另一方"),
    row(V::dataset_needed, "dataset_needed", "The line is counted per data set: name a registered one",
        "该项目按数据集计算，须指明已登记的数据集"),
    row(V::dataset_excess, "dataset_excess", "The line is not counted per data set", "该项目不按数据集计算"),
    row(V::pool_not_open, "pool_not_open", "The pool-year that would pay is not open", "应付款的年度资金池未开放"),
    row(V::earn_period_missing, "earn_period_missing", "Nothing has begun the earn period yet", "尚无事件起算计补期"),
    row(V::earn_year_wrong, "earn_year_wrong", "The earn period belongs to another year", "计补期属于其他年度"),
    row(V::earn_year_future, "earn_year_future", "The earn period has not begun", "计补期尚未开始"),
    row(V::claim_too_late, "claim_too_late", "The time to claim has passed", "申请期限已过"),
    row(V::window_shut, "window_shut", "The claim window is not open today", "今日不在申报窗口期内"),
    row(V::nothing_due, "nothing_due", "Nothing is due beyond what was granted", "没有尚可申请的金额"),
    row(V::pool_exhausted, "pool_exhausted", "The pool has less than is due", "资金池余额不足"),
    row(V::claim_status, "claim_status", "The claim is in another state", "补贴申请的状态不符"),
    row(V::round_not_closed, "round_not_closed", "The claim window has not been closed yet", "申报窗口尚未结算"),
    row(V::notice_runs, "subsidy_notice_running", "The public notice still runs", "公示期未满"),
    row(V::approve_too_much, "approve_too_much", "More would be approved than is reserved", "核准额超出预留额"),
    row(V::payment_step, "payment_step", "The payment is not at this step", "付款不在此步骤"),
    row(V::payment_recovered, "payment_recovered", "A payment that was recovered or written off cannot bounce",
        "已追回或核销的付款不能退票"),
    row(V::pay_bank_date, "pay_bank_date", "The bank date lies outside the payment, or does not belong to the step",
        "银行日期与付款步骤不符"),
    row(V::nothing_receivable, "nothing_receivable", "Nothing of the claim is to be recovered", "没有应追回的金额"),
    row(V::recover_too_much, "recover_too_much", "More would be recovered or written off than is receivable",
        "金额超出应追回额"),
    row(V::offset_other_payee, "offset_other_payee", "The claims are of different payees", "两笔补贴的收款方不同"),
    row(V::offset_other_pool, "offset_other_pool", "The claims are in different pool-years; books do not cross",
        "两笔补贴不在同一年度资金池"),
    row(V::offset_itself, "offset_itself", "A claim cannot be set against itself", "补贴不能与自身抵扣"),
    row(V::offset_status, "offset_status", "The claim to set against has no approved money that is unpaid",
        "用于抵扣的补贴没有已核准未付的金额"),
    row(V::offset_too_much, "offset_too_much", "More would be set against than is payable", "抵扣额超出应付额"),
    row(V::clawback_too_much, "clawback_too_much", "More would be clawed back than was granted", "追缴额超出已授予额"),
    row(V::not_a_round, "not_a_round", "The line is not shared out pro rata over a window", "该项目不按窗口比例分配"),
    row(V::window_runs, "window_runs", "The claim window has not ended", "申报窗口尚未结束"),
    row(V::round_done, "round_done", "The round has no claim left to award", "该轮没有待分配的申请"),
    row(V::objection_late, "subsidy_objection_late", "An objection is raised while the public notice runs",
        "异议须在公示期内提出"),
    row(V::objected_already, "subsidy_objected_already", "The organisation has objected to this claim already",
        "该主体已对此申请提出异议"),
    row(V::no_open_objection, "no_open_objection", "The organisation has no objection that waits for a ruling",
        "该主体没有待裁定的异议"),
    row(V::own_objection, "own_objection", "Nobody rules on an objection of its own", "不得裁定自己提出的异议", 403),
    row(V::pool_claims_ended, "pool_claims_ended", "The pool-year takes no claim any more",
        "该年度资金池已停止受理申请"),
};

}  // namespace

std::expected<Claim, Refusal> claim_to_act_on(EntryTx& tx, const RegNo& no) {
  auto claim = tx.find<Claim>(no.text);
  if (!claim) return refuse(General::object_unknown, "subsidy " + no.text, "/body/subsidy");
  tx.subject(Claim::kKind, no.text);
  tx.reader(claim->claimant);
  return std::move(*claim);
}

Verdict check_not_claimant(const EntryTx& tx, const Claim& claim) {
  const OrgId& signer = tx.context().parties.front().org;
  if (!stands_for(tx.view(), signer, claim.claimant)) return {};
  return refuse(V::own_claim, signer.text + " claims " + claim.no.text, "/parties/0/org");
}

Verdict check_payer(const EntryTx& tx, const Claim& claim) {
  const OrgId& signer = tx.context().parties.front().org;
  const auto pool = tx.find<Pool>(Pool::id(claim.pool, claim.pool_year));
  LEDGER_ASSERT(pool);
  if (!stands_for(tx.view(), signer, pool->funder)) {
    return refuse(V::not_the_payer,
                  claim.no.text + " is paid from pool " + pool->object_id() + " by " + pool->funder.text,
                  "/parties/0/org");
  }
  DENGJI_TRY(check_not_claimant(tx, claim));
  if (claim.reviewer && stands_for(tx.view(), signer, *claim.reviewer)) {
    return refuse(V::reviewer_pays, signer.text + " reviewed " + claim.no.text, "/parties/0/org");
  }
  return {};
}

std::unexpected<Refusal> wrong_status(const Claim& claim, std::string_view wanted) {
  return refuse(V::claim_status,
                "subsidy " + claim.no.text + " is " + std::string(name_of(claim.status)) + "; " + std::string(wanted),
                "/body/subsidy");
}

void Claim::indexes(const Claim& claim, IndexSink& sink) {
  sink.add("claimant", claim.claimant.text);
  sink.add("line", claim.line);
  sink.add("status", name_of(claim.status));
  // Claims whose approved money a pool-year still holds.
  if (claim.status == ClaimStatus::approved) sink.add("payable", Pool::id(claim.pool, claim.pool_year));
  // Claims that wait for their round.
  if (claim.window && !claim.awarded && claim.live()) sink.add("window", claim.rule + "/" + *claim.window);
  if (claim.in_notice() || claim.status == ClaimStatus::objected) index_open(sink);
}

std::vector<OrgId> Claim::readers() const {
  std::vector<OrgId> orgs{claimant};
  if (reviewer) orgs.push_back(*reviewer);
  if (approver) orgs.push_back(*approver);
  for (const ClaimObjection& objection : objections) orgs.push_back(objection.by);
  return orgs;
}

void Claim::extend_json(const Claim& claim, const ReadView& view, LedgerTime, Json& json) {
  json["payable_fen"] = posted_balance(view, payable_account(claim)).value();
  json["receivable_fen"] = posted_balance(view, receivable_account(claim)).value();
  if (claim.reviewed_on) {
    json["notice_until"] = format_date(working_days_after(view, *claim.reviewed_on, claim.notice_days));
  }
}

const Area& subsidy_area() {
  static const std::vector<EntryTypeInfo> types = [] {
    std::vector<EntryTypeInfo> all = pool_types();
    for (auto* part : {&claim_types, &objection_types, &payment_types, &round_types}) {
      for (EntryTypeInfo& type : (*part)()) all.push_back(std::move(type));
    }
    return all;
  }();
  static const std::vector<VerdictRow> verdicts = [] {
    std::vector<VerdictRow> all = pool_verdicts();
    all.insert(all.end(), kVerdicts.begin(), kVerdicts.end());
    return all;
  }();
  static const std::vector<ObjectKindInfo> kinds{
      pool_kind(),
      object_kind<Claim>("subsidies", {"Subsidy claims by BT number, with what is payable and to be recovered", "补贴"},
                         Visibility::parties,
                         {{"claimant", "Who claims"},
                          {"line", "Code of the subsidy line"},
                          {"status", "Status"},
                          {"payable", "Pool-year that holds approved money: <code>-<year>"},
                          {"window", "Waiting for its round: <line>@<version>/<window>"}}),
  };
  static const Area area{"subsidy", 600, types, kinds, verdicts};
  return area;
}

}  // namespace dengji::contracts
