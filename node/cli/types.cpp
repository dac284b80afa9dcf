// dengji type list / show: what the registry of this build holds.
#include "node/cli/types.hpp"

#include "contracts/areas.hpp"

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

}  // namespace

Json list_types(const state::Registry& registry) {
  Json rows = Json::array();
  for (const auto* type : registry.types()) rows.push_back(summary(*type));
  return rows;
}

Result<Json> show_type(const state::Registry& registry, const std::string& name) {
  const auto* type = registry.type(name);
  if (!type) return fail(ErrorCode::unknown_type, name + "; dengji type list names them");
  Json shown = summary(*type);
  shown["signers"] = signers_of(*type);
  shown["public"] = type->visibility == state::Visibility::everyone;
  shown["schema"] = type->schema();
  return shown;
}

void add_type_commands(CLI::App& app, Shared& shared) {
  auto* type = app.add_subcommand("type", "What kinds of entry there are")->require_subcommand(1);
  on_run(*type->add_subcommand("list", "All entry types"), shared, [&shared]() -> Result<void> {
    print_rows(shared, list_types(contracts::registry()), {"type", "area", "doc"});
    return {};
  });
  auto name = std::make_shared<std::string>();
  auto* show = type->add_subcommand("show", "One type: who signs, and the JSON Schema of its body");
  show->add_option("type", *name, "Such as trade.agree")->required();
  on_run(*show, shared, [&shared, name]() -> Result<void> {
    const auto shown = show_type(contracts::registry(), *name);
    if (!shown) return std::unexpected(shown.error());
    print_object(shared, *shown);
    return {};
  });
}

}  // namespace dengji::cli
