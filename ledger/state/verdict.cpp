#include "ledger/state/verdict.hpp"

#include <array>

namespace dengji::state {
namespace {

constexpr VerdictRow row(General verdict, std::string_view slug, int http, std::string_view en, std::string_view zh) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kRows = {
    row(General::wrong_ledger, "wrong_ledger", 422, "The entry was made for another ledger", "条目属于另一账本"),
    row(General::wrong_genesis, "wrong_genesis", 422, "The entry names another genesis", "条目的创世哈希不符"),
    row(General::made_in_future, "made_in_future", 422, "made_at is more than 5 minutes ahead of ledger time",
        "made_at 超前账本时间 5 分钟以上"),
    row(General::entry_expired, "entry_expired", 422, "valid_until has passed at ledger time", "条目已过有效时间"),
    row(General::id_reused, "id_reused", 409, "The id was used for another entry of this organisation",
        "该编号已被本主体的另一条目使用"),
    row(General::unknown_key, "unknown_key", 401, "No such key is registered", "密钥未登记"),
    row(General::bad_signature, "bad_signature", 401, "A signature does not verify", "签名验证失败"),
    row(General::key_revoked, "key_revoked", 403, "The key is revoked", "密钥已撤销"),
    row(General::key_not_for_signing, "key_not_for_signing", 403, "The key is registered for reading only",
        "密钥仅供读取"),
    row(General::key_of_other_org, "key_of_other_org", 403, "The key belongs to another organisation",
        "密钥属于其他主体"),
    row(General::org_unknown, "org_unknown", 403, "The organisation is not registered", "主体未注册"),
    row(General::org_not_active, "org_not_active", 403, "The organisation is not active", "主体未生效"),
    row(General::role_not_held, "role_not_held", 403, "The organisation does not hold the role", "主体没有该角色"),
    row(General::signer_missing, "signer_missing", 403, "A party that must sign is missing", "缺少必须签名的一方"),
    row(General::signer_not_wanted, "signer_not_wanted", 403, "A party with this role does not sign this type",
        "该角色不应签署此类条目"),
    row(General::quorum_missing, "quorum_missing", 403, "Fewer governors signed than the quorum",
        "签名的治理方未达法定数"),
    row(General::leaf_too_large, "leaf_too_large", 422, "The leaf would be larger than 65,535 bytes",
        "叶子超过 65535 字节"),
    row(General::account_limit, "account_limit", 422, "An account would break its limit", "账户超出限额"),
    row(General::amount_overflow, "amount_overflow", 422, "An amount leaves the range of 2^53-1", "金额超出 2^53-1"),
    row(General::object_unknown, "object_unknown", 422, "The object that the entry names does not exist",
        "条目所指对象不存在"),
    row(General::genesis_twice, "genesis_twice", 422, "The ledger has its genesis already", "账本已有创世条目"),
    row(General::genesis_missing, "genesis_missing", 422, "The first entry must be the genesis",
        "首个条目必须是创世条目"),
    row(General::serial_exhausted, "serial_exhausted", 422, "The serials of this kind, region and year are used up",
        "本类、本地区、本年度流水号已用尽"),
    row(General::same_party, "same_party", 422, "Two parties that must differ are the same",
        "必须不同的两方为同一主体"),
};

}  // namespace

std::span<const VerdictRow> general_verdicts() {
  return kRows;
}

}  // namespace dengji::state
