// Who has what right in a registered data set: transfer (转移), licences (许可), pledges (质押).
#include <algorithm>

#include "contracts/registration/registration_acts.hpp"
#include "contracts/registration/registration_certificates.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts::registering {
namespace {

Verdict check_unencumbered(const Dataset& dataset) {
  if (!dataset.encumbrance) return {};
  return refuse(V::encumbered,
                "dataset " + dataset.label() + " is pledged to " + dataset.encumbrance->creditor.text +
                    "; dataset.discharge comes first",
                "/body/dataset");
}

Verdict check_two_parties(const EntryTx& tx, std::string_view one, std::string_view other) {
  if (tx.context().org(one) != tx.context().org(other)) return {};
  return refuse(General::same_party,
                std::string(one) + " and " + std::string(other) + " are both " + tx.context().org(one).text,
                "/parties");
}

// --- licences
// What the licensor may itself pass on, and to what day.
struct Root {
  Licence terms;
  Date until;
};

std::expected<Root, Refusal> licensors_own(const EntryTx& tx, const Dataset& dataset, const DatasetLicenseBody& body) {
  if (!body.under) {
    const Licence& terms = dataset.application.licence;
    return Root{terms, std::min(*dataset.valid_to, terms.until.value_or(*dataset.valid_to))};
  }
  const auto above = tx.need<GrantedLicence>(*body.under, "/body/under");
  if (!above) return std::unexpected(above.error());
  if (above->dataset != dataset.id || above->licensee != tx.context().org("licensor")) {
    return refuse(V::licence_not_held,
                  "licence " + above->id + " is " + above->licensee.text + "'s, in dataset " + above->dataset_no.text,
                  "/body/under");
  }
  const Date day = tx.context().day();
  if (const std::string_view status = effective_status(tx.view(), *above, day); status == "expired") {
    return refuse(V::licence_period, "licence " + above->id + " ended on " + format_date(*above->terms.until),
                  "/body/under");
  }
  if (!above->terms.redistribution) {
    return refuse(V::licence_exceeds_parent, "licence " + above->id + " does not allow passing on", "/body/under");
  }
  return Root{above->terms, std::min(*dataset.valid_to, *above->terms.until)};
}

Verdict check_licence_period(const EntryTx& tx, const GrantedLicence& licence, Date latest) {
  if (licence.from < tx.context().day()) {
    return refuse(V::licence_period, "today is " + format_date(tx.context().day()) + "; it starts today or later",
                  "/body/from");
  }
  if (*licence.terms.until < licence.from || *licence.terms.until > latest) {
    return refuse(V::licence_period,
                  "from " + format_date(licence.from) + " it may last to " + format_date(latest) + " at most",
                  "/body/licence/until");
  }
  return {};
}

// An exclusive licence and any other within the same thing have no day in common.
Verdict check_exclusive(const EntryTx& tx, const GrantedLicence& licence) {
  const std::string prefix =
      index_prefix(GrantedLicence::kKind, licence.exclusive ? "within" : "exclusive", licence.within());
  std::optional<GrantedLicence> clash;
  tx.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto other = tx.find<GrantedLicence>(key.substr(prefix.size()));
    if (other && other->from <= *licence.terms.until && licence.from <= *other->terms.until) clash = std::move(other);
    return !clash;
  });
  if (!clash) return {};
  return refuse(V::licence_exclusive,
                std::string(clash->exclusive ? "exclusive " : "") + "licence " + clash->id + " of " +
                    clash->licensee.text + " runs from " + format_date(clash->from) + " to " +
                    format_date(*clash->terms.until),
                "/body/exclusive");
}

GrantedLicence make_licence(const EntryTx& tx, const Dataset& dataset, const DatasetLicenseBody& body, Date latest) {
  GrantedLicence licence;
  licence.id = crypto::to_b64(tx.context().entry_id);
  licence.dataset = dataset.id;
  licence.dataset_no = *dataset.no;
  licence.right = dataset.application.right;
  licence.licensor = tx.context().org("licensor");
  licence.licensee = tx.context().org("licensee");
  licence.terms = body.licence;
  if (!licence.terms.until) licence.terms.until = latest;
  licence.exclusive = body.exclusive;
  licence.from = body.from.value_or(tx.context().day());
  licence.agreement = body.agreement;
  licence.under = body.under;
  licence.scope = body.scope;
  licence.granted_on = tx.context().day();
  licence.granted_seq = static_cast<std::int64_t>(tx.context().seq.value);
  return licence;
}

}  // namespace

Verdict apply_transfer(EntryTx& tx, const DatasetTransferBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "transferor"));
  DENGJI_TRY(check_two_parties(tx, "transferor", "transferee"));
  const OrgId& to = tx.context().org("transferee");
  if (to == dataset->holder) return refuse(General::same_party, to.text + " holds it already", "/parties");
  DENGJI_TRY(check_independent(tx, *dataset));
  DENGJI_TRY(check_registrar_unrelated(tx, to, "transferee"));
  DENGJI_TRY(check_in_force(tx, *dataset));
  DENGJI_TRY(check_unencumbered(*dataset));
  if (const auto& others = dataset->application.co_holders) {
    for (const CoHolder& other : *others) {
      if (other.org != to) continue;
      return refuse(V::transferee_holds,
                    to.text + " holds " + std::to_string(other.ppm) + " ppm; dataset.amend joins the shares first",
                    "/parties");
    }
  }
  const auto transferee = tx.need<Org>(to.text, "/parties");
  if (!transferee) return std::unexpected(transferee.error());

  tx.flag(Dataset::kKind, dataset->id, "transferred", {dataset->holder.text, to.text});
  dataset->holder = to;
  dataset->region = transferee->region;
  dataset->agent.reset();
  dataset->transferred_on = tx.context().day();
  DENGJI_TRY(replace_certificate(tx, *dataset, *transferee));
  tx.put(*dataset);
  return {};
}

Verdict apply_license(EntryTx& tx, const DatasetLicenseBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_two_parties(tx, "licensor", "licensee"));
  if (!body.under) DENGJI_TRY(check_holder(tx, *dataset, "licensor"));
  tx.reader(dataset->holder);
  DENGJI_TRY(check_in_force(tx, *dataset));
  const auto own = licensors_own(tx, *dataset, body);
  if (!own) return std::unexpected(own.error());
  const GrantedLicence licence = make_licence(tx, *dataset, body, own->until);
  DENGJI_TRY(check_licence_period(tx, licence, own->until));
  if (const std::string_view excess = licence_excess(licence.terms, own->terms); !excess.empty()) {
    return refuse(V::licence_exceeds_parent,
                  (body.under ? "licence " + *body.under : "dataset " + dataset->label()) + " does not allow it",
                  "/body/licence/" + std::string(excess));
  }
  DENGJI_TRY(check_exclusive(tx, licence));
  tx.create(licence);
  tx.status(GrantedLicence::kKind, licence.id, "", "granted");
  tx.deadline(GrantedLicence::kKind, licence.id, "term", *licence.terms.until);
  return {};
}

Verdict apply_encumber(EntryTx& tx, const DatasetEncumberBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  DENGJI_TRY(check_two_parties(tx, "holder", "creditor"));
  DENGJI_TRY(check_in_force(tx, *dataset));
  DENGJI_TRY(check_unencumbered(*dataset));
  const OrgId& creditor = tx.context().org("creditor");
  dataset->encumbrance = Encumbrance{.creditor = creditor,
                                     .agreement = body.agreement,
                                     .since = tx.context().day(),
                                     .seq = static_cast<std::int64_t>(tx.context().seq.value),
                                     .secured_fen = body.secured_fen,
                                     .until = body.until};
  tx.flag(Dataset::kKind, dataset->id, "encumbered", {creditor.text});
  if (body.until) tx.deadline(Dataset::kKind, dataset->id, "encumbrance", *body.until);
  tx.put(*dataset);
  return {};
}

Verdict apply_discharge(EntryTx& tx, const DatasetDischargeBody& body) {
  auto dataset = need_dataset(tx, body.dataset);
  if (!dataset) return std::unexpected(std::move(dataset.error()));
  if (tx.context().party("holder")) DENGJI_TRY(check_holder(tx, *dataset, "holder"));
  if (!dataset->encumbrance) {
    return refuse(V::not_encumbered, describe(*dataset, tx.context().day()) + " and not pledged", "/body/dataset");
  }
  if (tx.context().org("creditor") != dataset->encumbrance->creditor) {
    return refuse(V::not_the_creditor,
                  "dataset " + dataset->label() + " is pledged to " + dataset->encumbrance->creditor.text, "/parties");
  }
  tx.flag(Dataset::kKind, dataset->id, "discharged", {dataset->encumbrance->creditor.text});
  dataset->encumbrance.reset();
  tx.put(*dataset);
  return {};
}

}  // namespace dengji::contracts::registering

namespace dengji::contracts {

void GrantedLicence::indexes(const GrantedLicence& licence, IndexSink& sink) {
  sink.add("dataset", licence.dataset);
  sink.add("licensor", licence.licensor.text);
  sink.add("licensee", licence.licensee.text);
  sink.add("within", licence.within());
  if (licence.exclusive) sink.add("exclusive", licence.within());
  index_lapse(sink, *licence.terms.until);
}

void GrantedLicence::extend_json(const GrantedLicence& licence, const ReadView& view, LedgerTime now, Json& json) {
  json["effective_status"] = std::string(effective_status(view, licence, shanghai_day(now)));
}

std::string_view effective_status(const ReadView& view, const GrantedLicence& licence, Date day) {
  const auto dataset = find_object<Dataset>(view, licence.dataset);
  if (dataset && dataset->status == DatasetStatus::revoked) return "revoked";
  if (day < licence.from) return "not_yet_valid";
  return *licence.terms.until < day ? "expired" : "in_force";
}

}  // namespace dengji::contracts
