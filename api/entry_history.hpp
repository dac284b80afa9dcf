// The log as explanations read it: what entries told and which of them wrote a key, below one size of the ledger.
#pragma once

#include "api/ports.hpp"
#include "ledger/state/explain.hpp"

namespace dengji::api {

class LedgerEntries final : public state::EntryHistory {
 public:
  // `view` is the state at `size`; both must outlive this.
  LedgerEntries(const LedgerPort& ledger, const state::ReadView& view, std::uint64_t size)
      : ledger_(ledger), view_(view), size_(size) {}

  Result<Told> told(Seq seq) const override;
  Result<std::vector<Version>> versions(std::string_view key) const override;
  Result<std::optional<Seq>> last_change(std::string_view key) const override;

 private:
  const LedgerPort& ledger_;
  const state::ReadView& view_;
  const std::uint64_t size_;
};

}  // namespace dengji::api
