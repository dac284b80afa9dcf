#include "contracts/governance/relations.hpp"

#include <algorithm>
#include <set>

#include "contracts/common/succession.hpp"
#include "contracts/fee/fees.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {
namespace {

using V = GovernanceVerdict;

std::string span_text(Date since, const std::optional<Date>& until) {
  return "since " + format_date(since) + (until ? " until " + format_date(*until) : "");
}

bool days_meet(const Tie& tie, Date since, const std::optional<Date>& until) {
  return (!until || tie.since <= *until) && (!tie.until || since <= *tie.until);
}

// --- org.affiliate
Verdict check_relation_days(const EntryTx& tx, const OrgAffiliateBody& body) {
  const Date today = tx.context().day();
  if (body.since > today) return refuse(V::tie_days, "today is " + format_date(today), "/body/since");
  if (!body.until) return {};
  if (*body.until < body.since) return refuse(V::tie_days, "from " + format_date(body.since), "/body/until");
  if (*body.until > today) {
    return refuse(V::tie_days, "today is " + format_date(today) + "; record the end when it has come", "/body/until");
  }
  return {};
}

// Records the tie, or gives the one that began on that day its new end.
Verdict write_tie(Org& org, const Tie& tie) {
  const auto same = [&](const Tie& old) { return old.other == tie.other && old.nature == tie.nature; };
  Tie* begun = nullptr;
  for (Tie& old : org.ties) {
    if (!same(old)) continue;
    if (old.since == tie.since) {
      begun = &old;
    } else if (days_meet(old, tie.since, tie.until)) {
      return refuse(V::tie_recorded,
                    org.id.text + " and " + tie.other.text + " are " + tie.nature + " " +
                        span_text(old.since, old.until) + "; give that first day to change its end, or other days",
                    "/body/since");
    }
  }
  if (begun) {
    if (begun->until == tie.until) {
      return refuse(V::nothing_changes, "recorded by entry " + std::to_string(begun->recorded_seq), "/body/until");
    }
    *begun = tie;
    return {};
  }
  if (org.ties.size() >= Org::kMaxRecords) {
    return refuse(V::records_full, org.id.text + " has " + std::to_string(org.ties.size()) + " relations", "/body/org");
  }
  org.ties.push_back(tie);
  return {};
}

void tell_tie(EntryTx& tx, const Org& org, const Tie& tie) {
  std::vector<std::string> members{tie.other.text, format_date(tie.since)};
  if (tie.until) members.push_back(format_date(*tie.until));
  tx.flag(Org::kKind, org.id.text, tie.nature, std::move(members));
  tx.reader(org.id);
}

Verdict apply_affiliate(EntryTx& tx, const OrgAffiliateBody& body) {
  if (const auto* holder = tx.context().party("holder");
      holder && holder->org != body.org && holder->org != body.other) {
    return refuse(V::not_the_holder, holder->org.text + " is neither of the two", "/body/org");
  }
  auto org = tx.need<Org>(body.org.text, "/body/org");
  if (!org) return std::unexpected(std::move(org.error()));
  auto other = tx.need<Org>(body.other.text, "/body/other");
  if (!other) return std::unexpected(std::move(other.error()));
  if (org->id == other->id) return refuse(V::tie_to_itself, body.other.text, "/body/other");
  DENGJI_TRY(check_relation_days(tx, body));
  const bool controls = body.relation == Affiliation::controls;
  const auto seq = static_cast<std::int64_t>(tx.context().seq.value);
  const Tie of_org{other->id, controls ? "controlled" : "affiliate", body.since, body.until, seq};
  const Tie of_other{org->id, controls ? "controller" : "affiliate", body.since, body.until, seq};
  DENGJI_TRY(write_tie(*org, of_org));
  DENGJI_TRY(write_tie(*other, of_other));
  tx.put(*org);
  tx.put(*other);
  tell_tie(tx, *org, of_org);
  tell_tie(tx, *other, of_other);
  tx.subject(Org::kKind, org->id.text);
  DENGJI_TRY(recompute_subsidies(tx, org->id));
  return recompute_subsidies(tx, other->id);
}

// --- org.succeed
bool has_any(const ReadView& view, std::string_view kind, std::string_view index, const OrgId& org) {
  const std::string prefix = index_prefix(kind, index, org.text);
  bool any = false;
  view.scan(prefix, prefix, [&](std::string_view, std::string_view) {
    any = true;
    return false;
  });
  return any;
}

// Did it do anything yet that caps, bases or first contracts could hang on?
bool has_history(const ReadView& view, const Org& org) {
  return org.place || has_any(view, Dataset::kKind, "holder", org.id) ||
         has_any(view, Trade::kKind, "seller", org.id) || has_any(view, Trade::kKind, "buyer", org.id) ||
         has_any(view, Claim::kKind, "claimant", org.id) || has_any(view, Fee::kKind, "payer", org.id);
}

// A governor's seat goes to its successor, which has one seat however many it succeeds to.
Verdict pass_seat(EntryTx& tx, const OrgId& from, const OrgId& to) {
  auto ledger = tx.find<Ledger>("self");
  if (!ledger) return {};
  auto& seats = ledger->governors;
  const auto seat = std::find(seats.begin(), seats.end(), from);
  if (seat == seats.end()) return {};
  *seat = to;
  if (std::count(seats.begin(), seats.end(), to) > 1) seats.erase(seat);
  if (ledger->quorum > static_cast<std::int64_t>(seats.size())) {
    return refuse(V::quorum_range,
                  std::to_string(seats.size()) + " governors would be left and " + std::to_string(ledger->quorum) +
                      " must sign; another organisation has to succeed",
                  "/body/predecessor");
  }
  tx.put(*ledger);
  return {};
}

Verdict check_predecessor(const EntryTx& tx, const Org& predecessor, const OrgId& successor, Date on) {
  if (predecessor.id == successor) return refuse(V::tie_to_itself, successor.text, "/body/predecessor");
  if (predecessor.status == OrgStatus::succeeded) {
    return refuse(V::succeeded_already, "by " + successor_now(tx.view(), predecessor.id).text, "/body/predecessor");
  }
  const Date today = tx.context().day();
  return on > today ? refuse(V::tie_days, "today is " + format_date(today), "/body/on") : Verdict{};
}

Verdict apply_succeed(EntryTx& tx, const OrgSucceedBody& body) {
  auto successor = tx.need<Org>(tx.context().org("successor").text, "/parties");
  if (!successor) return std::unexpected(std::move(successor.error()));
  auto predecessor = tx.need<Org>(body.predecessor.text, "/body/predecessor");
  if (!predecessor) return std::unexpected(std::move(predecessor.error()));
  DENGJI_TRY(check_predecessor(tx, *predecessor, successor->id, body.on));
  const auto seq = static_cast<std::int64_t>(tx.context().seq.value);
  const Tie ahead{successor->id, "successor", body.on, std::nullopt, seq};
  const Tie back{predecessor->id, "predecessor", body.on, std::nullopt, seq};
  DENGJI_TRY(write_tie(*predecessor, ahead));
  DENGJI_TRY(write_tie(*successor, back));
  if (!has_history(tx.view(), *successor)) {
    successor->place = place_of(tx.view(), predecessor->id);
    tx.flag(Org::kKind, successor->id.text, "takes_place", {successor->place->text});
  }
  tx.status(Org::kKind, predecessor->id.text, name_of(predecessor->status), name_of(OrgStatus::succeeded));
  predecessor->status = OrgStatus::succeeded;
  tx.put(*predecessor);
  tx.put(*successor);
  DENGJI_TRY(pass_seat(tx, predecessor->id, successor->id));
  tell_tie(tx, *predecessor, ahead);
  tell_tie(tx, *successor, back);
  tx.subject(Org::kKind, successor->id.text);
  DENGJI_TRY(recompute_subsidies(tx, predecessor->id));
  return recompute_subsidies(tx, successor->id);
}

}  // namespace

Verdict recompute_group(EntryTx& tx, const OrgId& org, const std::string& group) {
  std::set<OrgId> members{org};
  const std::string prefix = index_prefix(Org::kKind, "group", group);
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    members.emplace(std::string(key.substr(prefix.size())));
    return true;
  });
  for (const OrgId& member : members) DENGJI_TRY(recompute_subsidies(tx, member));
  return {};
}

std::vector<EntryTypeInfo> relation_types() {
  constexpr std::string_view kArea = "governance";
  const SignerRule kRecorder{{"platform", "registrar", "bureau", kGovernor}, 1, 15};
  return {
      entry_type<OrgAffiliateBody, &apply_affiliate>(
          "org.affiliate", kArea,
          {"Records that one organisation controls another or is affiliated to it, from a day that may lie long ago; "
           "subsidies are computed anew",
           "登记主体间的控制或关联关系，可追溯起始日；补贴随即重新核算"},
          {{{"holder"}, 0, 1}, kRecorder}, Visibility::everyone),
      entry_type<OrgSucceedBody, &apply_succeed>("org.succeed", kArea,
                                                 {"One organisation takes over from another after a merger or under a "
                                                  "new code; what was begun goes on with it",
                                                  "主体合并或更换代码后由承继主体接续；未了事项由其继续"},
                                                 {{{"successor"}, 1, 1}, {{"registrar", "bureau", kGovernor}, 1, 15}},
                                                 Visibility::everyone),
  };
}

}  // namespace dengji::contracts
