// dengji type list / show: what the registry of this build holds.
#include "contracts/areas.hpp"
#include "node/cli/command.hpp"

namespace dengji::cli {
namespace {

Json signers_of(const state::EntryTypeInfo& type) {
  Json signers = Json::array();
  for (const auto& rule : type.signers) {
    Json roles = Json::array();
    for (const auto role : rule.roles) roles.push_back(std::string(role));
    signers.push_back(Json{{"roles", std::move(roles)}, {"min", rule.min}, {"max", rule.max}});
  }
  return signers;
}

Json summary(const state::EntryTypeInfo& type) {
  return Json{{"type", std::string(type.type)},
              {"area", std::string(type.area)},
              {"doc", std::string(type.doc)},
              {"doc_zh", std::string(type.doc_zh)}};
}

Result<void> list_types(const Shared& shared) {
  Json rows = Json::array();
  for (const auto* type : contracts::registry().types()) rows.push_back(summary(*type));
  print_rows(shared, rows, {"type", "area", "doc"});
  return {};
}

Result<void> show_type(const Shared& shared, const std::string& name) {
  const auto* type = contracts::registry().type(name);
  if (!type) return fail(ErrorCode::unknown_type, name + "; dengji type list names them");
  Json shown = summary(*type);
  shown["signers"] = signers_of(*type);
  shown["public"] = type->visibility == state::Visibility::everyone;
  shown["schema"] = type->schema();
  print_object(shared, shown);
  return {};
}

}  // namespace

void add_type_commands(CLI::App& app, Shared& shared) {
  auto* type = app.add_subcommand("type", "What kinds of entry there are")->require_subcommand(1);
  on_run(*type->add_subcommand("list", "All entry types"), shared, [&shared] { return list_types(shared); });
  auto name = std::make_shared<std::string>();
  auto* show = type->add_subcommand("show", "One type: who signs, and the JSON Schema of its body");
  show->add_option("type", *name, "Such as trade.agree")->required();
  on_run(*show, shared, [&shared, name] { return show_type(shared, *name); });
}

}  // namespace dengji::cli
