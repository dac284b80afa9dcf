#include "node/explain_reports.hpp"

#include "api/entry_history.hpp"
#include "contracts/subsidy/subsidy_explain.hpp"

namespace dengji::node {

api::ReportInfo explain_report(const api::LedgerPort& ledger) {
  return {.name = "subsidies/explain",
          .doc = "What an organisation would be due under a subsidy line now, to the fen, and what stops the rest",
          .doc_zh = "某主体在补贴项目下当前应得金额的逐分计算及限制原因",
          .visibility = state::Visibility::parties,
          .about = "org",
          .parameters = {{"line", "Code of the subsidy line"},
                         {"org", "Who would claim"},
                         {"year", "An earlier earn year; the current one if absent"},
                         {"side", "seller or buyer, for a line that is split between them"},
                         {"dataset", "For a line counted per data set: its id or DJ number"}},
          .schema = state::schema_of<state::Explanation>(),
          .run = [&ledger](const api::ReportCall& call) -> Result<state::Json> {
            const api::LedgerEntries entries(ledger, call.view, call.size);
            const auto explanation = contracts::explain_due(call.view, entries, call.query, call.now);
            if (!explanation) return std::unexpected(explanation.error());
            return state::to_json(*explanation);
          }};
}

}  // namespace dengji::node
