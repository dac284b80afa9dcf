// dengji policy schema: what the body of each kind of policy looks like, as this build knows it.
#include "node/cli/policies.hpp"

#include "contracts/policy/policies.hpp"

namespace dengji::cli {
namespace {

Json policy_summary(const state::FormInfo& form) {
  return Json{{"kind", std::string(form.name)}, {"doc", std::string(form.doc)}, {"doc_zh", std::string(form.doc_zh)}};
}

Result<void> show_schema(const Shared& shared, const std::string& kind) {
  Json rows = Json::array();
  for (const state::FormInfo& form : contracts::policy_forms()) {
    rows.push_back(policy_summary(form));
    if (form.name != kind) continue;
    Json shown = policy_summary(form);
    shown["schema"] = form.schema();
    print_object(shared, shown);
    return {};
  }
  if (!kind.empty()) return fail(ErrorCode::not_found, "policy kind " + kind + "; dengji policy schema names them");
  print_rows(shared, rows, {"kind", "doc", "doc_zh"});
  return {};
}

}  // namespace

void add_policy_commands(CLI::App& app, Shared& shared) {
  auto* policy = app.add_subcommand("policy", "Policies")->require_subcommand(1);
  auto kind = std::make_shared<std::string>();
  auto* schema = policy->add_subcommand("schema", "The JSON Schema of a kind's body; without KIND, all kinds");
  schema->add_option("kind", *kind, "Such as fee_schedule");
  on_run(*schema, shared, [&shared, kind] { return show_schema(shared, *kind); });
  add_policy_dry_run(*policy, shared);
}

}  // namespace dengji::cli
