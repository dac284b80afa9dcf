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

// One question to a report.
struct ReportCall {
  std::uint64_t size = 0;  // as of so many entries
  LedgerTime now;
  const state::ReadView& view;  // the state at that size
  const Query& query;           // as sent, less the common members (as_of, min_size, limit, cursor)
  std::uint64_t limit = 0;      // of a paged report
  std::string after;            // what the page before gave as "next"; empty for the first
};

// GET /v1/<name>. Errors with a pointer name the parameter; `unavailable` is a report that is not ready yet.
struct ReportInfo {
  std::string name;  // "stats", "stats/entries"
  std::string doc;
  std::string doc_zh;
  state::Visibility visibility = state::Visibility::everyone;  // parties: for those who see everything
  std::string_view about;  // with parties: the parameter that names an organisation, which may ask about itself
  std::vector<ReportParameter> parameters;
  bool paged = false;  // takes limit and cursor; its member "next" says where the next page goes on
  state::Json schema = state::Json::object();
  std::function<Result<state::Json>(const ReportCall&)> run;
};

struct Tables {
  const state::Registry& registry;
  std::vector<ReportInfo> reports;
  std::span<const state::FormInfo> forms;
};

}  // namespace dengji::api
