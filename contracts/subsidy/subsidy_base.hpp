// What a subsidy line counts: which version of it governs an earn period, when that period is, and which settlements,
// fees or milestones make up the base of one payee, as now known. Reads only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/subsidy/entitlement.hpp"
#include "contracts/subsidy/subsidies.hpp"

namespace dengji::contracts {

struct EarnSpan {
  Date from;
  Date to;
};

// One payee in one role, or one data set of it, over one earn period of one version of a line: what an entitlement is
// computed for. The payee is a place: its first holder and those who took it over count as one (succession.hpp).
struct EarnUnit {
  std::string line;
  OrgId payee;
  Side side = Side::seller;
  std::optional<std::string> dataset;
  std::int64_t year = 0;
  EarnSpan span;

  friend bool operator==(const EarnUnit& a, const EarnUnit& b) {
    return a.line == b.line && a.payee == b.payee && a.side == b.side && a.dataset == b.dataset && a.year == b.year;
  }
};
EarnUnit unit_of(const Claim& claim);

// The version of a line that governs the calendar year.
std::optional<Policy> line_for_year(const ReadView& view, std::string_view line, std::int64_t year);

// For a line with months from an event: the version and the period, once the event has happened. `unit` lacks year and
// span.
struct MonthsPeriod {
  Policy policy;
  EarnSpan span;
};
std::optional<MonthsPeriod> line_for_event(const ReadView& view, const EarnUnit& unit);

struct BaseItem {
  std::string id;        // settlement or fee
  std::int64_t seq = 0;  // entry that recorded it
  Fen fen;
  bool cross = false;
};

struct Base {
  std::vector<BaseItem> items;       // in the order of settling
  std::vector<std::string> related;  // settlements left out because seller and buyer are related
  std::vector<std::string> flagged;  // settlements left out because their trade is flagged

  BaseSum sum() const;
};

// Whether a settlement can change what the line gives.
bool counts_settlements(const SubsidyLine& line);
Base collect_base(const ReadView& view, const SubsidyLine& line, const EarnUnit& unit);

}  // namespace dengji::contracts
