// Roles that an organisation can be granted, and the roles in which a party signs an entry. A party role either needs a
// granted role of the same name (bureau, finance, …), or stands for any active organisation (seller, buyer, applicant
// …).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/state/fields.hpp"

namespace dengji::state {

enum class Role : std::uint8_t { bureau, finance, registrar, platform, certifier, cyberspace, auditor };

template <>
struct EnumNames<Role> {
  static constexpr std::array names{"bureau", "finance", "registrar", "platform", "certifier", "cyberspace", "auditor"};
};

// The granted role that a party role needs; nullopt for party roles that any active organisation may bear.
inline std::optional<Role> needed_role(std::string_view party_role) {
  return enum_of<Role>(party_role);
}

inline constexpr std::string_view kGovernor = "governor";  // party role: a governor named at genesis or by a later act

}  // namespace dengji::state
