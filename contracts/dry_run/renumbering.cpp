#include "contracts/dry_run/renumbering.hpp"

#include <algorithm>

#include "contracts/fee/fees.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts::dry_run {
namespace {

constexpr std::size_t kNumberChars = 20;

// What a fee is, whatever its number.
std::string fee_name(const Writes& writes, const std::string& no) {
  const auto record = writes.find(object_key(Fee::kKind, no));
  LEDGER_ASSERT(record != writes.end() && record->second);
  const Fee fee = decode<Fee>(*record->second);
  return std::string(Fee::kKind).append("/").append(fee.line).append("/").append(fee.payer.text);
}

}  // namespace

Brought brought_about(const std::vector<Effect>& effects, const Writes& writes) {
  Brought all;
  const auto known = [&](const std::string& id) {
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.second == id; });
  };
  for (const Effect& effect : effects) {
    if (const auto* number = std::get_if<NumberEffect>(&effect)) {
      const bool fee = number->kind == Fee::kKind;
      all.emplace_back(fee ? fee_name(writes, number->no.text) : number->kind, number->no.text);
    } else if (const auto* status = std::get_if<StatusEffect>(&effect)) {
      if (!status->from && !known(status->id)) all.emplace_back(status->kind, status->id);
    }
  }
  return all;
}

void Renumbering::learn(std::uint64_t seq, const Brought& was, const Brought& would) {
  std::vector<bool> paired(would.size());
  for (const auto& [what, name] : was) {
    std::optional<std::string> to;
    for (std::size_t i = 0; i < would.size() && !to; ++i) {
      if (paired[i] || would[i].first != what) continue;
      paired[i] = true;
      to = would[i].second;
    }
    if (to != name) names_.insert_or_assign(name, Renamed{std::move(to), seq});
  }
}

std::optional<Renumbering::Renamed> Renumbering::find(std::string_view text) const {
  if (const auto whole = names_.find(text); whole != names_.end()) return whole->second;
  if (text.size() <= kNumberChars || text[kNumberChars] != '-') return std::nullopt;
  const auto number = names_.find(text.substr(0, kNumberChars));
  if (number == names_.end()) return std::nullopt;
  Renamed part = number->second;
  if (part.to) part.to->append(text.substr(kNumberChars));
  return part;
}

// Spares the second reading of nearly all entries.
bool Renumbering::mentioned_in(std::string_view payload) const {
  if (names_.empty()) return false;
  for (std::size_t at = payload.find('"'); at != std::string_view::npos;) {
    const std::size_t end = payload.find('"', at + 1);
    if (end == std::string_view::npos) return false;
    if (find(payload.substr(at + 1, end - at - 1))) return true;
    at = end;
  }
  return false;
}

std::optional<Renumbering::Missing> Renumbering::rename_in(json::Json& value) const {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    auto renamed = find(text);
    if (!renamed) return std::nullopt;
    if (!renamed->to) return Missing{text, renamed->seq};
    value = std::move(*renamed->to);
    return std::nullopt;
  }
  if (!value.is_structured()) return std::nullopt;
  for (json::Json& inner : value) {
    if (auto missing = rename_in(inner)) return missing;
  }
  return std::nullopt;
}

std::expected<BodyPtr, Renumbering::Missing> Renumbering::rename(const CheckedEntry& entry) const {
  if (!mentioned_in(entry.entry.payload())) return nullptr;
  auto again = entry::parse_payload(entry.entry.payload());
  LEDGER_ASSERT(again);
  if (auto missing = rename_in(again->body)) return std::unexpected(std::move(*missing));
  auto body = entry.type->read(again->body);
  LEDGER_ASSERT(body);
  return std::move(*body);
}

}  // namespace dengji::contracts::dry_run
