// dengji dataset import / export: other people's descriptions of data to bodies of dataset.apply, and back.
#include <cstdio>
#include <filesystem>
#include <map>

#include "crypto/base64.hpp"
#include "ledger/base/time.hpp"
#include "node/cli/datasets.hpp"
#include "node/datasets/croissant_export.hpp"
#include "node/datasets/dcat_export.hpp"
#include "node/datasets/import.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kMaxDefaultsBytes = 4 << 20;

struct ImportCommand {
  std::string description;
  std::string format = "auto";
  std::string files;
  std::string defaults;
  std::string out;
  std::string report;
  bool accept_differences = false;
};

Result<node::ImportOptions> options_of(const ImportCommand& command) {
  node::ImportOptions options{
      .description = command.description, .files = std::nullopt, .accept_differences = command.accept_differences};
  if (command.format == "frictionless") options.format = node::DescriptionFormat::frictionless;
  if (command.format == "croissant") options.format = node::DescriptionFormat::croissant;
  if (!command.files.empty()) options.files = command.files;
  if (command.defaults.empty()) return options;
  const auto text = read_input(command.defaults, kMaxDefaultsBytes);
  if (!text) return std::unexpected(text.error());
  auto defaults = json::read_strict(*text, {.max_bytes = kMaxDefaultsBytes});
  if (!defaults) {
    defaults.error().context.append("; ").append(command.defaults);
    return std::unexpected(std::move(defaults.error()));
  }
  options.defaults = std::move(*defaults);
  return options;
}

// NAME.json for dengji entry new --body; NAME.manifest.ndjson beside it where the list is not in the body.
Result<void> write_bodies(const std::string& folder, const node::ImportResult& result) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(ErrorCode::io, "making the folder " + folder + ": " + failed.message());
  for (const auto& dataset : result.datasets) {
    if (!dataset.accepted) continue;
    const std::string base = (std::filesystem::path(folder) / dataset.stem).string();
    if (auto written = write_output(base + ".json", json::write_canonical(dataset.body) + "\n"); !written)
      return written;
    if (dataset.body.at("manifest").contains("list")) continue;
    if (auto written = write_output(base + ".manifest.ndjson", node::write_list(dataset.list)); !written)
      return written;
  }
  return {};
}

Json description_row(const node::ImportedDataset& dataset, std::int64_t findings, const std::string& folder) {
  Json row = {{"resource", dataset.resource},
              {"title", dataset.body.value("title", Json(""))},
              {"accepted", dataset.accepted},
              {"findings", findings}};
  if (!dataset.list.files.empty()) {
    row["files"] = dataset.list.manifest.files;
    row["bytes"] = dataset.list.manifest.bytes;
    row["root"] = crypto::to_b64(dataset.list.manifest.root);
  }
  if (dataset.accepted && !folder.empty()) {
    row["file"] = (std::filesystem::path(folder) / (dataset.stem + ".json")).string();
  }
  return row;
}

void print_result(const Shared& shared, const node::ImportResult& result, const std::string& folder) {
  std::map<std::string, std::int64_t> counts;
  for (const node::Finding& finding : result.findings.all()) ++counts[finding.resource];
  Json rows = Json::array();
  for (const auto& dataset : result.datasets)
    rows.push_back(description_row(dataset, counts[dataset.resource], folder));
  Json report = node::report_json(result);
  if (shared.as_json) {
    report.erase("dengji");
    report.erase("v");
    report["datasets"] = std::move(rows);
    return print_object(shared, report);
  }
  print_rows(shared, rows, {"resource", "files", "bytes", "root", "findings", "accepted"});
  std::printf("\n");
  print_rows(shared, report["findings"], {"severity", "code", "resource", "detail"});
}

Result<void> import(const Shared& shared, const ImportCommand& command) {
  const auto options = options_of(command);
  if (!options) return std::unexpected(options.error());
  Result<node::ImportResult> result = [&] {
    Progress progress;
    return node::import_datasets(*options, std::ref(progress));
  }();
  if (!result) {
    result.error().context.append("; ").append(command.description);
    return std::unexpected(std::move(result.error()));
  }
  if (!command.out.empty()) {
    if (auto written = write_bodies(command.out, *result); !written) return written;
  }
  const Json report = node::report_json(*result);
  if (!command.report.empty()) {
    if (auto written = write_output(command.report, json::write_canonical(report) + "\n"); !written) return written;
  }
  if (command.report != "-") print_result(shared, *result, command.out);
  std::string counts;
  for (const auto& [code, count] : report.at("counts").items()) counts += "  " + code + " " + count.dump();
  std::fprintf(stderr, "dengji: %zu of %zu data sets can be applied for; findings:%s\n", result->accepted(),
               result->datasets.size(), counts.empty() ? " none" : counts.c_str());
  if (result->accepted() == result->datasets.size()) return {};
  return fail(ErrorCode::value_format, std::to_string(result->datasets.size() - result->accepted()) +
                                           " data sets have errors and were left out; the findings say why");
}

struct ExportCommand {
  std::string format = "croissant";
  std::string body = "-";
  std::string list;
  std::string out = "-";
  node::ExportOptions options;
};

Result<void> export_dataset(ExportCommand& command) {
  const auto text = read_input(command.body);
  if (!text) return std::unexpected(text.error());
  const auto dataset = json::read_strict(*text, {.max_bytes = kMaxInputBytes});
  if (!dataset) return std::unexpected(dataset.error());
  if (!command.options.date_published.empty() && !parse_date(command.options.date_published)) {
    return fail(ErrorCode::usage, "--date is YYYY-MM-DD");
  }
  if (!command.list.empty()) {
    auto list = read_list(command.list);
    if (!list) return std::unexpected(list.error());
    command.options.list = std::move(*list);
  }
  if (command.format == "dcat") {
    const auto document = node::export_dcat(*dataset, command.options);
    if (!document) return std::unexpected(document.error());
    return write_output(command.out, document->dump(2) + "\n");
  }
  const auto document = node::export_croissant(*dataset, command.options);
  if (!document) return std::unexpected(document.error());
  if (!document->missing.empty()) {
    std::string names;
    for (const std::string& member : document->missing) names.append(names.empty() ? "" : ", ").append(member);
    std::fprintf(stderr, "dengji: Croissant requires %s; give --url, --creator, --date\n", names.c_str());
  }
  return write_output(command.out, document->json.dump(2) + "\n");
}

}  // namespace

void add_description_commands(CLI::App& group, Shared& shared) {
  auto taken = std::make_shared<ImportCommand>();
  auto* import_command = group.add_subcommand("import", "Bodies of dataset.apply from datapackage.json or Croissant");
  import_command->add_option("description", taken->description, "datapackage.json, or a Croissant document")
      ->required();
  import_command->add_option("--format", taken->format, "What it is")
      ->check(CLI::IsMember({"auto", "frictionless", "croissant"}))
      ->capture_default_str();
  import_command->add_option("--files", taken->files, "Folder of the data files; else beside the description");
  import_command->add_option("--defaults", taken->defaults, "JSON with what the description cannot know");
  import_command->add_option("--out", taken->out, "Folder for the bodies; without it nothing is written");
  import_command->add_option("--report", taken->report, "Also write the quality report, - for standard output alone");
  import_command->add_flag("--accept-differences", taken->accept_differences,
                           "Take files whose size or hash is not the stated one");
  on_run(*import_command, shared, [&shared, taken] { return import(shared, *taken); });

  auto given = std::make_shared<ExportCommand>();
  auto* export_command = group.add_subcommand("export", "A data set in a format that others read");
  export_command
      ->add_option("body", given->body, "Body of dataset.apply or object of /v1/datasets, - for standard input")
      ->capture_default_str();
  export_command->add_option("--format", given->format, "The format")
      ->check(CLI::IsMember({"croissant", "dcat"}))
      ->capture_default_str();
  export_command->add_option("--manifest", given->list, "List of files, where the body does not hold it");
  export_command->add_option("--url", given->options.url, "Page of the data set; else its homepage");
  export_command->add_option("--creator", given->options.creator, "Organisation that made it; else its holder");
  export_command->add_option("--date", given->options.date_published, "Day of publication");
  export_command->add_option("--base-url", given->options.base_url, "What stands before each file's path");
  export_command->add_option("--out", given->out, "File to write, - for standard output")->capture_default_str();
  on_run(*export_command, shared, [given] { return export_dataset(*given); });
}

}  // namespace dengji::cli
