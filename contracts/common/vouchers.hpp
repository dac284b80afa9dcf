// Bank vouchers, shared by every area that records money: a voucher is known by the hash of the paper, has one total,
// and its lines together never exceed it. So one payment cannot stand behind two trades, nor behind a trade and a fee.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/entry_tx.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

// Numbers within the trade area, whose table has their rows; fees and subsidies refuse with them too.
enum class VoucherVerdict : std::uint16_t {
  total_differs = 460,
  line_used,
  exceeded,
};

// As it stands in a body.
struct VoucherForm {
  Hash32 hash;
  std::int64_t line = 1;
  Fen total_fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("hash", self.hash, Spec{"SHA-256 of the voucher's file"});
    visit("line", self.line, Spec{"Line of the voucher, from 1", 1, 1000});
    visit("total_fen", self.total_fen, Spec{"Total of the voucher, the same in every use", 1});
  }
};

// What the ledger keeps of a voucher: one small record, so that a use costs one read and one write.
struct Voucher {
  static constexpr std::string_view kKind = "voucher";

  std::string hash;  // base64url
  Fen total_fen;
  Fen used_fen;
  std::vector<std::int64_t> lines;  // used, in order of use; a line stays used for ever

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("hash", self.hash, Spec{"SHA-256 of the voucher's file", 43, 43});
    visit("total_fen", self.total_fen, Spec{"Total of the voucher"});
    visit("used_fen", self.used_fen, Spec{"Sum of the amounts recorded against it"});
    visit("lines", self.lines, Spec{.doc = "Lines that were used", .items_max = 1000});
  }

  std::string object_id() const { return hash; }
};

// Takes `amount` from a line of the voucher. Refused: another total than in an earlier use, a line used before, a sum
// above the total. `pointer` is the place of the voucher in the payload. A refund gives nothing back.
Verdict use_voucher(EntryTx& tx, const VoucherForm& form, Fen amount, std::string_view pointer = "/body/voucher");
// What was recorded against it in error can be used again, by another line. LEDGER_ASSERT on more than is used.
void give_back_to_voucher(EntryTx& tx, const Hash32& hash, Fen amount);

}  // namespace dengji::contracts
