// The bodies of policies: fee schedules, waivers, time limits and subsidy lines, as they stand in policy.enact and in
// state. Every rate, cap and time limit of the rulebook is one of these members; none is a constant in code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/common/organisations.hpp"

namespace dengji::contracts {

enum class PolicyKind : std::uint8_t {
  fee_schedule,
  waiver,
  time_limits,
  subsidy_line,
  vocabulary,
  classification,
  region_group,
  measure,
  export_thresholds,
};

enum class Side : std::uint8_t { buyer, seller };
enum class FeeMode : std::uint8_t { once, rate };
enum class OnRefund : std::uint8_t { proportional, keep };

// A platform's service fee: a sum once per payer and line for ever, at its first agreement, or a rate on settled
// amounts.
struct ServiceFee {
  std::string line;
  Side side = Side::seller;
  FeeMode mode = FeeMode::rate;
  std::optional<Fen> amount_fen;    // mode once
  std::optional<std::int64_t> ppm;  // mode rate
  Rounding rounding = Rounding::down;
  OnRefund on_refund = OnRefund::proportional;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Name of the line", 1, 32});
    visit("side", self.side, Spec{"Who pays"});
    visit("mode", self.mode, Spec{"Once, or a rate on settled amounts"});
    visit("amount_fen", self.amount_fen, Spec{"The sum, for mode once", 1});
    visit("ppm", self.ppm, Spec{"The rate, for mode rate", 1, 1'000'000});
    visit("rounding", self.rounding, Spec{"Rounding of each settlement's fee"});
    visit("on_refund", self.on_refund, Spec{"Whether a refund of the trade lowers the fee"});
  }
};

struct FeeSchedule {
  OrgId payee;
  Fen registration_fen;  // 0: no fee, no FY number
  std::vector<ServiceFee> service;
  std::optional<Fen> recognition_fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("payee", self.payee, Spec{"Who receives the fees"});
    visit("registration_fen", self.registration_fen, Spec{"Registration fee, due when an application is accepted"});
    visit("service", self.service, Spec{.doc = "Service fee lines", .items_max = 8});
    visit("recognition_fen", self.recognition_fen,
          Spec{"Fee of recognising another province's registration; absent: none"});
  }
};

enum class FirstScope : std::uint8_t { enterprise, group, dataset };

// First-registration waiver: given at certificate.issue, within a number of days of registration.
struct Waiver {
  std::string line;
  std::int64_t ppm = 0;
  std::int64_t within_days = 0;
  FirstScope first_scope = FirstScope::enterprise;
  OrgId borne_by;
  Rounding rounding = Rounding::down;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("line", self.line, Spec{"Name of the line", 1, 32});
    visit("ppm", self.ppm, Spec{"Part of the fee that is waived", 1, 1'000'000});
    visit("within_days", self.within_days,
          Spec{"Calendar days between registration and certificate, at most", 0, 3660});
    visit("first_scope", self.first_scope, Spec{"First registration of what"});
    visit("borne_by", self.borne_by, Spec{"Who bears the waived amount"});
    visit("rounding", self.rounding, Spec{"Rounding of the waived amount"});
  }
};

struct TimeLimits {
  std::int64_t apply_within_working_days = 20;
  std::int64_t review_working_days = 10;
  std::int64_t notice_working_days = 10;
  std::int64_t valid_months = 36;
  std::int64_t renew_window_days = 60;
  std::optional<std::int64_t> renew_months;
  std::optional<std::int64_t> freeze_days;
  std::optional<std::int64_t> ruling_working_days;
  std::optional<std::int64_t> dispute_answer_working_days;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit(
        "apply_within_working_days", self.apply_within_working_days,
        Spec{"Working days from delivery to application: told to applicants; the ledger does not see the delivery and "
             "refuses nothing for it",
             0, 366});
    visit("review_working_days", self.review_working_days, Spec{"From application to review", 0, 366});
    visit("notice_working_days", self.notice_working_days, Spec{"Public notice; 0 = none", 0, 366});
    visit("valid_months", self.valid_months, Spec{"Validity of a registration", 1, 1200});
    visit("renew_window_days", self.renew_window_days,
          Spec{"Last days of validity in which it may be renewed", 0, 3660});
    visit("renew_months", self.renew_months, Spec{"A renewal adds at most this; 36 if absent", 1, 1200});
    visit("freeze_days", self.freeze_days, Spec{"A freeze lasts at most this, calendar days; 180 if absent", 1, 3660});
    visit("ruling_working_days", self.ruling_working_days,
          Spec{"From an objection or a conflict to the ruling; 10 if absent", 0, 366});
    visit("dispute_answer_working_days", self.dispute_answer_working_days,
          Spec{"From a dispute about a trade to its answer; 10 if absent", 0, 366});
  }

  std::int64_t longest_renewal_months() const { return renew_months.value_or(36); }
  std::int64_t longest_freeze_days() const { return freeze_days.value_or(180); }
  std::int64_t days_to_rule() const { return ruling_working_days.value_or(10); }
  std::int64_t days_to_answer() const { return dispute_answer_working_days.value_or(10); }
};

enum class Allocation : std::uint8_t { first_come, pro_rata, priority };
enum class SubsidyBase : std::uint8_t { settled_net, fee_paid, fixed };
enum class SubsidyScope : std::uint8_t { all, first_contract, certified_dataset };
enum class EarnPeriod : std::uint8_t { calendar, months };
// first_contract: of a seller for a data set, the first ever agreed. first_trade: the payee's own first, in its role.
enum class EarnEvent : std::uint8_t { registration, certificate, first_contract, first_trade };
enum class Payee : std::uint8_t { seller, buyer, split };
enum class CertValidAt : std::uint8_t { none, agree, settle, both };
enum class BaseTax : std::uint8_t { incl, excl };
enum class Stacking : std::uint8_t { stackable, exclusive };
enum class RecoveryTo : std::uint8_t { pool, treasury };
enum class SubsidyUnit : std::uint8_t { org, dataset };
// first_trade: a settlement that counts under the line's own conditions.
enum class Milestone : std::uint8_t { registration, certificate, rating_excellent, first_trade };

// Marginal: `ppm` applies to the part of the base up to `upto_fen` that no tier before it took; the last is open.
struct Tier {
  std::optional<Fen> upto_fen;
  std::int64_t ppm = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("upto_fen", self.upto_fen, Spec{"Upper end of the tier, cumulative; absent in the last", 1});
    visit("ppm", self.ppm, Spec{"Rate", 0, 1'000'000});
  }
};

// A ceiling that several lines, such as a city's and the province's, share per payee and year.
struct JointCap {
  std::string code;
  Fen fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"Code of the ceiling: lines that name it share it", 2, 32});
    visit("fen", self.fen, Spec{"What all of them grant one payee in a year at most; the same in each", 1});
  }
};

struct SubsidyLine {
  std::string pool;
  Payee payee = Payee::seller;
  std::optional<std::int64_t> seller_share_ppm;  // payee split
  Allocation allocation = Allocation::first_come;
  SubsidyBase base = SubsidyBase::settled_net;
  std::optional<Fen> fixed_fen;
  std::optional<Milestone> milestone;
  SubsidyScope scope = SubsidyScope::all;
  SubsidyUnit unit = SubsidyUnit::org;
  EarnPeriod earn = EarnPeriod::calendar;
  std::optional<std::int64_t> earn_months;
  std::optional<EarnEvent> earn_event;
  std::optional<std::string> window;  // name of the claim window of a pro-rata line
  std::optional<Date> window_from;
  std::optional<Date> window_to;
  Fen threshold_fen;
  std::vector<Tier> tiers;
  Rounding rounding = Rounding::down;
  Fen floor_fen;
  std::optional<Fen> cap_org_fen;
  std::optional<Fen> cap_group_fen;
  std::optional<Fen> cap_dataset_fen;
  CertValidAt cert_valid_at = CertValidAt::none;
  bool requires_first_registration = false;
  std::vector<std::string> regions;                   // prefixes of region codes of the payee; empty: any
  std::vector<std::string> industries;                // empty: any
  std::vector<std::string> modes;                     // trade modes; empty: any
  std::vector<Scale> scales;                          // empty: any
  std::optional<std::int64_t> related_lookback_days;  // absent: relation is not looked at
  std::int64_t cross_province_bonus_ppm = 0;
  BaseTax base_tax = BaseTax::incl;
  Stacking stacking = Stacking::stackable;
  std::optional<std::string> stacking_group;
  std::int64_t notice_days = 0;  // working days from review to approval
  std::optional<std::int64_t> claim_deadline_days;
  RecoveryTo recovery_to = RecoveryTo::pool;
  std::optional<JointCap> joint_cap;
  std::optional<std::vector<std::string>> fee_lines;  // base fee_paid: which lines of fees count; absent: any
  std::optional<bool> void_if_failed;                 // a data set whose latest rating failed earns nothing

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool that pays", 1, 32});
    visit("payee", self.payee, Spec{"Who is subsidised"});
    visit("seller_share_ppm", self.seller_share_ppm, Spec{"Seller's part, for payee split", 0, 1'000'000});
    visit("allocation", self.allocation, Spec{"How the pool is shared out"});
    visit("base", self.base, Spec{"What the rates apply to"});
    visit("fixed_fen", self.fixed_fen, Spec{"The sum, for base fixed", 1});
    visit("milestone", self.milestone, Spec{"What earns the sum, for base fixed"});
    visit("scope", self.scope, Spec{"Which trades count"});
    visit("unit", self.unit, Spec{"Counted per organisation or per data set"});
    visit("earn", self.earn, Spec{"Calendar year, or months from an event"});
    visit("earn_months", self.earn_months, Spec{"For earn months", 1, 120});
    visit("earn_event", self.earn_event, Spec{"For earn months"});
    visit("window", self.window, Spec{"Name of the claim window", 1, 32});
    visit("window_from", self.window_from, Spec{"First day of the window"});
    visit("window_to", self.window_to, Spec{"Last day of the window"});
    visit("threshold_fen", self.threshold_fen, Spec{"Base below this earns nothing; equal passes"});
    visit("tiers", self.tiers, Spec{.doc = "Marginal tiers", .items_max = 16});
    visit("rounding", self.rounding, Spec{"The one rounding"});
    visit("floor_fen", self.floor_fen, Spec{"An entitlement above 0 is lifted to this"});
    visit("cap_org_fen", self.cap_org_fen, Spec{"Cap per enterprise and year", 1});
    visit("cap_group_fen", self.cap_group_fen, Spec{"Cap per controller group and year", 1});
    visit("cap_dataset_fen", self.cap_dataset_fen, Spec{"Cap per data set and year, for unit dataset", 1});
    visit("cert_valid_at", self.cert_valid_at, Spec{"When the certificate must be in force"});
    visit("requires_first_registration", self.requires_first_registration,
          Spec{"Only data sets that were a first registration"});
    visit("regions", self.regions, Spec{.doc = "Region code prefixes of the payee", .min = 2, .max = 6});
    visit("industries", self.industries, Spec{.doc = "Industries of the data set", .min = 1, .max = 32});
    visit("modes", self.modes, Spec{.doc = "Supply modes of the trade", .min = 1, .max = 32});
    visit("scales", self.scales, Spec{"Scales of the payee at the agreement"});
    visit("related_lookback_days", self.related_lookback_days,
          Spec{"Trades between related parties earn nothing; days looked back", 0, 3660});
    visit("cross_province_bonus_ppm", self.cross_province_bonus_ppm,
          Spec{"Added on the cross-province part", 0, 1'000'000});
    visit("base_tax", self.base_tax, Spec{"Base with or without the stated tax"});
    visit("stacking", self.stacking, Spec{"Together with other lines, or the best only"});
    visit("stacking_group", self.stacking_group, Spec{"Lines that exclude each other share this", 1, 32});
    visit("notice_days", self.notice_days, Spec{"Working days of notice after the review", 0, 366});
    visit("claim_deadline_days", self.claim_deadline_days,
          Spec{"Calendar days after the earn period in which to claim", 0, 3660});
    visit("recovery_to", self.recovery_to, Spec{"Where recovered money goes"});
    visit("joint_cap", self.joint_cap, Spec{"Ceiling that it shares with other lines"});
    visit("fee_lines", self.fee_lines,
          Spec{.doc = "Lines of fees that count, for base fee_paid; absent: any",
               .min = 1,
               .max = 32,
               .items_min = 1,
               .items_max = 16});
    visit("void_if_failed", self.void_if_failed,
          Spec{"A data set whose latest rating failed earns nothing; what it earned comes back"});
  }
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::PolicyKind> {
  static constexpr std::array names{"fee_schedule",   "waiver",       "time_limits", "subsidy_line",     "vocabulary",
                                    "classification", "region_group", "measure",     "export_thresholds"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Side> {
  static constexpr std::array names{"buyer", "seller"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FeeMode> {
  static constexpr std::array names{"once", "rate"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::OnRefund> {
  static constexpr std::array names{"proportional", "keep"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FirstScope> {
  static constexpr std::array names{"enterprise", "group", "dataset"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Allocation> {
  static constexpr std::array names{"first_come", "pro_rata", "priority"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::SubsidyBase> {
  static constexpr std::array names{"settled_net", "fee_paid", "fixed"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::SubsidyScope> {
  static constexpr std::array names{"all", "first_contract", "certified_dataset"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::EarnPeriod> {
  static constexpr std::array names{"calendar", "months"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::EarnEvent> {
  static constexpr std::array names{"registration", "certificate", "first_contract", "first_trade"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Payee> {
  static constexpr std::array names{"seller", "buyer", "split"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::CertValidAt> {
  static constexpr std::array names{"none", "agree", "settle", "both"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::BaseTax> {
  static constexpr std::array names{"incl", "excl"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Stacking> {
  static constexpr std::array names{"stackable", "exclusive"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::RecoveryTo> {
  static constexpr std::array names{"pool", "treasury"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::SubsidyUnit> {
  static constexpr std::array names{"org", "dataset"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::Milestone> {
  static constexpr std::array names{"registration", "certificate", "rating_excellent", "first_trade"};
};
