// The application form: what it may say, alone and beside what is registered already.
#include <algorithm>

#include "contracts/common/vocabularies.hpp"
#include "contracts/registration_acts.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

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
  DENGJI_TRY(check_grade_and_source(form, at));
  DENGJI_TRY(check_vocabularies(form, at));
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
