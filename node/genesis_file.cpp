#include "node/genesis_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>

#include "crypto/jwk.hpp"
#include "node/config.hpp"

namespace dengji::node {
namespace {

using json::Json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxItems = 64;  // of an array; the genesis body allows fewer

std::unexpected<Error> wrong_genesis(std::string what) {
  return fail(ErrorCode::config, std::move(what));
}

Result<std::string> text_of(const toml::table& table, std::string_view member) {
  const auto* node = table.get(member);
  if (!node) return std::string();
  if (auto value = node->value_exact<std::string>()) return std::move(*value);
  return wrong_genesis(std::string(member) + ": a string");
}

Result<Json> texts_of(const toml::table& table, std::string_view member) {
  Json texts = Json::array();
  const auto* node = table.get(member);
  if (!node) return texts;
  const auto* array = node->as_array();
  if (!array || array->size() > kMaxItems) return wrong_genesis(std::string(member) + ": an array of strings");
  for (const auto& item : *array) {
    auto value = item.value_exact<std::string>();
    if (!value) return wrong_genesis(std::string(member) + ": an array of strings");
    texts.push_back(std::move(*value));
  }
  return texts;
}

// A misspelt member would be left out in silence, for ever.
Result<void> only(const toml::table& table, std::string_view where, std::initializer_list<std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      return wrong_genesis(std::string(where) + "." + std::string(key.str()) + ": is not known here");
    }
  }
  return {};
}

class GenesisReader {
 public:
  GenesisReader(const fs::path& folder, const ReadKeyFile& read_key) : folder_(folder), read_key_(read_key) {}

  Result<GenesisDraft> read(const toml::table& root) {
    if (auto known = only(root, "file", {"ledger", "title", "quorum", "governor", "node"}); !known)
      return std::unexpected(known.error());
    auto ledger = text_of(root, "ledger");
    if (!ledger) return std::unexpected(ledger.error());
    auto title = text_of(root, "title");
    if (!title) return std::unexpected(title.error());
    const auto* quorum = root.get("quorum");
    const auto count = quorum ? quorum->value_exact<std::int64_t>() : std::nullopt;
    if (!count) return wrong_genesis("quorum: an integer");
    draft_.ledger = std::move(*ledger);
    draft_.body =
        Json{{"title", std::move(*title)}, {"quorum", *count}, {"governors", Json::array()}, {"nodes", Json::array()}};
    if (auto added = each(root, "governor", &GenesisReader::add_governor); !added)
      return std::unexpected(added.error());
    if (auto added = each(root, "node", &GenesisReader::add_node); !added) return std::unexpected(added.error());
    return std::move(draft_);
  }

 private:
  Result<void> each(const toml::table& root, const char* name, Result<void> (GenesisReader::*add)(const toml::table&)) {
    const auto* array = root[name].as_array();
    if (!array || array->empty() || array->size() > kMaxItems)
      return wrong_genesis(std::string("the file needs [[") + name + "]] tables");
    for (const auto& item : *array) {
      const auto* table = item.as_table();
      if (!table) return wrong_genesis(std::string(name) + " is an array of tables");
      if (auto added = (this->*add)(*table); !added) return added;
    }
    return {};
  }

  Result<void> add_governor(const toml::table& table) {
    static constexpr std::string_view kTexts[] = {"id", "name", "region", "ownership", "scale"};
    if (auto known =
            only(table, "governor", {"id", "name", "region", "ownership", "scale", "chain_roles", "roles", "key"});
        !known)
      return known;
    Json org;
    for (const std::string_view member : kTexts) {
      auto value = text_of(table, member);
      if (!value) return std::unexpected(value.error());
      org[std::string(member)] = std::move(*value);
    }
    auto chain_roles = texts_of(table, "chain_roles");
    if (!chain_roles) return std::unexpected(chain_roles.error());
    org["chain_roles"] = std::move(*chain_roles);
    auto roles = texts_of(table, "roles");
    if (!roles) return std::unexpected(roles.error());
    auto path = text_of(table, "key");
    if (!path) return std::unexpected(path.error());
    const auto key = read_key_(folder_ / *path);
    if (!key) return std::unexpected(key.error());
    draft_.signers.push_back({OrgId(org["id"].get<std::string>()), folder_ / *path, key->kid});
    draft_.body["governors"].push_back(
        Json{{"org", std::move(org)},
             {"roles", std::move(*roles)},
             {"keys", Json::array({Json{{"jwk", crypto::to_jwk(key->public_key)}, {"use", "sign"}}})}});
    return {};
  }

  Result<void> add_node(const toml::table& table) {
    if (auto known = only(table, "node", {"id", "batch", "log", "cosigner"}); !known) return known;
    auto id = text_of(table, "id");
    if (!id) return std::unexpected(id.error());
    Json member{{"id", std::move(*id)}};
    for (const char* use : {"batch", "log", "cosigner"}) {
      auto path = text_of(table, use);
      if (!path) return std::unexpected(path.error());
      const auto key = read_key_(folder_ / *path);
      if (!key) return std::unexpected(key.error());
      member[use] = crypto::to_jwk(key->public_key);
    }
    draft_.body["nodes"].push_back(std::move(member));
    return {};
  }

  const fs::path& folder_;
  const ReadKeyFile& read_key_;
  GenesisDraft draft_;
};

}  // namespace

Result<GenesisDraft> parse_genesis_file(std::string_view text, const fs::path& folder, const ReadKeyFile& read_key) {
  if (text.size() > kMaxConfigBytes) return wrong_genesis("the file is larger than 64 KiB");
  try {
    return GenesisReader(folder, read_key).read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return wrong_genesis("line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
}

}  // namespace dengji::node
