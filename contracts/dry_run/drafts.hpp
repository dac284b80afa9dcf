// Drafts of policies: what policy.enact would say, signed by nobody yet, put in force on a private copy of the state by
// the very rules that judge policy.enact. A draft stands in the place of all versions of its code from its first day
// on, those that the past enacts later included; that it can be compared with them is the point of a dry run.
#pragma once

#include <string_view>

#include "contracts/engine.hpp"
#include "contracts/policy/policies.hpp"

namespace dengji::contracts::dry_run {

// The strict reading of a draft. Errors: those of strict JSON and of the body, their pointers from the draft's own root
// on (/subsidy_line/cap_org_fen).
Result<PolicyEnactBody> read_draft(std::string_view bytes);

struct Draft {
  PolicyEnactBody body;         // with the first day that it has on the copy
  Date first;                   // from when on it is tried: its own first day, not before the period's
  bool from_the_start = false;  // it is in force when the period begins
};

// As it is tried over a period that begins on `from`. A subsidy line governs whole earn years: in force from the start,
// it governs the whole year in which the period begins.
Draft draft_over(PolicyEnactBody body, Date from);

// Enacts it at an instant of its first day: ends what it replaces, then judges it as policy.enact is judged, signers
// aside. Claims of the earn years that a subsidy line takes over are from now on judged by it. `into` is unchanged on a
// refusal, whose pointer begins with /body.
state::Verdict put_in_force(const Draft& draft, Seq seq, LedgerTime time, state::Overlay& into);

// An entry of the past that enacts or retires a version of the draft's code.
bool is_about_code_of(const Draft& draft, const CheckedEntry& entry);

}  // namespace dengji::contracts::dry_run
