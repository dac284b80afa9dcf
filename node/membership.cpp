#include "node/membership.hpp"

#include "contracts/engine.hpp"
#include "contracts/governance/governance.hpp"
#include "crypto/jwk.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/state/entry_tx.hpp"
#include "ledger/state/keys.hpp"
#include "node/files.hpp"

namespace dengji::node {
namespace {

class NothingYet final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
  void scan(std::string_view, std::string_view, const Visit&) const override {}
};

std::string members_of(const state::ReadView& view) {
  std::string names;
  const std::string prefix = state::object_prefix(contracts::Node::kKind);
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    names.append(names.empty() ? "" : ", ").append(key.substr(prefix.size()));
    return true;
  });
  return names;
}

}  // namespace

Result<void> check_membership(const state::ReadView& view, const Membership& membership) {
  const auto ledger = contracts::find_ledger(view);
  if (!ledger) return fail(ErrorCode::config, "the store holds no genesis");
  if (ledger->id != membership.ledger_id) {
    return fail(ErrorCode::config, "ledger.id: the ledger is " + ledger->id + ", the configuration says " +
                                       std::string(membership.ledger_id));
  }
  const auto node = state::find_object<contracts::Node>(view, membership.node_id);
  if (!node) {
    return fail(ErrorCode::config, "node.id: the ledger has no node " + std::string(membership.node_id) +
                                       "; its nodes are " + members_of(view));
  }
  const KeyId given = crypto::thumbprint(membership.log_key);
  crypto::PublicKey named;
  named.bytes = node->log.x.bytes;
  if (const KeyId known = crypto::thumbprint(named); known != given) {
    return fail(ErrorCode::config, "node.log_key: the key is " + given.text + ", the ledger has " + known.text +
                                       " for the log of node " + node->id);
  }
  return {};
}

Result<void> try_genesis(std::string_view bytes, const state::Registry& registry, LedgerTime now,
                         const Membership& membership) {
  auto checked = contracts::check_entry(bytes, registry, [](const KeyId&) { return std::nullopt; });
  if (!checked) return std::unexpected(std::move(checked.error()));
  const NothingYet nothing;
  auto outcome = contracts::apply_entry(nothing, *checked, {Seq{0}, now, std::nullopt});
  if (const auto* refusal = std::get_if<state::Refusal>(&outcome)) {
    return fail(ErrorCode::config, "the genesis is refused: " + std::string(registry.verdict(refusal->verdict).en) +
                                       " (" + refusal->context + ") at " + refusal->pointer);
  }
  state::Overlay made(nothing);
  made.absorb(std::get<contracts::Accepted>(outcome).writes);
  return check_membership(made, membership);
}

Result<std::string> right_genesis(const Config& config, const crypto::PublicKey& log_key,
                                  const state::Registry& registry, LedgerTime now) {
  if (config.genesis.empty()) {
    return fail(ErrorCode::config, "ledger.genesis: the store " + config.data.string() +
                                       " is empty, so the file of the signed entry 0 must be named");
  }
  auto bytes = read_file(config.genesis, kMaxEntryBytes * 2);
  if (!bytes) return bytes;
  auto good = try_genesis(*bytes, registry, now, {config.ledger_id, config.node_id, log_key});
  if (!good) return std::unexpected(std::move(good.error()));
  return bytes;
}

}  // namespace dengji::node
