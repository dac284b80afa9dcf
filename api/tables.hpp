// What the API serves without knowing what it means: the registry's entry types and object kinds, reports, which are
// queries over the state that an area offers beside its objects, and forms, the schemas of parts of entry bodies.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "ledger/base/error.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::api {

struct ReportParameter {
  std::string name;
  std::string doc;
};

// GET /v1/<name>. `run` gets the query as sent, less the common members (as_of, min_size); errors with a pointer name
// the parameter.
struct ReportInfo {
  std::string name;  // "stats"
  std::string doc;
  std::string doc_zh;
  state::Visibility visibility = state::Visibility::everyone;
  std::vector<ReportParameter> parameters;
  std::function<Result<state::Json>(const state::ReadView& view, LedgerTime now, const Query& query)> run;
};

struct Tables {
  const state::Registry& registry;
  std::vector<ReportInfo> reports;
  std::span<const state::FormInfo> forms;
};

}  // namespace dengji::api
