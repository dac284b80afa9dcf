// What the read model takes from the ledger: the records of the kinds that it knows, as an accepted entry wrote them. A
// node gathers them from each entry's writes as they are committed, or from all versions that its store holds; an
// auditor from the replay of an export. All three give the same model.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/error.hpp"
#include "ledger/base/time.hpp"
#include "ledger/state/view.hpp"

namespace dengji::contracts::insight {

// In the order in which a model is built from scratch: a kind stands behind those that it refers to.
enum class FactKind : std::uint8_t {
  org,
  dataset,
  certificate,
  rating,
  reserve,
  trade,
  settlement,
  filing,
  fee,
  subsidy
};
inline constexpr std::size_t kFactKinds = 10;

// The object kind's name, as it stands in state keys.
std::string_view kind_name(FactKind kind);

struct Fact {
  FactKind kind = FactKind::org;
  std::uint64_t seq = 0;
  LedgerTime time;  // of the entry
  std::string record;
};

// Appends what one entry wrote of these kinds, by kind. Copies: the writes go on to the store.
void add_facts(const state::Writes& writes, std::uint64_t seq, LedgerTime time, std::vector<Fact>& to);

// Where a model that is built from scratch reads: all versions of every record of a kind, in any order.
class FactSource {
 public:
  virtual ~FactSource() = default;
  using Visit = std::function<void(std::uint64_t seq, std::string_view record)>;
  virtual Result<void> each(FactKind kind, const Visit& visit) = 0;
  // Ledger time of an entry; asked only for the few rows whose record does not tell it.
  virtual Result<LedgerTime> time_of(std::uint64_t seq) = 0;
};

}  // namespace dengji::contracts::insight
