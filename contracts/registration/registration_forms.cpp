// The application form: what it may say, alone and beside what is registered already.
#include <algorithm>
#include <utility>

#include "contracts/common/reference_policies.hpp"
#include "contracts/registration/registration_acts.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

// The words of each vocabulary that is in force where the holder is, today.
class FormWords {
 public:
  FormWords(const EntryTx& tx, std::string_view region, const std::string& at)
      : view_(tx.view()), day_(tx.context().day()), region_(region), at_(at) {}

  Verdict check(Vocabulary vocabulary, const std::string& word, std::string_view member) const {
    return check_word(words(vocabulary), word, at_ + std::string(member));
  }
  Verdict check_all(Vocabulary vocabulary, const std::vector<std::string>& used, std::string_view member) const {
    const WordsInForce known = words(vocabulary);
    for (std::size_t i = 0; i < used.size(); ++i) {
      DENGJI_TRY(check_word(known, used[i], at_ + std::string(member) + "/" + std::to_string(i)));
    }
    return {};
  }

 private:
  WordsInForce words(Vocabulary vocabulary) const { return words_on(view_, vocabulary, region_, day_); }
  static Verdict check_word(const WordsInForce& known, const std::string& word, std::string pointer) {
    if (known.has(word)) return {};
    return refuse(V::vocabulary_unknown, word + "; one of " + known.codes(), std::move(pointer));
  }

  const ReadView& view_;
  Date day_;
  std::string_view region_;
  const std::string& at_;
};

Verdict check_vocabularies(const EntryTx& tx, const DatasetApplication& form, std::string_view region,
                           const std::string& at) {
  const FormWords words(tx, region, at);
  DENGJI_TRY(words.check(Vocabulary::category, std::string(name_of(form.category)), "/category"));
  DENGJI_TRY(words.check(Vocabulary::industry, form.industry, "/industry"));
  DENGJI_TRY(words.check_all(Vocabulary::modality, form.modalities, "/modalities"));
  std::vector<std::string> modes;
  for (const SupplyMode mode : form.supply_modes) modes.emplace_back(name_of(mode));
  DENGJI_TRY(words.check_all(Vocabulary::supply_mode, modes, "/supply_modes"));
  if (form.stages) DENGJI_TRY(words.check_all(Vocabulary::stage, *form.stages, "/stages"));
  if (form.label_methods) DENGJI_TRY(words.check_all(Vocabulary::label_method, *form.label_methods, "/label_methods"));
  return {};
}

const GradeRule& rule_of(const ClassificationForm& rules, Grade grade) {
  switch (grade) {
    case Grade::core:
      return rules.core;
    case Grade::important:
      return rules.important;
    case Grade::general:
      return rules.general;
  }
  std::unreachable();
}

// By the classification in force; core data never, whatever it says.
Verdict check_grade(const EntryTx& tx, const DatasetApplication& form, std::string_view region, const std::string& at) {
  if (form.grade == Grade::core) {
    return refuse(V::core_grade, "grades important and general can be registered", at + "/grade");
  }
  const ClassificationForm rules = classification_on(tx.view(), region, tx.context().day());
  const GradeRule& rule = rule_of(rules, form.grade);
  const std::string grade(name_of(form.grade));
  if (rule.approval == GradeApproval::never) {
    return refuse(V::grade_barred, "grade " + grade + " is not registered in " + std::string(region), at + "/grade");
  }
  if (rule.approval == GradeApproval::none || form.approval_ref) return {};
  const std::string by = rule.authority ? ", by " + *rule.authority : "";
  return refuse(form.grade == Grade::important ? V::approval_missing : V::grade_needs_approval,
                "name it in approval_ref" + by, at + "/approval_ref");
}

std::string region_of(const EntryTx& tx, const OrgId& holder) {
  const auto org = tx.find<Org>(holder.text);
  return org ? org->region : std::string();
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

}  // namespace

Verdict check_grade_and_source(const EntryTx& tx, const DatasetApplication& form, std::string_view region,
                               const std::string& at) {
  DENGJI_TRY(check_grade(tx, form, region, at));
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

Verdict check_form(const EntryTx& tx, const DatasetApplication& form, const OrgId& holder, const std::string& at) {
  const std::string region = region_of(tx, holder);
  DENGJI_TRY(check_grade_and_source(tx, form, region, at));
  DENGJI_TRY(check_vocabularies(tx, form, region, at));
  DENGJI_TRY(check_manifest(form.manifest, at));
  if (form.coverage && form.coverage->from && form.coverage->to && *form.coverage->to < *form.coverage->from) {
    return refuse(V::coverage_order, "from " + format_date(*form.coverage->from), at + "/coverage/to");
  }
  return check_co_holders(tx, form, holder, at);
}

Verdict check_application(const EntryTx& tx, const DatasetApplication& form, const OrgId& holder,
                          const std::string& at) {
  DENGJI_TRY(check_form(tx, form, holder, at));
  return check_parents(tx, form, at);
}

}  // namespace dengji::contracts::registering
