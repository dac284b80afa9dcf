#include "contracts/invariants/act_invariants.hpp"

#include "contracts/certification/certification.hpp"
#include "contracts/certification/ratings.hpp"
#include "contracts/common/organisations.hpp"
#include "contracts/engine.hpp"
#include "ledger/state/entry_meta.hpp"

namespace dengji::contracts {
namespace {

bool governs(const ReadView& view, const OrgId& org) {
  const auto ledger = find_ledger(view);
  return ledger && std::find(ledger->governors.begin(), ledger->governors.end(), org) != ledger->governors.end();
}

// A key signs if it stood before the entry, or comes with it; its organisation is active and bears the role.
void check_party(Touch& touch, const entry::Party& party) {
  const std::string who = party.role + " " + party.org.text;
  const auto key = find_object<Key>(touch.before, party.kid.text);
  if (!key) {
    const auto fresh = find_object<Key>(touch.after(), party.kid.text);
    if (!fresh || fresh->org != party.org) touch.fault(who + " signs with a key of nobody");
    return;
  }
  if (key->org != party.org) touch.fault(who + " signs with a key of " + key->org.text);
  if (key->status != KeyStatus::active || key->use != KeyUse::sign) touch.fault(who + " signs with a key that may not");
  const auto org = find_object<Org>(touch.before, party.org.text);
  if (!org || org->status != OrgStatus::active) {
    touch.fault(who + " acts and is not active");
  } else if (party.role == kGovernor ? !governs(touch.before, party.org)
                                     : needed_role(party.role) && !org->has_role(*needed_role(party.role))) {
    touch.fault(who + " acts without the role");
  }
}

void check_dataset_grade(Touch& touch, const std::optional<Dataset>& was, const Dataset& is) {
  if (!is.no || (was && was->no)) return;
  const std::string name = "data set " + is.label();
  if (is.application.grade == Grade::core) touch.fault(name + " is of core grade and registered");
  if (is.application.grade == Grade::important && !is.application.approval_ref) {
    touch.fault(name + " is of important grade and registered without its approval");
  }
}

}  // namespace

void check_acts(Touch& touch) {
  if (touch.entry.seq.value > 0) {
    for (const entry::Party& party : touch.entry.parties) check_party(touch, party);
  }
  if (touch.before.get(entry_meta_key(touch.entry.seq))) touch.fault("this seq was taken before");
  touch.each_changed<Dataset>([&](const std::optional<Dataset>& was, const Dataset& is) {
    check_dataset_grade(touch, was, is);
    if (was && (was->applied_seq != is.applied_seq || was->original != is.original || (was->no && was->no != is.no))) {
      touch.fault("data set " + is.label() + " was rewritten");
    }
  });
  touch.each_changed<Certificate>([&](const std::optional<Certificate>& was, const Certificate& is) {
    if (is.issuer == is.holder && !was) touch.fault("certificate " + is.no.text + " was issued by its holder");
    if (was && (was->issued_seq != is.issued_seq || was->dataset != is.dataset || was->holder != is.holder ||
                is.history.size() < was->history.size())) {
      touch.fault("certificate " + is.no.text + " was rewritten");
    }
  });
  touch.each_changed<Rating>([&](const std::optional<Rating>& was, const Rating& is) {
    if (!was && is.assessor == is.holder) touch.fault("rating " + is.id + " was given by the holder");
  });
}

}  // namespace dengji::contracts
