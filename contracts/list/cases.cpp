#include "contracts/list/cases.hpp"

#include "contracts/filing/filings.hpp"
#include "contracts/list/lists.hpp"
#include "contracts/registration/registration.hpp"
#include "contracts/trade/trades.hpp"
#include "crypto/base64.hpp"

namespace dengji::contracts {
namespace {

using V = ListVerdict;

std::unexpected<Refusal> no_part(const OrgId& submitter, const std::string& what, std::string_view pointer) {
  return refuse(V::case_not_party, submitter.text + " is no party of " + what, std::string(pointer));
}

// The submitter was seller or buyer; the data set behind the trade belongs to the case.
Verdict link_trade(const EntryTx& tx, Case& submitted) {
  const RegNo& no = *submitted.submission.trade;
  const auto trade = tx.need<Trade>(no.text, "/body/trade");
  if (!trade) return std::unexpected(trade.error());
  if (submitted.submitter != trade->seller && submitted.submitter != trade->buyer) {
    return no_part(submitted.submitter, "trade " + no.text, "/body/trade");
  }
  submitted.dataset = trade->dataset;
  return {};
}

Verdict link_filing(const EntryTx& tx, const Case& submitted) {
  const RegNo& no = *submitted.submission.filing;
  const auto filing = tx.need<Filing>(no.text, "/body/filing");
  if (!filing) return std::unexpected(filing.error());
  if (submitted.submitter != filing->deal.seller && submitted.submitter != filing->deal.buyer) {
    return no_part(submitted.submitter, "filing " + no.text, "/body/filing");
  }
  if (filing->status == FilingStatus::withdrawn || filing->status == FilingStatus::revoked) {
    return refuse(V::case_subject_ended, "filing " + no.text + " is " + std::string(name_of(filing->status)),
                  "/body/filing");
  }
  return {};
}

// Of a data set alone the holder tells; who bought it names the trade or filing as well.
Verdict link_dataset(const EntryTx& tx, Case& submitted) {
  const auto dataset = tx.need<Dataset>(*submitted.submission.dataset, "/body/dataset");
  if (!dataset) return std::unexpected(dataset.error());
  const bool bought = submitted.submission.trade || submitted.submission.filing;
  if (!bought && submitted.submitter != dataset->holder) {
    return no_part(submitted.submitter, "dataset " + dataset->label() + "; name the trade or filing", "/body/dataset");
  }
  if (!registration_in_force(*dataset, tx.context().time)) {
    return refuse(V::case_subject_ended,
                  "dataset " + dataset->label() + " is " + std::string(effective_status(*dataset, tx.context().day())) +
                      "; it must be registered",
                  "/body/dataset");
  }
  submitted.submission.dataset = dataset->id;
  submitted.dataset = dataset->id;
  return {};
}

Verdict apply_case_submit(EntryTx& tx, const CaseSubmitBody& body) {
  if (!body.trade && !body.dataset && !body.filing) {
    return refuse(V::case_subject_missing, "name the trade, the data set or the filing behind it", "/body");
  }
  Case submitted{.id = crypto::to_b64(tx.context().entry_id),
                 .submitter = tx.context().org("submitter"),
                 .submission = body,
                 .submitted_on = tx.context().day(),
                 .submitted_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  if (body.trade) DENGJI_TRY(link_trade(tx, submitted));
  if (body.filing) DENGJI_TRY(link_filing(tx, submitted));
  if (body.dataset) DENGJI_TRY(link_dataset(tx, submitted));
  tx.create(submitted);
  tx.status(Case::kKind, submitted.id, "", "submitted");
  tx.subject(Case::kKind, submitted.id);
  return {};
}

}  // namespace

void Case::indexes(const Case& submitted, IndexSink& sink) {
  sink.add("submitter", submitted.submitter.text);
  sink.add("year", std::to_string(submitted.submission.year));
  if (submitted.dataset) sink.add("dataset", *submitted.dataset);
}

void add_case_types(std::vector<EntryTypeInfo>& types) {
  types.push_back(entry_type<CaseSubmitBody, &apply_case_submit>(
      "case.submit", "list",
      {"Tells of an application of data, tied to a trade, a data set or a filing", "申报应用案例"},
      {{{"submitter"}, 1, 1}}, Visibility::everyone));
}

}  // namespace dengji::contracts
