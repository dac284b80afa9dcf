#include "contracts/type_docs.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "contracts/common/vocabularies.hpp"

namespace dengji::contracts {
namespace {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

// --- text
std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// A cell of a table: a bar would end it, an angle bracket would start a tag.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
      continue;
    }
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return value < 0 ? "-" + digits : digits;
}

// "1 to 200", "at most 16", "at least 1"; empty where there is no limit worth telling.
std::string range(std::int64_t min, std::int64_t max) {
  if (min == max) return grouped(min);
  const bool open_above = max >= kMaxSafeInteger;
  if (min <= -kMaxSafeInteger) return open_above ? "" : "at most " + grouped(max);
  if (open_above) return "≥ " + grouped(min);
  if (min == 0) return "≤ " + grouped(max);
  return grouped(min) + "–" + grouped(max);
}

std::string with_range(std::string_view what, const Json& schema, std::string_view min, std::string_view max) {
  const std::string limits =
      range(schema.at(std::string(min)).get<std::int64_t>(), schema.at(std::string(max)).get<std::int64_t>());
  return limits.empty() ? std::string(what) : std::string(what) + " " + limits;
}

// --- schemas
std::string text_type(const Json& schema) {
  if (schema.contains("enum")) {
    std::string names;
    for (const Json& name : schema.at("enum")) {
      names.append(names.empty() ? "" : " ").append(code(name.get_ref<const std::string&>()));
    }
    return names;
  }
  const std::string format = schema.value("format", "");
  if (format == "date") return "date";
  if (format == "date-time") return "time";
  const std::string pattern = schema.value("pattern", "");
  if (pattern.ends_with("{43}$")) return "hash";
  if (pattern.ends_with("{20}$")) return "number";
  if (!pattern.empty()) return "organisation";
  return with_range("text", schema, "minLength", "maxLength");
}

std::string type_of(const Json& schema) {
  const std::string& type = schema.at("type").get_ref<const std::string&>();
  if (type == "string") return text_type(schema);
  if (type == "integer") return with_range("integer", schema, "minimum", "maximum");
  if (type == "array") {
    return with_range("list of", schema, "minItems", "maxItems") + ": " + type_of(schema.at("items"));
  }
  return type;
}

using Known = std::vector<std::pair<Json, std::string>>;  // bodies that another place need not spell out again

class Members {
 public:
  explicit Members(const Known& known) : known_(known) {}

  std::string table(const Json& schema, std::string_view heading) {
    rows_.clear();
    add(schema, "");
    if (rows_.empty()) return "No members.\n";
    return "| " + std::string(heading) + " | Value | |\n|---|---|---|\n" + rows_;
  }

 private:
  void add(const Json& object, const std::string& prefix) {
    const Json& required = object.at("required");
    for (const auto& [name, schema] : object.at("properties").items()) {
      const bool needed = std::find(required.begin(), required.end(), name) != required.end();
      add_member(prefix + name, schema, needed);
    }
  }

  void add_member(const std::string& name, const Json& schema, bool needed) {
    const bool list = schema.at("type") == "array";
    const Json& inner = list ? schema.at("items") : schema;
    const bool nested = inner.at("type") == "object";
    const std::string same = nested ? known_as(inner) : "";
    std::string type = type_of(schema);
    if (!same.empty()) type = (list ? type + ", each " : "") + "as the body of " + code(same);
    rows_ += "| " + code(name) + (needed ? "" : ", optional") + " | " + cell(type) + " | " +
             cell(schema.value("description", "")) + " |\n";
    if (nested && same.empty()) add(inner, name + (list ? "[]." : "."));
  }

  std::string known_as(const Json& schema) const {
    Json plain = schema;
    plain.erase("description");
    for (const auto& [body, type] : known_) {
      if (body == plain) return type;
    }
    return {};
  }

  const Known& known_;
  std::string rows_;
};

// --- sections
std::string signers(const EntryTypeInfo& type) {
  std::string text;
  for (const SignerRule& rule : type.signers) {
    if (!text.empty()) text += "; ";
    for (std::size_t i = 0; i < rule.roles.size(); ++i) text += (i ? " or " : "") + code(rule.roles[i]);
    text += " (" + range(rule.min, rule.max) + ")";
  }
  return text;
}

std::string_view readers(Visibility visibility) {
  if (visibility == Visibility::everyone) return "everyone";
  return visibility == Visibility::parties ? "its parties, the platform, the bureau, finance and auditors"
                                           : "its parties, the cyberspace administration, the bureau and auditors";
}

std::string title_of(std::string_view area) {
  std::string title(area);
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

std::string entry_types(std::span<const Area> areas) {
  Known known;
  for (const Area& area : areas) {
    for (const EntryTypeInfo& type : area.types) {
      Json body = type.schema();
      // A short body is clearer where it stands.
      if (body.at("properties").size() > 12) known.emplace_back(std::move(body), type.type);
    }
  }
  std::string text = "## Entry types\n";
  for (const Area& area : areas) {
    text += "\n### " + title_of(area.name) + " entries\n";
    for (const EntryTypeInfo& type : area.types) {
      text += "\n#### " + std::string(type.type) + "\n\n" + std::string(type.doc) + ". " + std::string(type.doc_zh) +
              "。\n\nSigned by " + signers(type) + ". Read by " + std::string(readers(type.visibility)) + ".\n\n";
      text += Members(known).table(type.schema(), "Body");
    }
  }
  return text;
}

// What GET /v1/deadlines can tell of the kind.
std::string time_limits_of(const ObjectKindInfo& kind) {
  if (kind.deadline_names.empty()) return {};
  std::string text = "Time limits:\n\n";
  for (const DeadlineName& name : kind.deadline_names) {
    text += "- " + code(name.what) + ": " + std::string(name.doc) + ". " + std::string(name.doc_zh) + "。\n";
  }
  return text + "\n";
}

std::string object_kinds(std::span<const Area> areas) {
  Known known;
  for (const Area& area : areas) {
    for (const EntryTypeInfo& type : area.types) known.emplace_back(type.schema(), type.type);
  }
  std::string text = "## Objects\n";
  for (const Area& area : areas) {
    for (const ObjectKindInfo& kind : area.kinds) {
      text += "\n### " + std::string(kind.plural) + "\n\n" + std::string(kind.doc) + ". " + std::string(kind.doc_zh) +
              "。 Route " + code("/v1/" + std::string(kind.plural)) + ", kind " + code(kind.kind) + ". Read by " +
              std::string(readers(kind.visibility)) + ".";
      if (!kind.indexes.empty()) text += " Listed by:";
      text += "\n\n";
      for (const ObjectIndex& index : kind.indexes) {
        text += "- " + code(index.name) + ": " + std::string(index.doc) + "\n";
      }
      if (!kind.indexes.empty()) text += "\n";
      text += time_limits_of(kind);
      text += Members(known).table(kind.schema(), "Member");
    }
  }
  return text;
}

std::string effects() {
  std::string text = "## Effects\n\nEach is an object with the member `fx`, its name, and:\n";
  const Json schemas = effect_schemas();
  for (const auto& [tag, schema] : schemas.items()) {
    text += "\n### " + tag + "\n\n" + Members({}).table(schema, "Member");
  }
  return text;
}

std::string accounts() {
  std::string text = "## Accounts\n\n| Account | Normal | |\n|---|---|---|\n";
  for (const AccountType& type : account_types()) {
    text += "| " + code(type.pattern) + " | " + (type.normal == Normal::debit ? "debit" : "credit") + " | " +
            std::string(type.doc) + " |\n";
  }
  return text;
}

std::string vocabularies() {
  constexpr std::array kAll{
      std::pair{Vocabulary::industry, "industry"}, std::pair{Vocabulary::modality, "modality"},
      std::pair{Vocabulary::stage, "stage"},       std::pair{Vocabulary::label_method, "label method"},
      std::pair{Vocabulary::category, "category"}, std::pair{Vocabulary::supply_mode, "supply mode"}};
  std::string text =
      "## Vocabularies\n\nAs built in; a policy of kind `vocabulary` takes over from its first day.\n\n"
      "| | Code | | |\n|---|---|---|---|\n";
  for (const auto& [vocabulary, name] : kAll) {
    for (const Word& word : words(vocabulary)) {
      text += "| " + std::string(name) + " | " + code(word.code) + " | " + std::string(word.en) + " | " +
              std::string(word.zh) + " |\n";
    }
  }
  return text;
}

std::string verdict_rows(std::span<const VerdictRow> rows) {
  std::string text = "| Number | Code | HTTP | | |\n|---|---|---|---|---|\n";
  std::vector<const VerdictRow*> sorted;
  for (const VerdictRow& row : rows) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->number < b->number; });
  for (const VerdictRow* row : sorted) {
    text += "| " + std::to_string(row->number) + " | " + code(row->slug) + " | " + std::to_string(row->http_status) +
            " | " + cell(row->en) + " | " + cell(row->zh) + " |\n";
  }
  return text;
}

std::string verdicts(std::span<const Area> areas) {
  std::string text = "## Verdicts\n\n### General, 1 to 99\n\n" + verdict_rows(general_verdicts());
  for (const Area& area : areas) {
    text += "\n### " + title_of(area.name) + ", " + std::to_string(area.first_verdict + 1) + " to " +
            std::to_string(area.first_verdict + 99) + "\n\n" + verdict_rows(area.verdicts);
  }
  return text;
}

}  // namespace

std::string type_reference(std::span<const Area> areas) {
  return entry_types(areas) + "\n" + object_kinds(areas) + "\n" + effects() + "\n" + accounts() + "\n" +
         vocabularies() + "\n" + verdicts(areas);
}

}  // namespace dengji::contracts
