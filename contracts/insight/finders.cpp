#include "contracts/insight/finders.hpp"

#include <algorithm>
#include <map>

#include "contracts/common/text_forms.hpp"

namespace dengji::contracts::insight {
namespace {

// Agreements between parties that are related, one finding per pair.
class CommonControllers final : public Finder {
 public:
  CommonControllers(const Scope& scope, const InspectionRules& rules) : scope_(scope), rules_(rules) {
    const auto& trades = scope.tables().trades;
    std::map<std::pair<Party, Party>, std::vector<TradeIndex>> pairs;
    trades.each(scope.count(trades), [&](std::size_t index, const TradeRow& row) {
      if (scope.trade(static_cast<TradeIndex>(index))->status == TradeStatus::voided) return;
      if (rules.period.holds(row.day) && related_parties(scope, row, rules.lookback_days)) {
        pairs[{row.seller, row.buyer}].push_back(static_cast<TradeIndex>(index));
      }
    });
    for (auto& [parties, deals] : pairs) pairs_.push_back(std::move(deals));
    std::sort(pairs_.begin(), pairs_.end(), [](const auto& a, const auto& b) { return a.back() > b.back(); });
    net_.assign(trades.size(), 0);
    if (pairs_.empty()) return;
    scope.each(scope.tables().money, [&](const MoneyRow& row) { net_[row.trade] += row.fen; });
  }

  std::size_t count() const override { return pairs_.size(); }

  Finding at(std::size_t index) const override {
    const auto& deals = pairs_[index];
    const auto& trades = scope_.tables().trades;
    const TradeRow& last = trades[deals.back()];
    Finding finding;
    finding.kind = InspectionKind::common_controller;
    finding.day = last.day;
    const auto& names = scope_.tables().parties;
    finding.mark = names.name(last.seller) + ">" + names.name(last.buyer);
    tell_org(scope_, last.seller, finding);
    tell_org(scope_, last.buyer, finding);
    std::vector<std::uint64_t> seqs;
    __int128 net = 0;
    for (const TradeIndex deal : deals) {
      seqs.push_back(trades[deal].seq);
      net += net_[deal];
    }
    tell_trade(scope_, deals.back(), finding);
    tell_entries(std::move(seqs), finding);
    const std::string tie = tie_of(last);
    finding.figures = {
        {"trades", deals.size()}, {"net_fen", big_number(net)}, {"tie", tie}, {"lookback_days", rules_.lookback_days}};
    finding.why = "Seller and buyer are related (" + tie + ") on the day of " + std::to_string(deals.size()) +
                  " agreements or within " + std::to_string(rules_.lookback_days) + " days before";
    finding.why_zh = "买卖双方存在关联关系（" + tie + "），涉及 " + std::to_string(deals.size()) + " 份合同";
    return finding;
  }

 private:
  std::string tie_of(const TradeRow& trade) const {
    const Org* seller = scope_.org(trade.seller);
    const Org* buyer = scope_.org(trade.buyer);
    for (const GroupSpan& mine : seller->groups) {
      for (const GroupSpan& theirs : buyer->groups) {
        if (mine.group == theirs.group) return "group " + mine.group;
      }
    }
    for (const Tie& tie : seller->ties) {
      if (tie.other == buyer->id) return tie.nature;
    }
    for (const Tie& tie : buyer->ties) {
      if (tie.other == seller->id) return tie.nature;
    }
    return "itself";
  }

  const Scope& scope_;
  const InspectionRules rules_;
  std::vector<std::vector<TradeIndex>> pairs_;
  std::vector<__int128> net_;
};

// Agreements of one pair, each a little below a threshold, that reach it together within a few days.
class SplitContracts final : public Finder {
 public:
  SplitContracts(const Scope& scope, const InspectionRules& rules, const std::vector<Threshold>& thresholds)
      : scope_(scope), rules_(rules), thresholds_(thresholds) {
    for (std::size_t i = 0; i < thresholds_.size(); ++i) look(i);
    std::sort(clusters_.begin(), clusters_.end(), [](const Cluster& a, const Cluster& b) {
      return std::pair(a.deals.back(), a.threshold) > std::pair(b.deals.back(), b.threshold);
    });
  }

  std::size_t count() const override { return clusters_.size(); }

  Finding at(std::size_t index) const override {
    const Cluster& cluster = clusters_[index];
    const Threshold& threshold = thresholds_[cluster.threshold];
    const auto& trades = scope_.tables().trades;
    const TradeRow& first = trades[cluster.deals.front()];
    Finding finding;
    finding.kind = InspectionKind::split_contract;
    finding.mark = std::string(first.number()) + "@" + std::to_string(threshold.fen);
    tell_org(scope_, first.seller, finding);
    tell_org(scope_, first.buyer, finding);
    std::vector<std::uint64_t> seqs;
    __int128 sum = 0;
    for (const TradeIndex deal : cluster.deals) {
      seqs.push_back(trades[deal].seq);
      sum += scope_.trade(deal)->amount_fen;
      finding.day = std::max(finding.day, trades[deal].day);
      tell_trade(scope_, deal, finding);
    }
    tell_entries(std::move(seqs), finding);
    finding.figures = {{"trades", cluster.deals.size()},  {"sum_fen", big_number(sum)},
                       {"threshold_fen", threshold.fen},  {"threshold_of", threshold.rule},
                       {"split_days", rules_.split_days}, {"near_ppm", rules_.near_ppm}};
    finding.why = std::to_string(cluster.deals.size()) + " agreements of one pair within " +
                  std::to_string(rules_.split_days) + " days, each just below " + fen_text(Fen(threshold.fen)) + " (" +
                  threshold.rule + "), together above it";
    finding.why_zh = "同一买卖双方在 " + std::to_string(rules_.split_days) + " 天内签订 " +
                     std::to_string(cluster.deals.size()) + " 份略低于门槛（" + std::to_string(threshold.fen) +
                     " 分）的合同，合计超过门槛";
    return finding;
  }

 private:
  struct Cluster {
    std::vector<TradeIndex> deals;
    std::size_t threshold = 0;
  };

  void look(std::size_t index) {
    const std::int64_t fen = thresholds_[index].fen;
    const auto least = static_cast<std::int64_t>(static_cast<__int128>(fen) * rules_.near_ppm / 1'000'000);
    const auto& trades = scope_.tables().trades;
    std::map<std::pair<Party, Party>, std::vector<TradeIndex>> pairs;
    trades.each(scope_.count(trades), [&](std::size_t row, const TradeRow& trade) {
      const TradeVersionRow* now = scope_.trade(static_cast<TradeIndex>(row));
      if (now->status == TradeStatus::voided || now->amount_fen < least || now->amount_fen >= fen) return;
      pairs[{trade.seller, trade.buyer}].push_back(static_cast<TradeIndex>(row));
    });
    for (const auto& [parties, deals] : pairs) cluster(deals, index);
  }

  // Agreements come in the order of the ledger, which is that of their days.
  void cluster(const std::vector<TradeIndex>& deals, std::size_t threshold) {
    const auto& trades = scope_.tables().trades;
    for (std::size_t first = 0; first < deals.size();) {
      std::size_t end = first;
      __int128 sum = 0;
      while (end < deals.size() && trades[deals[end]].day.days - trades[deals[first]].day.days <= rules_.split_days) {
        sum += scope_.trade(deals[end++])->amount_fen;
      }
      const bool wanted = rules_.period.holds(trades[deals[end - 1]].day);
      if (end - first < 2 || sum < thresholds_[threshold].fen) {
        ++first;
        continue;
      }
      const auto begin = deals.begin();
      if (wanted) {
        clusters_.push_back(
            {{begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)}, threshold});
      }
      first = end;
    }
  }

  const Scope& scope_;
  const InspectionRules rules_;
  const std::vector<Threshold> thresholds_;
  std::vector<Cluster> clusters_;
};

// Agreements whose unit price lies outside the fence of its industry, mode and unit.
class PriceOutliers final : public Finder {
 public:
  PriceOutliers(const Scope& scope, const InspectionRules& rules) : scope_(scope) {
    rule_ = {.period = {}, .lookback_days = rules.lookback_days, .k_ppm = rules.k_ppm};
    groups_ = price_groups(scope, rule_);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const auto fence = fence_of(groups_[i], rule_);
      if (!fence) continue;
      for (std::size_t j = 0; j < groups_[i].prices.size(); ++j) {
        const std::int64_t price = groups_[i].prices[j];
        const TradeIndex trade = groups_[i].trades[j];
        const bool odd = price < fence->low || price > fence->high;
        if (odd && rules.period.holds(scope.tables().trades[trade].day)) odd_.push_back({trade, price, i, *fence});
      }
    }
    std::sort(odd_.begin(), odd_.end(), [](const Odd& a, const Odd& b) { return a.trade > b.trade; });
  }

  std::size_t count() const override { return odd_.size(); }

  Finding at(std::size_t index) const override {
    const Odd& odd = odd_[index];
    const PriceGroup& group = groups_[odd.group];
    const TradeRow& trade = scope_.tables().trades[odd.trade];
    const Quartiles found = quartiles(group.prices);
    const auto& words = scope_.tables().words;
    const std::string industry = group.industry == kNone ? "unknown" : words.name(group.industry);
    Finding finding;
    finding.kind = InspectionKind::price_outlier;
    finding.mark = std::string(trade.number());
    finding.day = trade.day;
    tell_trade(scope_, odd.trade, finding);
    tell_org(scope_, trade.seller, finding);
    tell_org(scope_, trade.buyer, finding);
    tell_entries({trade.seq}, finding);
    finding.figures = {
        {"price_fen", odd.price},        {"median_fen", found.median}, {"quartile_1_fen", found.low},
        {"quartile_3_fen", found.high},  {"below_fen", odd.fence.low}, {"above_fen", odd.fence.high},
        {"prices", group.prices.size()}, {"industry", industry},       {"mode", state::name_of(group.mode)},
        {"unit", words.name(group.unit)}};
    const bool high = odd.price > odd.fence.high;
    finding.why = "The price of " + fen_text(Fen(odd.price)) + " lies " + (high ? "above " : "below ") +
                  fen_text(Fen(high ? odd.fence.high : odd.fence.low)) + ", what " + industry +
                  " in this mode and unit costs";
    finding.why_zh = "单价 " + std::to_string(odd.price) + " 分" + (high ? "高于" : "低于") + "同类合理区间 " +
                     std::to_string(odd.fence.low) + "–" + std::to_string(odd.fence.high) + " 分";
    return finding;
  }

 private:
  struct Odd {
    TradeIndex trade = kNone;
    std::int64_t price = 0;
    std::size_t group = 0;
    Fence fence;
  };

  const Scope& scope_;
  PriceRule rule_;
  std::vector<PriceGroup> groups_;
  std::vector<Odd> odd_;
};

}  // namespace

std::unique_ptr<Finder> find_common_controllers(const Scope& scope, const InspectionRules& rules) {
  return std::make_unique<CommonControllers>(scope, rules);
}

std::unique_ptr<Finder> find_split_contracts(const Scope& scope, const InspectionRules& rules,
                                             const std::vector<Threshold>& thresholds) {
  return std::make_unique<SplitContracts>(scope, rules, thresholds);
}

std::unique_ptr<Finder> find_price_outliers(const Scope& scope, const InspectionRules& rules) {
  return std::make_unique<PriceOutliers>(scope, rules);
}

void tell_org(const Scope& scope, Party party, Finding& finding) {
  finding.objects.emplace_back(Org::kKind, scope.tables().parties.name(party));
}

void tell_trade(const Scope& scope, TradeIndex trade, Finding& finding) {
  finding.objects.emplace_back(Trade::kKind, std::string(scope.tables().trades[trade].number()));
}

void tell_entries(std::vector<std::uint64_t> seqs, Finding& finding) {
  std::sort(seqs.begin(), seqs.end());
  seqs.erase(std::unique(seqs.begin(), seqs.end()), seqs.end());
  finding.entries_total = seqs.size();
  if (seqs.size() > kMaxEntriesTold) seqs.erase(seqs.begin(), seqs.end() - kMaxEntriesTold);
  finding.entries = std::move(seqs);
}

}  // namespace dengji::contracts::insight
