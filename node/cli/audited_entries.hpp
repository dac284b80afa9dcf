// The entries of an export that is audited on the way, as explanations read them: with no node, and nothing believed
// that was not recomputed. Keeps what entries told about money and the versions of what explanations look up.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/state/explain.hpp"
#include "node/audit.hpp"

namespace dengji::cli {

class AuditedEntries final : public state::EntryHistory {
 public:
  // Every entry from 0 on, in order.
  void take(const node::AuditedEntry& entry);

  Result<Told> told(Seq seq) const override;
  Result<std::vector<Version>> versions(std::string_view key) const override;
  Result<std::optional<Seq>> last_change(std::string_view key) const override;

 private:
  struct Kept {
    std::string type;
    LedgerTime time;
    std::string effects;  // JSON; empty where it told nothing of a fee or subsidy
  };
  std::vector<Kept> entries_;
  std::map<std::string, std::vector<Version>, std::less<>> versions_;
  std::map<std::string, Seq, std::less<>> last_;
};

}  // namespace dengji::cli
