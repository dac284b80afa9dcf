// The API's ports over the node's parts: readers of the store below the published size, keys and roles of the newest
// state, health. No logic of their own.
#pragma once

#include "api/ports.hpp"
#include "ledger/store/store.hpp"
#include "node/applier.hpp"
#include "node/metrics.hpp"
#include "node/publisher.hpp"

namespace dengji::node {

class LedgerReader final : public api::LedgerPort {
 public:
  LedgerReader(const store::Store& store, Publisher& publisher) : store_(store), publisher_(publisher) {}

  std::string_view ledger_id() const override { return publisher_.origin(); }
  std::string genesis() const override;
  std::shared_ptr<const api::Checkpoint> checkpoint() const override { return publisher_.current(); }
  Result<std::string> leaf(Seq seq) const override;
  Result<Seq> seq_of(const Hash32& entry_id) const override;
  Result<void> leaves(Seq from, const VisitLeaf& visit) const override;
  Result<std::vector<Hash32>> inclusion(Seq seq, std::uint64_t size) const override;
  Result<std::vector<Hash32>> consistency(std::uint64_t from, std::uint64_t to) const override;
  Result<merkle::TileBytes> tile(merkle::TileId id, unsigned width) const override;
  std::unique_ptr<state::ReadView> view_at(std::uint64_t size) const override;
  Result<std::uint64_t> size_at(LedgerTime time) const override;
  Result<void> history(std::string_view key, std::uint64_t size, const VisitVersion& visit) const override;
  void on_publish(Publisher::Listener listener) override { publisher_.listen(std::move(listener)); }

 private:
  const store::Store& store_;
  Publisher& publisher_;
};

class Authority final : public api::AuthPort {
 public:
  Authority(const store::Store& store) : store_(store) {}

  Result<api::ReaderKey> key(std::string_view kid) const override;
  std::vector<std::string> roles(const OrgId& org) const override;

 private:
  const store::Store& store_;
};

class Health final : public api::HealthPort {
 public:
  Health(const store::Store& store, const Applier& applier, const Publisher& publisher, Metrics& metrics)
      : store_(store), applier_(applier), publisher_(publisher), metrics_(metrics) {}

  std::vector<std::string> not_ready() const override;
  bool alive() const override { return !applier_.halted(); }
  std::string metrics() const override;
  std::string jwks() const override;

 private:
  const store::Store& store_;
  const Applier& applier_;
  const Publisher& publisher_;
  Metrics& metrics_;
};

}  // namespace dengji::node
