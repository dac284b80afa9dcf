#include "contracts/insight/answers.hpp"

#include <array>

#include "contracts/pool/pools.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"

namespace dengji::contracts::insight {
namespace {

struct Row {
  std::string_view name;
  Result<Json> (*answer)(const Question& question);
};

// Subsidies by line stand beside what their pools hold.
Result<Json> stats_with_pools(const Question& question) {
  auto answer = stats(question.scope, question.query);
  const std::string* group = member(question.query, "group");
  if (!answer || group == nullptr || *group != state::name_of(GroupBy::line)) return answer;
  Json pools = Json::array();
  const std::string prefix = state::object_prefix(Pool::kKind);
  question.view.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
    const auto pool = decode<Pool>(record);
    Json item{{"pool", pool.code}, {"year", pool.year}, {"status", state::name_of(pool.status)}};
    Pool::extend_json(pool, question.view, question.scope.as_of().now, item);
    item["query"] = as_of_query("/v1/pools/" + pool.object_id(), question.scope.as_of());
    pools.push_back(std::move(item));
    return true;
  });
  (*answer)["pools"] = std::move(pools);
  return answer;
}

constexpr std::array kRows = {
    Row{"stats", stats_with_pools},
    Row{"stats/entries", [](const Question& q) { return stats_entries(q.scope, q.query, q.part); }},
    Row{"stats/flow", [](const Question& q) { return flow(q.scope, q.query); }},
    Row{"stats/targets", [](const Question& q) { return targets(q.scope, q.view, q.query); }},
    Row{"prices", [](const Question& q) { return prices(q.scope, q.query); }},
    Row{"prices/entries", [](const Question& q) { return price_entries(q.scope, q.query, q.part); }},
    Row{"inspections", [](const Question& q) { return inspections(q.scope, q.view, q.query, q.part); }},
};

}  // namespace

Result<Json> answer(std::string_view name, const Question& question) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.answer(question);
  }
  return fail(ErrorCode::not_found, "no such question: " + std::string(name));
}

}  // namespace dengji::contracts::insight
