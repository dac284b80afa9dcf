// The figures that the bureau watches, each a sum over rows. One walk over the rows tells every figure which row adds
// how much to it; adding up gives statistics, writing down gives the entries behind a figure, so the two cannot differ.
// What is traded on the platform and what is only filed are figures of their own and never added together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/insight/groups.hpp"
#include "contracts/insight/query.hpp"

namespace dengji::contracts::insight {

enum class Figure : std::uint8_t {
  datasets_applied,
  datasets_registered,
  datasets_in_force,
  datasets_certified,
  platform_trades,
  platform_settled_fen,
  platform_refunded_fen,
  platform_reversed_fen,
  platform_net_fen,
  platform_cross_net_fen,
  platform_sme_net_fen,
  platform_state_net_fen,
  platform_flagged_trades,
  platform_flagged_net_fen,
  filed_confirmed,
  filed_confirmed_fen,
  filed_one_sided,
  filed_one_sided_fen,
  filed_mismatched,
  filed_mismatched_fen,
  filed_disputed,
  filed_disputed_fen,
  reported_confirmed_fen,
  reported_one_sided_fen,
  reported_mismatched_fen,
  fees_assessed_fen,
  fees_waived_fen,
  fees_received_fen,
  subsidies_granted_fen,
  subsidies_paid_fen,
  subsidies_recovered_fen,
};
inline constexpr std::size_t kFigures = 31;

struct FigureInfo {
  Figure figure;
  std::string_view id;     // "platform.net_fen"
  std::string_view label;  // platform, filed, one_sided …: what kind of volume it is
  std::string_view en;     // what is added up, by which day
  std::string_view zh;
};
const FigureInfo& figure_info(Figure figure);
std::optional<Figure> figure_by_id(std::string_view id);

class FigureSink {
 public:
  virtual ~FigureSink() = default;
  // A row of a group is next; false passes over it.
  virtual bool row(Group group, const Behind& behind) = 0;
  virtual void add(Figure figure, std::int64_t value) = 0;
};

// Every row as of the scope whose day is in the period. Days: of registration or application; agreement; bank; the
// contract's first day; assessment; claim.
void walk_figures(const Scope& scope, const Grouper& by, const Period& period, FigureSink& sink);

// How an object is called outside: its number or id.
std::string object_name(const Scope& scope, const Behind& behind);

}  // namespace dengji::contracts::insight
