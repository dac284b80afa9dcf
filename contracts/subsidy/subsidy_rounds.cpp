// Rounds of pro-rata lines: when the window has ended, the pot is shared out over all that was asked for.
#include <algorithm>

#include "contracts/common/policy_directory.hpp"
#include "contracts/common/succession.hpp"
#include "contracts/subsidy/subsidy_acts.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = SubsidyVerdict;

// A close shares out so many awards; further ones go on until every claim has its own, by the same pot and sum.
constexpr std::size_t kAwardsPerClose = 20;

// What a round was closed with. Key: "round" + rule + window.
struct Round {
  Fen pot;
  Fen asked;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pot", self.pot, Spec{"What there was to share out"});
    visit("asked", self.asked, Spec{"Sum of what was asked for"});
  }

  Fen award(Fen ask) const {
    const auto fen = rounded_quotient(static_cast<__int128>(pot.value()) * ask.value(), asked.value(), Rounding::down);
    LEDGER_ASSERT(fen);
    return *fen;
  }
};

class Closing {
 public:
  Closing(EntryTx& tx, const Policy& policy) : tx_(tx), policy_(policy), line_(*policy.subsidy_line) {
    window_ = line_.window.value_or("window");
    year_ = civil(line_.window_to.value_or(Date{})).year;
  }

  Verdict run() {
    DENGJI_TRY(check());
    find_claims();
    if (claims_.empty()) {
      return refuse(V::round_done, "nobody waits in " + window_ + " of " + policy_.rule(), "/body/line");
    }
    if (tx_.context().day() <= *line_.window_to) {
      return refuse(V::window_runs, "the window runs to the end of " + format_date(*line_.window_to), "/body/line");
    }
    const std::string key = join_key({"round", policy_.rule(), window_});
    if (const auto bytes = tx_.get_raw(key)) {
      round_ = decode<Round>(*bytes);
    } else {
      DENGJI_TRY(fill_pot());
      tx_.put_raw(key, encode(round_));
    }
    tx_.subject(Pool::kKind, Pool::id(line_.pool, year_));
    return award_all();
  }

 private:
  Verdict check() {
    if (line_.allocation != Allocation::pro_rata || !line_.window_to) {
      return refuse(V::not_a_round, policy_.rule() + " is shared out " + std::string(name_of(line_.allocation)),
                    "/body/line");
    }
    const std::string id = Pool::id(line_.pool, year_);
    const auto pool = tx_.find<Pool>(id);
    if (!pool) return refuse(General::object_unknown, "pool " + id, "/body/line");
    if (!stands_for(tx_.view(), tx_.context().parties.front().org, pool->funder)) {
      return refuse(V::not_the_payer, "pool " + id + " is funded by " + pool->funder.text, "/parties/0/org");
    }
    return {};
  }

  void find_claims() {
    const std::string prefix = index_prefix(Claim::kKind, "window", policy_.rule() + "/" + window_);
    tx_.view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      auto claim = find_object<Claim>(tx_.view(), key.substr(prefix.size()));
      LEDGER_ASSERT(claim);
      claims_.push_back(std::move(*claim));
      return true;
    });
    std::sort(claims_.begin(), claims_.end(),
              [](const Claim& a, const Claim& b) { return a.claimed_seq < b.claimed_seq; });
  }

  std::string account(std::string_view name) const { return pool_account(line_.pool, year_, name); }
  std::string pot_account() const { return account("round/" + window_); }

  // The pot moves into the round; what the rounding down leaves returns at once.
  Verdict fill_pot() {
    __int128 asked = 0;
    for (const Claim& claim : claims_) asked += claim.amount_fen.value();
    LEDGER_ASSERT(asked > 0);  // who waits asked for a fen at least
    if (asked > kMaxSafeInteger) return refuse(General::amount_overflow, window_, "/body/line");
    round_.asked = Fen(static_cast<std::int64_t>(asked));
    round_.pot = std::min(free_balance(tx_.view(), account("available")), round_.asked);
    std::int64_t rest = round_.pot.value();
    for (const Claim& claim : claims_) rest -= round_.award(claim.amount_fen).value();
    const std::string cause = Pool::id(line_.pool, year_);
    if (round_.pot > Fen(0)) {
      DENGJI_TRY(tx_.post("round_filled", cause, {{account("available"), pot_account(), round_.pot}}));
    }
    if (rest == 0) return {};
    return tx_.post("round_rest", cause, {{pot_account(), account("available"), Fen(rest)}});
  }

  Verdict award_all() {
    const std::size_t count = std::min(claims_.size(), kAwardsPerClose);
    for (std::size_t i = 0; i < count; ++i) {
      Claim& claim = claims_[i];
      const Fen award = round_.award(claim.amount_fen);
      tx_.working({.cause = claim.no.text,
                   .rule = claim.rule,
                   .line = claim.line,
                   .rounding = Rounding::down,
                   .steps = {{.step = "pot", .fen = round_.pot},
                             {.step = "asked_by_all", .fen = round_.asked},
                             {.step = "asked", .fen = claim.amount_fen},
                             {.step = "award", .fen = award}},
                   .fen = award});
      tx_.reader(claim.claimant);
      DENGJI_TRY(award_claim(tx_, claim, award));
    }
    return {};
  }

  EntryTx& tx_;
  const Policy& policy_;
  const SubsidyLine& line_;
  std::string window_;
  std::int64_t year_ = 0;
  std::vector<Claim> claims_;
  Round round_;
};

// The version that governs the year, or the newest that has begun: a window is closed after its line has ended, too.
std::optional<Policy> line_of_round(const EntryTx& tx, const WindowCloseBody& body) {
  if (body.year) return line_for_year(tx.view(), body.line, *body.year);
  std::optional<Policy> newest;
  for (const PolicySpan& version : policy_versions(tx.view(), body.line)) {
    if (version.from <= tx.context().day()) newest = policy_by_rule(tx.view(), version.rule());
  }
  return newest;
}

Verdict apply_close(EntryTx& tx, const WindowCloseBody& body) {
  const auto policy = line_of_round(tx, body);
  if (!policy || !policy->subsidy_line) return refuse(V::line_unknown, body.line, "/body/line");
  return Closing(tx, *policy).run();
}

}  // namespace

std::vector<EntryTypeInfo> round_types() {
  const SignerRule kFunder{{"finance", "platform"}, 1, 1};
  return {
      entry_type<WindowCloseBody, &apply_close>(
          "window.close", "subsidy",
          {"Closes a claim window that has ended and shares the pool out pro rata", "结算已结束的申报窗口，按比例分配"},
          {kFunder}, Visibility::parties),
  };
}

}  // namespace dengji::contracts
