// Money that goes round: A pays B, B pays C, C pays A, all within a window of days. The search starts at each payment
// as the last of its loop, newest first, and looks for the shortest ways back among the payments of the window before
// it. Bounded: so many payments looked at per start and in all; what was cut off is counted and told.
#include <algorithm>
#include <map>
#include <span>

#include "contracts/common/text_forms.hpp"
#include "contracts/insight/finders.hpp"

namespace dengji::contracts::insight {
namespace {

constexpr std::uint64_t kLooksPerStart = 2'000;
constexpr std::uint64_t kLooksInAll = 8'000'000;
constexpr std::size_t kMaxLoops = 10'000;
constexpr int kPeelings = 8;
constexpr std::size_t kLongest = 6;

// One settlement, from buyer to seller. `rank`: its place by (bank day, row) among all of them.
struct Payment {
  std::uint32_t rank = 0;
  RowIndex row = 0;
  Party payer = kNone;
  Party payee = kNone;
  Date day;
};

// What the search reads of a payment, one behind the other for each payer.
struct Leg {
  std::uint32_t rank = 0;
  Party payee = kNone;
};

// All payments as a graph: by rank, and each payer's in order.
class Payments {
 public:
  explicit Payments(const Scope& scope) {
    const auto& tables = scope.tables();
    parties_ = tables.parties.size();
    const std::size_t end = scope.count(tables.money);
    by_rank_.reserve(end);
    tables.money.each(end, [&](std::size_t row, const MoneyRow& money) {
      if (money.kind != MoneyKind::settlement || !scope.stands(money)) return;
      const TradeRow& trade = tables.trades[money.trade];
      by_rank_.push_back({0, static_cast<RowIndex>(row), trade.buyer, trade.seller, money.day});
    });
    sort_by_day();
    peel();
    by_payer();
  }

  const std::vector<Payment>& by_rank() const { return by_rank_; }
  std::size_t parties() const { return parties_; }
  // Could it be part of a loop at all?
  bool in_graph(const Payment& payment) const { return alive_[payment.payer] && alive_[payment.payee]; }
  // What `payer` paid from `first_rank` on and below `rank`; the newest last.
  std::span<const Leg> made_by(Party payer, std::uint32_t first_rank, std::uint32_t rank) const {
    const auto begin = legs_.begin() + static_cast<std::ptrdiff_t>(starts_[payer]);
    const auto end = legs_.begin() + static_cast<std::ptrdiff_t>(starts_[payer + 1]);
    const auto earlier = [](const Leg& leg, std::uint32_t bound) { return leg.rank < bound; };
    const auto from = std::lower_bound(begin, end, first_rank, earlier);
    const auto to = std::lower_bound(from, end, rank, earlier);
    return {from, to};
  }
  // The first rank with this day or a later one.
  std::uint32_t rank_from(Date day) const {
    const auto at = std::partition_point(by_rank_.begin(), by_rank_.end(),
                                         [&](const Payment& payment) { return payment.day < day; });
    return static_cast<std::uint32_t>(at - by_rank_.begin());
  }

 private:
  // By counting: days are few, payments many. Payments of one day stay in the order of the ledger.
  void sort_by_day() {
    if (by_rank_.empty()) return;
    const auto earlier = [](const Payment& a, const Payment& b) { return a.day < b.day; };
    const auto [first, last] = std::minmax_element(by_rank_.begin(), by_rank_.end(), earlier);
    const Date from = first->day;
    std::vector<std::size_t> starts(static_cast<std::size_t>(last->day.days - from.days) + 2, 0);
    const auto slot = [&](const Payment& payment) { return static_cast<std::size_t>(payment.day.days - from.days); };
    for (const Payment& payment : by_rank_) ++starts[slot(payment) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    std::vector<Payment> sorted(by_rank_.size());
    for (Payment& payment : by_rank_) {
      const std::size_t rank = starts[slot(payment)]++;
      payment.rank = static_cast<std::uint32_t>(rank);
      sorted[rank] = payment;
    }
    by_rank_ = std::move(sorted);
  }

  // Whoever only pays or is only paid is in no loop; nor is whoever deals only with such.
  void peel() {
    alive_.assign(parties_, true);
    for (int round = 0; round < kPeelings; ++round) {
      std::vector<bool> pays(parties_, false);
      std::vector<bool> is_paid(parties_, false);
      for (const Payment& payment : by_rank_) {
        if (!in_graph(payment)) continue;
        pays[payment.payer] = true;
        is_paid[payment.payee] = true;
      }
      bool changed = false;
      for (std::size_t party = 0; party < parties_; ++party) {
        const bool stays = alive_[party] && pays[party] && is_paid[party];
        changed = changed || stays != alive_[party];
        alive_[party] = stays;
      }
      if (!changed) return;
    }
  }

  void by_payer() {
    starts_.assign(parties_ + 1, 0);
    for (const Payment& payment : by_rank_) {
      if (in_graph(payment)) ++starts_[payment.payer + 1];
    }
    for (std::size_t party = 0; party < parties_; ++party) starts_[party + 1] += starts_[party];
    legs_.resize(starts_.back());
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (const Payment& payment : by_rank_) {
      if (in_graph(payment)) legs_[next[payment.payer]++] = {payment.rank, payment.payee};
    }
  }

  std::size_t parties_ = 0;
  std::vector<Payment> by_rank_;
  std::vector<bool> alive_;
  std::vector<std::size_t> starts_;
  std::vector<Leg> legs_;
};

struct Loop {
  std::vector<std::uint32_t> payments;  // ranks of one that shows it, the closing one last
  std::uint64_t closings = 0;           // payments that closed it anew
};

// Ways back from one closing payment, the shortest first.
class WaysBack {
 public:
  WaysBack(const Payments& payments, std::int64_t window_days, std::size_t longest)
      : payments_(payments), window_days_(window_days), longest_(longest) {
    for (auto& stamps : seen_) stamps.assign(payments.parties(), 0);
  }

  // found(ranks of a way, in the order of the money). False if the looks ran out before all was seen.
  template <class Found>
  bool search(const Payment& closing, Found&& found) {
    closing_ = &closing;
    first_rank_ = payments_.rank_from(add_days(closing.day, -static_cast<int>(window_days_)));
    looks_ = 0;
    for (std::size_t hops = 1; hops < longest_; ++hops) {
      way_.clear();
      if (!extend(closing.payee, hops, found)) return false;
      if (nothing_further_) break;
    }
    return true;
  }
  std::uint64_t looks() const { return looks_; }

 private:
  // Exactly `hops` more payments from `at` to the closing payer.
  template <class Found>
  bool extend(Party at, std::size_t hops, Found& found) {
    auto& seen = seen_[way_.size()];
    const std::uint32_t stamp = ++stamp_;
    if (way_.empty()) nothing_further_ = true;
    const auto made = payments_.made_by(at, first_rank_, closing_->rank);
    for (auto leg = made.rbegin(); leg != made.rend(); ++leg) {
      if (++looks_ > kLooksPerStart) return false;
      nothing_further_ = false;
      // Of several payments to the same party the newest stands for all.
      if (seen[leg->payee] == stamp) continue;
      seen[leg->payee] = stamp;
      const bool home = leg->payee == closing_->payer;
      if (home != (hops == 1) || passed(leg->payee)) continue;
      way_.push_back(leg->rank);
      const bool go_on = home ? (found(way_), true) : extend(leg->payee, hops - 1, found);
      way_.pop_back();
      if (!go_on) return false;
    }
    return true;
  }

  bool passed(Party party) const {
    if (party == closing_->payee) return true;
    return std::any_of(way_.begin(), way_.end(),
                       [&](std::uint32_t rank) { return payments_.by_rank()[rank].payee == party; });
  }

  const Payments& payments_;
  const std::int64_t window_days_;
  const std::size_t longest_;
  const Payment* closing_ = nullptr;
  std::uint32_t first_rank_ = 0;
  std::uint64_t looks_ = 0;
  bool nothing_further_ = false;
  std::vector<std::uint32_t> way_;
  std::array<std::vector<std::uint32_t>, kLongest> seen_;
  std::uint32_t stamp_ = 0;
};

class Cycles final : public Finder {
 public:
  Cycles(const Scope& scope, const InspectionRules& rules) : scope_(scope), rules_(rules), payments_(scope) {
    std::map<std::vector<Party>, std::size_t> known;
    WaysBack ways(payments_, rules.window_days, static_cast<std::size_t>(rules.max_length));
    const auto& all = payments_.by_rank();
    for (auto closing = all.rbegin(); closing != all.rend(); ++closing) {
      if (rules.period.from && closing->day < *rules.period.from) break;
      if (!rules.period.holds(closing->day) || !payments_.in_graph(*closing)) continue;
      if (looks_ >= kLooksInAll || loops_.size() >= kMaxLoops) {
        searched_back_to_ = closing->day;
        break;
      }
      ++starts_;
      const bool whole =
          ways.search(*closing, [&](const std::vector<std::uint32_t>& way) { keep(known, *closing, way); });
      if (!whole) ++starts_cut_;
      looks_ += ways.looks();
    }
  }

  std::size_t count() const override { return loops_.size(); }

  Finding at(std::size_t index) const override {
    const Loop& loop = loops_[index];
    const auto& money = scope_.tables().money;
    Finding finding;
    finding.kind = InspectionKind::cycle;
    finding.mark = mark_of(loop);
    std::vector<std::uint64_t> seqs;
    std::int64_t least = kMaxSafeInteger;
    std::int64_t most = 0;
    Date first = payments_.by_rank()[loop.payments.front()].day;
    for (const std::uint32_t rank : loop.payments) {
      const Payment& payment = payments_.by_rank()[rank];
      const MoneyRow& row = money[payment.row];
      seqs.push_back(row.seq);
      least = std::min(least, row.fen);
      most = std::max(most, row.fen);
      first = std::min(first, payment.day);
      finding.day = std::max(finding.day, payment.day);
      tell_org(scope_, payment.payer, finding);
      tell_trade(scope_, row.trade, finding);
    }
    tell_entries(std::move(seqs), finding);
    const std::size_t length = loop.payments.size();
    finding.figures = {{"length", length},
                       {"least_fen", least},
                       {"most_fen", most},
                       {"first_day", format_date(first)},
                       {"last_day", format_date(finding.day)},
                       {"closings", loop.closings}};
    const std::string days = std::to_string(finding.day.days - first.days);
    finding.why = "Money went round " + std::to_string(length) + " organisations within " + days + " days; at least " +
                  fen_text(Fen(least)) + " on every leg";
    finding.why_zh = "资金在 " + days + " 天内经 " + std::to_string(length) + " 家主体回流，每段不少于 " +
                     std::to_string(least) + " 分";
    return finding;
  }

  Json search() const override {
    Json json{{"payments_started_from", starts_},
              {"payments_looked_at", looks_},
              {"starts_cut_off", starts_cut_},
              {"complete", !searched_back_to_ && starts_cut_ == 0},
              {"limits", {{"looks_per_start", kLooksPerStart}, {"looks_in_all", kLooksInAll}, {"loops", kMaxLoops}}}};
    if (searched_back_to_) json["go_on_with_to"] = format_date(*searched_back_to_);
    return json;
  }

 private:
  // The loop is known by its organisations, from the smallest id on, in the order of the money.
  std::vector<Party> loop_key(const std::vector<std::uint32_t>& payments) const {
    std::vector<Party> key;
    for (const std::uint32_t rank : payments) key.push_back(payments_.by_rank()[rank].payer);
    const auto& names = scope_.tables().parties;
    std::rotate(
        key.begin(),
        std::min_element(key.begin(), key.end(), [&](Party a, Party b) { return names.name(a) < names.name(b); }),
        key.end());
    return key;
  }

  void keep(std::map<std::vector<Party>, std::size_t>& known, const Payment& closing,
            const std::vector<std::uint32_t>& way) {
    std::vector<std::uint32_t> payments = way;
    payments.push_back(closing.rank);
    const auto [at, added] = known.try_emplace(loop_key(payments), loops_.size());
    if (added) loops_.push_back({std::move(payments), 0});
    ++loops_[at->second].closings;
  }

  std::string mark_of(const Loop& loop) const {
    std::string mark;
    for (const Party party : loop_key(loop.payments)) mark.append(scope_.tables().parties.name(party)).push_back('>');
    return mark;
  }

  const Scope& scope_;
  const InspectionRules rules_;
  const Payments payments_;
  std::vector<Loop> loops_;
  std::uint64_t starts_ = 0;
  std::uint64_t starts_cut_ = 0;
  std::uint64_t looks_ = 0;
  std::optional<Date> searched_back_to_;
};

}  // namespace

std::unique_ptr<Finder> find_cycles(const Scope& scope, const InspectionRules& rules) {
  return std::make_unique<Cycles>(scope, rules);
}

}  // namespace dengji::contracts::insight
