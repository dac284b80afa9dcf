#include "contracts/subsidy/claim_books.hpp"

#include <algorithm>

#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

std::string round_account(const Claim& claim) {
  return claim_account(claim, "round/" + *claim.window);
}

// headroom → used, or back, in every cap of the claim.
void add_cap_lines(std::vector<PostingLine>& lines, const Claim& claim, Fen fen, bool back = false) {
  for (const std::string& k : claim.caps) {
    std::string headroom = cap_account(claim, "headroom", k);
    std::string used = cap_account(claim, "used", k);
    if (back) std::swap(headroom, used);
    lines.push_back({std::move(headroom), std::move(used), fen});
  }
}

// What a reservation is made of: the pool's part, but for a pro-rata claim, and the caps'.
std::vector<PostingLine> reserved_lines(const Claim& claim, Fen fen) {
  std::vector<PostingLine> lines;
  if (!claim.window) lines.push_back({claim_account(claim, "available"), payable_account(claim), fen});
  add_cap_lines(lines, claim, fen);
  return lines;
}

Verdict reserve_lines(EntryTx& tx, const Claim& claim, std::string_view event, Fen fen) {
  std::vector<PostingLine> lines = reserved_lines(claim, fen);
  return lines.empty() || fen == Fen(0) ? Verdict{} : tx.reserve(event, claim.no.text, std::move(lines));
}

Verdict void_lines(EntryTx& tx, const Claim& claim, std::string_view event, Fen fen) {
  std::vector<PostingLine> lines = reserved_lines(claim, fen);
  return lines.empty() || fen == Fen(0) ? Verdict{} : tx.unreserve(event, claim.no.text, std::move(lines));
}

// Of an awarded claim: its part of the pot goes back to what is free.
Verdict return_from_round(EntryTx& tx, const Claim& claim, std::string_view event, Fen fen) {
  if (!claim.awarded || fen == Fen(0)) return {};
  return tx.post(event, claim.no.text, {{round_account(claim), claim_account(claim, "available"), fen}});
}

// One void and one reserve in the same leaf.
Verdict reserve_anew(EntryTx& tx, Claim& claim, Fen then) {
  DENGJI_TRY(void_lines(tx, claim, "subsidy_lowered", claim.amount_fen));
  DENGJI_TRY(reserve_lines(tx, claim, "subsidy_lowered", then));
  claim.amount_fen = then;
  return {};
}

Verdict post_back(EntryTx& tx, const Claim& claim, std::string_view event, PostingLine pool_line) {
  const Fen fen = pool_line.fen;
  if (fen == Fen(0)) return {};
  std::vector<PostingLine> lines{std::move(pool_line)};
  add_cap_lines(lines, claim, fen, true);
  return tx.post(event, claim.no.text, std::move(lines));
}

Verdict take_back_granted(EntryTx& tx, Claim& claim, Fen fen) {
  // Under instruction, all that is payable is pending: nothing of it is free to be cut.
  const Fen cut = std::min(fen, free_balance(tx.view(), payable_account(claim)));
  const Fen clawed = minus(fen, cut);
  DENGJI_TRY(post_back(tx, claim, "subsidy_cut", {payable_account(claim), claim_account(claim, "available"), cut}));
  DENGJI_TRY(
      post_back(tx, claim, "clawback_due", {receivable_account(claim), claim_account(claim, "deferred"), clawed}));
  claim.amount_fen = minus(claim.amount_fen, fen);
  claim.cut_fen = plus(claim.cut_fen, cut);
  claim.clawed_fen = plus(claim.clawed_fen, clawed);
  return {};
}

ClaimStatus status_from(const ReadView& view, const Claim& claim) {
  if (!claim.live()) return claim.status;
  if (claim.before_approval()) return claim.amount_fen == Fen(0) ? ClaimStatus::lapsed : claim.status;
  const Account payable = read_account(view, payable_account(claim));
  if (payable.pending_debits > 0) return ClaimStatus::instructed;
  if (payable.balance(Normal::credit) > 0) return ClaimStatus::approved;
  if (posted_balance(view, receivable_account(claim)) > Fen(0)) return ClaimStatus::clawback_due;
  if (claim.written_off_fen > Fen(0)) return ClaimStatus::written_off;
  if (claim.recovered_fen > Fen(0)) return ClaimStatus::recovered;
  return plus(claim.paid_fen, claim.offset_fen) > Fen(0) ? ClaimStatus::paid : ClaimStatus::lapsed;
}

}  // namespace

std::string cap_account(const Claim& claim, std::string_view name, std::string_view k) {
  return std::string("cap/")
      .append(joint_code(k).value_or(claim.line))
      .append("/")
      .append(std::to_string(claim.earn_year))
      .append("/")
      .append(name)
      .append("/")
      .append(k);
}

std::string claim_account(const Claim& claim, std::string_view name) {
  return pool_account(claim.pool, claim.pool_year, name);
}

std::string payable_account(const Claim& claim) {
  return claim_account(claim, "payable/" + claim.no.text);
}

std::string receivable_account(const Claim& claim) {
  return claim_account(claim, "receivable/" + claim.no.text);
}

Fen cap_headroom(const ReadView& view, const Claim& claim, const CapUse& cap) {
  const bool open = posted_balance(view, cap_account(claim, "issue", cap.k)) > Fen(0);
  return open ? free_balance(view, cap_account(claim, "headroom", cap.k)) : cap.fen;
}

Verdict reserve_claim(EntryTx& tx, Claim& claim, const std::vector<CapUse>& caps) {
  for (const CapUse& cap : caps) {
    claim.caps.push_back(cap.k);
    const std::string issue = cap_account(claim, "issue", cap.k);
    if (posted_balance(tx.view(), issue) > Fen(0)) continue;
    DENGJI_TRY(tx.post("cap_opened", claim.no.text, {{issue, cap_account(claim, "headroom", cap.k), cap.fen}}));
  }
  DENGJI_TRY(reserve_lines(tx, claim, "subsidy_reserved", claim.amount_fen));
  tx.put(claim);
  return {};
}

Verdict approve_claim(EntryTx& tx, Claim& claim, Fen amount) {
  const Fen rest = minus(claim.amount_fen, amount);
  if (claim.window) {
    DENGJI_TRY(tx.post("subsidy_approved", claim.no.text, {{round_account(claim), payable_account(claim), amount}}));
  }
  if (auto lines = reserved_lines(claim, amount); !lines.empty()) {
    DENGJI_TRY(tx.take("subsidy_approved", claim.no.text, std::move(lines)));
  }
  DENGJI_TRY(return_from_round(tx, claim, "subsidy_released", rest));
  DENGJI_TRY(void_lines(tx, claim, "subsidy_released", rest));
  claim.amount_fen = amount;
  claim.approved_fen = amount;
  end_claim(tx, claim, ClaimStatus::approved);
  return {};
}

Verdict release_claim(EntryTx& tx, Claim& claim, ClaimStatus status, std::string_view event) {
  DENGJI_TRY(return_from_round(tx, claim, event, claim.amount_fen));
  DENGJI_TRY(void_lines(tx, claim, event, claim.amount_fen));
  claim.amount_fen = Fen(0);
  end_claim(tx, claim, status);
  return {};
}

Verdict take_back(EntryTx& tx, Claim& claim, Fen fen) {
  LEDGER_ASSERT(claim.live() && Fen(0) < fen && fen <= claim.amount_fen);
  if (claim.before_approval()) {
    DENGJI_TRY(return_from_round(tx, claim, "subsidy_lowered", fen));
    DENGJI_TRY(reserve_anew(tx, claim, minus(claim.amount_fen, fen)));
  } else {
    DENGJI_TRY(take_back_granted(tx, claim, fen));
  }
  save_claim(tx, claim);
  return {};
}

Verdict award_claim(EntryTx& tx, Claim& claim, Fen award) {
  if (award < claim.amount_fen) DENGJI_TRY(reserve_anew(tx, claim, award));
  claim.awarded = true;
  save_claim(tx, claim);
  return {};
}

Verdict offset_itself(EntryTx& tx, Claim& claim) {
  const Fen fen =
      std::min(posted_balance(tx.view(), receivable_account(claim)), posted_balance(tx.view(), payable_account(claim)));
  if (fen == Fen(0)) return {};
  DENGJI_TRY(tx.post("subsidy_offset", claim.no.text,
                     {{payable_account(claim), receivable_account(claim), fen},
                      {claim_account(claim, "deferred"), claim_account(claim, "available"), fen}}));
  claim.self_offset_fen = plus(claim.self_offset_fen, fen);
  return {};
}

void end_claim(EntryTx& tx, Claim& claim, ClaimStatus status) {
  if (claim.status != status) tx.status(Claim::kKind, claim.no.text, name_of(claim.status), name_of(status));
  claim.status = status;
  tx.put(claim);
}

void save_claim(EntryTx& tx, Claim& claim) {
  end_claim(tx, claim, status_from(tx.view(), claim));
}

}  // namespace dengji::contracts
