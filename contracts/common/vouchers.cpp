#include "contracts/common/vouchers.hpp"

#include <algorithm>

#include "contracts/common/text_forms.hpp"
#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {

Verdict use_voucher(EntryTx& tx, const VoucherForm& form, Fen amount, std::string_view pointer) {
  const std::string place(pointer);
  std::string hash = crypto::to_b64(form.hash);
  auto voucher = tx.find<Voucher>(hash);
  if (!voucher) voucher = Voucher{std::move(hash), form.total_fen, Fen(0), {}};
  if (voucher->total_fen != form.total_fen) {
    return refuse(VoucherVerdict::total_differs,
                  "voucher " + voucher->hash + " has a total of " + fen_text(voucher->total_fen), place + "/total_fen");
  }
  if (std::find(voucher->lines.begin(), voucher->lines.end(), form.line) != voucher->lines.end()) {
    return refuse(VoucherVerdict::line_used,
                  "line " + std::to_string(form.line) + " of voucher " + voucher->hash + "; name a line not yet used",
                  place + "/line");
  }
  const auto used = checked_add(voucher->used_fen, amount);
  if (!used || *used > voucher->total_fen) {
    const std::int64_t left = voucher->total_fen.value() - voucher->used_fen.value();
    return refuse(VoucherVerdict::exceeded,
                  "voucher " + voucher->hash + " has " + std::to_string(left) + " fen left of " +
                      std::to_string(voucher->total_fen.value()),
                  "/body/amount_fen");
  }
  voucher->used_fen = *used;
  voucher->lines.push_back(form.line);
  tx.put(*voucher);
  return {};
}

void give_back_to_voucher(EntryTx& tx, const Hash32& hash, Fen amount) {
  auto voucher = tx.find<Voucher>(crypto::to_b64(hash));
  LEDGER_ASSERT(voucher && voucher->used_fen >= amount);
  voucher->used_fen = Fen(voucher->used_fen.value() - amount.value());
  tx.put(*voucher);
}

}  // namespace dengji::contracts
