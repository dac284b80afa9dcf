// Statistics as JSON: figures by group, the entries behind one figure, and where trade flows. Totals are public; what
// is behind them is for those who may see single trades, which the caller has to make sure of.
#pragma once

#include <cstdint>
#include <string>

#include "contracts/insight/figures.hpp"
#include "ledger/json/strict_json.hpp"

namespace dengji::contracts::insight {

using json::Json;

// group, from, to. Every figure that is not 0 stands with the query that lists the entries behind it.
Result<Json> stats(const Scope& scope, const Query& query);

// figure, group, key, from, to: {seq, value, kind, id} in the order of the walk; "next" if there are more.
Result<Json> stats_entries(const Scope& scope, const Query& query, const Part& part);

// level = province | city | region_group: net trade on the platform and confirmed filings from buyers' to sellers'
// regions.
Result<Json> flow(const Scope& scope, const Query& query);

// One figure of one group, and the query that lists the entries behind it.
__int128 figure_value(const Scope& scope, GroupBy by, std::string_view key, Figure figure);
std::string figure_query(const Scope& scope, GroupBy by, std::string_view key, Figure figure);

// "&as_of=41@2026-03-02": the entry and the day that figures were made at, since what is in force depends on the day
// too; empty for the empty ledger.
std::string as_of_text(const AsOf& as_of);
// The same as the whole query of a path.
std::string as_of_query(std::string path, const AsOf& as_of);

// An amount that may be beyond what JSON readers hold as a number is told as text.
Json big_number(__int128 value);

}  // namespace dengji::contracts::insight
