// What the files of the registration area share: how a data set is looked up and judged, and the functions behind the
// entry types, which registration.cpp lists. Nothing outside the area includes this. Each function changes nothing
// where it refuses.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/registration/registration_bodies.hpp"
#include "contracts/registration/registration_objects.hpp"

namespace dengji::contracts::registering {

using V = RegistrationVerdict;

inline constexpr int kMaxOpenObjections = 16;  // one ruling decides all of them, in one leaf

// --- looking up and judging (registration_checks.cpp)
// "dataset DJ… is frozen"
std::string describe(const Dataset& dataset, Date day);
// Makes it the entry's subject. A freeze whose last day has passed is over: its status then reads registered.
std::expected<Dataset, Refusal> need_dataset(EntryTx& tx, std::string_view id);
Verdict check_status(const EntryTx& tx, const Dataset& dataset, std::initializer_list<DatasetStatus> allowed);
// Not past its last day of validity.
Verdict check_not_expired(const EntryTx& tx, const Dataset& dataset);
// Registered, not frozen, not past its last day.
Verdict check_in_force(const EntryTx& tx, const Dataset& dataset);
// `signer` is `org`, or the firm that org's ties name as its successor today.
bool acts_for(const EntryTx& tx, const OrgId& signer, const OrgId& org);
// The party with `role` acts for the holder.
Verdict check_holder(const EntryTx& tx, const Dataset& dataset, std::string_view role);
// The registrar is neither `org` nor related to it today; `what` org is, for the sentence.
Verdict check_registrar_unrelated(const EntryTx& tx, const OrgId& org, std::string_view what);
// The registrar is neither holder nor agent, nor related to the holder today.
Verdict check_independent(const EntryTx& tx, const Dataset& dataset);
// Status effect and member; the caller puts the record.
void change_status(EntryTx& tx, Dataset& dataset, DatasetStatus to);
// The same for a registered data set, with its history: what was to come of a running freeze falls away.
void change_standing(EntryTx& tx, Dataset& dataset, DatasetStatus to);

// --- who leads for a manifest root and right (registration_checks.cpp)
std::string lead_key(const Manifest& manifest, Right right);
// The live data set that leads for them, unless it is `self`.
std::optional<Dataset> leader_before(const EntryTx& tx, const Manifest& manifest, Right right, std::string_view self);
// A held application that disputes what `dataset` leads for.
std::optional<std::string> held_against(const ReadView& view, const Dataset& dataset);
std::string held_claim(const DatasetApplication& application);  // value of the index of held applications

// --- the form (registration_forms.cpp); `at` is the form's pointer
Verdict check_manifest(const Manifest& manifest, const std::string& at);
// By the classification in force today for `region`, the holder's.
Verdict check_grade_and_source(const EntryTx& tx, const DatasetApplication& form, std::string_view region,
                               const std::string& at);
// All but the parents.
Verdict check_form(const EntryTx& tx, const DatasetApplication& form, const OrgId& holder, const std::string& at);
Verdict check_parents(const EntryTx& tx, const DatasetApplication& form, const std::string& at);
Verdict check_application(const EntryTx& tx, const DatasetApplication& form, const OrgId& holder,
                          const std::string& at);
// Name of the first member in which `own` allows what `parent` does not; empty if there is none.
std::string_view licence_excess(const Licence& own, const Licence& parent);

// --- time limits (registration_deadlines.cpp)
void index_deadlines(const Dataset& dataset, IndexSink& sink);

// --- objections (registration_objections.cpp)
// Closes every open objection to the data set with this outcome.
void close_objections(EntryTx& tx, const Dataset& dataset, ObjectionStatus outcome,
                      const std::optional<std::string>& ruling);

// --- registering (registration_review.cpp)
// Accepts an application: leads and is in notice from now on, its fee assessed.
Verdict open_notice(EntryTx& tx, Dataset& dataset);
// Registered from today to the last day of the time limit, the end of the source agreement or `latest`. Refused at
// `pointer` where the agreement has ended.
Verdict set_validity(const EntryTx& tx, Dataset& dataset, std::optional<Date> latest, std::string_view pointer);
// Number, standing, first registrations; puts the record.
Verdict enter_in_register(EntryTx& tx, Dataset& dataset, const Org& holder);

// --- behind the entry types
Verdict apply_apply(EntryTx& tx, const DatasetApplication& form);
Verdict apply_supplement(EntryTx& tx, const DatasetSupplementBody& body);
Verdict apply_withdraw(EntryTx& tx, const DatasetWithdrawBody& body);
Verdict apply_review(EntryTx& tx, const DatasetReviewBody& body);
Verdict apply_register(EntryTx& tx, const DatasetRegisterBody& body);
Verdict apply_recognise(EntryTx& tx, const DatasetRecogniseBody& body);
Verdict apply_object(EntryTx& tx, const DatasetObjectBody& body);
Verdict apply_rule(EntryTx& tx, const DatasetRuleBody& body);
Verdict apply_release(EntryTx& tx, const DatasetReleaseBody& body);
Verdict apply_amend(EntryTx& tx, const DatasetAmendBody& body);
Verdict apply_correct(EntryTx& tx, const DatasetCorrectBody& body);
Verdict apply_transfer(EntryTx& tx, const DatasetTransferBody& body);
Verdict apply_license(EntryTx& tx, const DatasetLicenseBody& body);
Verdict apply_encumber(EntryTx& tx, const DatasetEncumberBody& body);
Verdict apply_discharge(EntryTx& tx, const DatasetDischargeBody& body);
Verdict apply_renew(EntryTx& tx, const DatasetRenewBody& body);
Verdict apply_cancel(EntryTx& tx, const DatasetReasonBody& body);
Verdict apply_freeze(EntryTx& tx, const DatasetFreezeBody& body);
Verdict apply_unfreeze(EntryTx& tx, const DatasetReasonBody& body);
Verdict apply_revoke(EntryTx& tx, const DatasetRevokeBody& body);

}  // namespace dengji::contracts::registering
