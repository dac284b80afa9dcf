#include "contracts/insight/answers.hpp"

#include <array>

namespace dengji::contracts::insight {
namespace {

struct Row {
  std::string_view name;
  Result<Json> (*answer)(const Question& question);
};

constexpr std::array kRows = {
    Row{"stats", [](const Question& q) { return stats(q.scope, q.query); }},
    Row{"stats/entries", [](const Question& q) { return stats_entries(q.scope, q.query, q.part); }},
    Row{"stats/flow", [](const Question& q) { return flow(q.scope, q.query); }},
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
