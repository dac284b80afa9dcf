// The model as of one size and moment: how many rows of each column count, and which row is the last of each object.
// Made anew for each question; what a question does not need is not worked out.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/insight/model.hpp"

namespace dengji::contracts::insight {

// Whose words, groups and measures hold where no city has its own.
inline constexpr std::string_view kProvince = "320000";

struct AsOf {
  std::uint64_t size = 0;
  LedgerTime now;  // judges what is still in force
};

class Scope {
 public:
  // `as_of.size` must not be beyond model.size(). `view` is the state at that size: policies name industries and region
  // groups; without it the built-in ones hold.
  Scope(const Model& model, AsOf as_of, const state::ReadView* view = nullptr)
      : tables_(model.tables()), as_of_(as_of), today_(shanghai_day(as_of.now)), view_(view) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const Tables& tables() const { return tables_; }
  const AsOf& as_of() const { return as_of_; }
  Date today() const { return today_; }
  // nullptr if none was given.
  const state::ReadView* view() const { return view_; }

  // Rows of a column that count.
  template <class Row>
  std::size_t count(const Column<Row>& column) const {
    return column.count_while([this](const Row& row) { return row.seq < as_of_.size; });
  }
  template <class Row, class Visit>
  void each(const Column<Row>& column, Visit&& visit) const {
    column.each(count(column), [&](std::size_t, const Row& row) { visit(row); });
  }

  // The last row of an object; nullptr if it has none.
  const Org* org(Party party) const;
  const DatasetRow* dataset(DatasetIndex dataset) const;
  const RatingRow* rating(DatasetIndex dataset) const;
  const TradeVersionRow* trade(TradeIndex trade) const;
  // False for a settlement that was reversed because it was recorded in error.
  bool stands(const MoneyRow& row) const;
  // The last row of each object that a column is about, in the order of these rows.
  template <class Row>
  std::vector<RowIndex> last_rows(const Column<Row>& column, std::uint32_t Row::* object) const {
    const std::size_t end = count(column);
    std::vector<RowIndex> last = last_by_object(column, end, object);
    std::vector<RowIndex> rows;
    column.each(end, [&](std::size_t row, const Row& value) {
      if (last[value.*object] == row) rows.push_back(static_cast<RowIndex>(row));
    });
    return rows;
  }

  // The tier of the reserve in which a data set's project stands now.
  std::optional<ReserveTier> tier(DatasetIndex dataset) const;
  // Registered and within its validity today; not frozen, or no longer.
  bool in_force(const DatasetRow& row) const;
  // Data sets with a certificate that is valid today, by its own status and dates.
  const std::vector<bool>& certified() const;

 private:
  template <class Row>
  std::vector<RowIndex> last_by_object(const Column<Row>& column, std::size_t end, std::uint32_t Row::* object) const {
    std::vector<RowIndex> last;
    column.each(end, [&](std::size_t row, const Row& value) {
      const std::uint32_t index = value.*object;
      if (last.size() <= index) last.resize(index + std::size_t{1}, kNone);
      last[index] = static_cast<RowIndex>(row);
    });
    return last;
  }
  template <class Row>
  const Row* last_of(std::optional<std::vector<RowIndex>>& kept, const Column<Row>& column, std::uint32_t Row::* object,
                     std::uint32_t index) const {
    if (!kept) kept = last_by_object(column, count(column), object);
    if (index >= kept->size() || (*kept)[index] == kNone) return nullptr;
    return &column[(*kept)[index]];
  }

  const Tables& tables_;
  const AsOf as_of_;
  const Date today_;
  const state::ReadView* const view_;
  mutable std::optional<std::vector<RowIndex>> orgs_;
  mutable std::optional<std::vector<RowIndex>> datasets_;
  mutable std::optional<std::vector<RowIndex>> ratings_;
  mutable std::optional<std::vector<RowIndex>> reserves_;
  mutable std::optional<std::vector<RowIndex>> trades_;
  mutable std::optional<std::vector<bool>> certified_;
  mutable std::optional<std::set<std::pair<TradeIndex, std::uint32_t>>> reversed_;
};

}  // namespace dengji::contracts::insight
