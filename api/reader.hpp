// Who reads, and what it may see. A caller shows who it is by a JWT signed with its registered key, in the
// Authorization field; it is checked on every request against the keys and roles in force. The same token may be used
// again until it expires: a read changes nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/core.hpp"
#include "ledger/base/error.hpp"
#include "ledger/state/entry_meta.hpp"

namespace dengji::api {

inline constexpr std::int64_t kMaxTokenSeconds = 300;

struct Reader {
  std::optional<OrgId> org;  // absent: anyone
  bool sees_all = false;     // platform, bureau, finance, auditor: all but what is supervised
  bool supervises = false;   // bureau, cyberspace, auditor
  bool may_export = false;   // bureau, auditor
  std::string kid;

  bool may_see(const state::Registry& registry, const state::EntryMeta& entry) const;
  bool may_see(const state::ObjectKindInfo& kind, std::string_view record) const;

 private:
  // By what it is, whoever the parties are.
  bool sees(state::Visibility visibility) const;
};

// `authorization` as sent, empty for none. Errors: bad_token, unknown_key, bad_signature, jws_typ and those of the
// token's form, always to be answered with 401.
Result<Reader> read_token(const Core& core, std::string_view authorization);
// The same reader's standing now: unknown_key if its key is no longer in force.
Result<Reader> standing(const Core& core, const Reader& reader);

}  // namespace dengji::api
