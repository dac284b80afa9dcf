// Distinct string types for the names that must not be mixed up. Construction is explicit; the text comes out by
// `.text`. Form checks (USCC, MOD 37,36) live where the forms are known: contracts/common.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace dengji {

template <class Tag>
struct Name {
  std::string text;

  Name() = default;
  explicit Name(std::string value) : text(std::move(value)) {}
  explicit Name(std::string_view value) : text(value) {}
  explicit Name(const char* value) : text(value) {}

  bool empty() const { return text.empty(); }
  friend auto operator<=>(const Name&, const Name&) = default;
};

using OrgId = Name<struct OrgIdTag>;  // USCC (18 characters), or "F:<country>:<scheme>:<value>" for a foreign one
using KeyId = Name<struct KeyIdTag>;  // RFC 7638 thumbprint, b64url, 43 characters
using RegNo = Name<struct RegNoTag>;  // DJ… ZS… JY… FY… BT… BA…, 20 characters

}  // namespace dengji

template <class Tag>
struct std::hash<dengji::Name<Tag>> {
  std::size_t operator()(const dengji::Name<Tag>& name) const noexcept { return std::hash<std::string>{}(name.text); }
};
