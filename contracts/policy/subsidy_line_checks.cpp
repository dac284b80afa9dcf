#include "contracts/policy/subsidy_line_checks.hpp"

#include <algorithm>

#include "contracts/common/reference_policies.hpp"
#include "contracts/common/text_forms.hpp"

namespace dengji::contracts {
namespace {

using V = PolicyVerdict;

constexpr std::string_view kLine = "/body/subsidy_line";

std::string in_line(std::string_view member) {
  return std::string(kLine) + "/" + std::string(member);
}

// `member` is there exactly when `wanted`; `when` says what decides it.
Verdict check_member(bool present, bool wanted, std::string_view member, std::string_view when) {
  if (wanted && !present) {
    return refuse(V::subsidy_line_incomplete, std::string(when) + " needs " + std::string(member), in_line(member));
  }
  if (!wanted && present) {
    return refuse(V::subsidy_line_excess, std::string(member) + " belongs to " + std::string(when), in_line(member));
  }
  return {};
}

Verdict check_tiers(const std::vector<Tier>& tiers) {
  Fen last(0);
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const bool open = i + 1 == tiers.size();
    const std::string pointer = in_line("tiers") + "/" + std::to_string(i);
    if (open == tiers[i].upto_fen.has_value()) {
      return refuse(V::tiers_order, open ? "the last tier has no upto_fen" : "every tier but the last has upto_fen",
                    pointer);
    }
    if (!open && *tiers[i].upto_fen <= last) {
      return refuse(V::tiers_order, "above " + fen_text(last), pointer + "/upto_fen");
    }
    if (!open) last = *tiers[i].upto_fen;
  }
  return {};
}

// Which members the base, the earn period and the payee ask for.
Verdict check_what_is_earned(const SubsidyLine& line) {
  const bool fixed = line.base == SubsidyBase::fixed;
  DENGJI_TRY(check_member(line.fixed_fen.has_value(), fixed, "fixed_fen", "base fixed"));
  DENGJI_TRY(check_member(line.milestone.has_value(), fixed, "milestone", "base fixed"));
  DENGJI_TRY(check_member(!line.tiers.empty(), !fixed, "tiers", "a base with rates"));
  const bool trades = line.base == SubsidyBase::settled_net;
  if (!trades && line.cross_province_bonus_ppm > 0) {
    return refuse(V::subsidy_line_excess, "the bonus belongs to base settled_net", in_line("cross_province_bonus_ppm"));
  }
  if (line.base != SubsidyBase::fee_paid && line.fee_lines) {
    return refuse(V::subsidy_line_excess, "fee_lines belongs to base fee_paid", in_line("fee_lines"));
  }
  const bool months = line.earn == EarnPeriod::months;
  DENGJI_TRY(check_member(line.earn_months.has_value(), months, "earn_months", "earn months"));
  DENGJI_TRY(check_member(line.earn_event.has_value(), months, "earn_event", "earn months"));
  const bool split = line.payee == Payee::split;
  DENGJI_TRY(check_member(line.seller_share_ppm.has_value(), split, "seller_share_ppm", "payee split"));
  return check_tiers(line.tiers);
}

Verdict check_window(const SubsidyLine& line) {
  const bool any = line.window || line.window_from || line.window_to || line.allocation == Allocation::pro_rata;
  constexpr std::string_view kWhen = "a line with a claim window";
  DENGJI_TRY(check_member(line.window.has_value(), any, "window", kWhen));
  DENGJI_TRY(check_member(line.window_from.has_value(), any, "window_from", kWhen));
  DENGJI_TRY(check_member(line.window_to.has_value(), any, "window_to", kWhen));
  if (!any) return {};
  if (!is_code(*line.window)) return refuse(V::code_form, *line.window, in_line("window"));
  if (*line.window_to < *line.window_from) {
    return refuse(V::window_order, "from " + format_date(*line.window_from), in_line("window_to"));
  }
  return {};
}

Verdict check_who_may(const WordsInForce& industries, const WordsInForce& modes, const SubsidyLine& line) {
  const auto place = [](std::string_view member, std::size_t i) { return in_line(member) + "/" + std::to_string(i); };
  for (std::size_t i = 0; i < line.regions.size(); ++i) {
    const std::string& prefix = line.regions[i];
    const bool digits = std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || prefix.size() % 2 != 0) return refuse(V::region_prefix_form, prefix, place("regions", i));
  }
  for (std::size_t i = 0; i < line.industries.size(); ++i) {
    if (!industries.has(line.industries[i])) {
      return refuse(V::policy_word_unknown, line.industries[i] + "; one of " + industries.codes(),
                    place("industries", i));
    }
  }
  for (std::size_t i = 0; i < line.modes.size(); ++i) {
    if (!modes.has(line.modes[i])) {
      return refuse(V::policy_word_unknown, line.modes[i] + "; one of " + modes.codes(), place("modes", i));
    }
  }
  return {};
}

// All that share a ceiling state one amount for it in any one year.
Verdict check_joint_cap(const EntryTx& tx, const PolicyEnactBody& body) {
  const auto& joint = body.subsidy_line->joint_cap;
  if (!joint) return {};
  const std::string prefix = index_prefix(Policy::kKind, "joint_cap", joint->code);
  std::vector<Policy> sharing;
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    sharing.push_back(*policy_by_rule(tx.view(), key.substr(prefix.size())));
    return true;
  });
  const auto last_year = [](const std::optional<Date>& to) { return to ? civil(*to).year : 9999; };
  for (const Policy& other : sharing) {
    const auto other_to = other.retired_to ? other.retired_to : other.effective_to;
    const bool apart = other.code == body.code || (other_to && *other_to < other.effective_from) ||
                       last_year(other_to) < civil(body.effective_from).year ||
                       last_year(body.effective_to) < civil(other.effective_from).year;
    if (apart || other.subsidy_line->joint_cap->fen == joint->fen) continue;
    return refuse(V::joint_cap_differs, other.rule() + " has " + fen_text(other.subsidy_line->joint_cap->fen),
                  in_line("joint_cap/fen"));
  }
  return {};
}

}  // namespace

Verdict check_subsidy_line_form(const EntryTx& tx, const PolicyEnactBody& body) {
  const SubsidyLine& line = *body.subsidy_line;
  if (line.allocation == Allocation::priority) {
    return refuse(V::allocation_unsupported, "use first_come or pro_rata", in_line("allocation"));
  }
  if (!is_code(line.pool)) return refuse(V::code_form, line.pool, in_line("pool"));
  DENGJI_TRY(check_what_is_earned(line));
  DENGJI_TRY(check_window(line));
  const bool exclusive = line.stacking == Stacking::exclusive;
  DENGJI_TRY(check_member(line.stacking_group.has_value(), exclusive, "stacking_group", "stacking exclusive"));
  if (line.unit != SubsidyUnit::dataset && line.cap_dataset_fen) {
    return refuse(V::subsidy_line_excess, "a cap per data set belongs to unit dataset", in_line("cap_dataset_fen"));
  }
  if (line.joint_cap && !is_code(line.joint_cap->code)) {
    return refuse(V::code_form, line.joint_cap->code, in_line("joint_cap/code"));
  }
  const auto words = [&](Vocabulary name) { return words_on(tx.view(), name, body.jurisdiction, body.effective_from); };
  DENGJI_TRY(check_who_may(words(Vocabulary::industry), words(Vocabulary::supply_mode), line));
  return check_joint_cap(tx, body);
}

Verdict check_earn_years(const std::vector<PolicySpan>& versions, const PolicyEnactBody& body) {
  for (const PolicySpan& old : versions) {
    Date last_of_old = add_days(body.effective_from, -1);
    if (old.to) last_of_old = std::min(last_of_old, *old.to);
    const bool apart =
        body.effective_from > old.from && civil(body.effective_from).year > civil(std::max(last_of_old, old.from)).year;
    if (!apart) {
      return refuse(V::earn_year_taken,
                    old.rule() + " is in force from " + format_date(old.from) +
                        (old.to ? " to " + format_date(*old.to) : "") + "; start on 1 January of a later year",
                    "/body/effective_from");
    }
  }
  return {};
}

}  // namespace dengji::contracts
