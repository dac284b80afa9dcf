#include "tests/support/long_history.hpp"

#include "crypto/jwk.hpp"
#include "ledger/base/assert.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/merkle/hash.hpp"

namespace dengji::test {
namespace {

const std::vector<By> kByGovernor{{"governor", Cast::bureau}};

Json deal(std::uint64_t number, const std::string& seller, const std::string& buyer) {
  return {{"seller", seller},
          {"buyer", buyer},
          {"contract_hash", b64_of("filed " + std::to_string(number))},
          {"order_no", "O-1"},
          {"term", "one_off"},
          {"product", "roads"},
          {"product_kind", "dataset"},
          {"manifest_root", b64_of("filed root")},
          {"pricing", "fixed"},
          {"use", "planning"},
          {"starts_on", "2026-01-01"},
          {"ends_on", "2026-12-31"},
          {"amount_fen", 8'000'000},
          {"volume_mb", 120}};
}

}  // namespace

const std::string& LongHistory::trader() {
  return Cast::traders()[below(Cast::traders().size())];
}

std::string LongHistory::some_id(std::string_view kind) {
  const std::string prefix = state::object_prefix(kind);
  std::vector<std::string> ids;
  play_.ledger().view().scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  });
  return ids.empty() ? "none" : ids[below(ids.size())];
}

void LongHistory::run(std::size_t leaves) {
  while (play_.ledger().leaves().size() < leaves) {
    play_.step();
    if (below(3) == 0) other_act();
  }
}

void LongHistory::other_act() {
  switch (below(8)) {
    case 0:
      return govern();
    case 1:
      return change_keys();
    case 2:
    case 3:
      return apply_for_dataset();
    case 4:
      return rate();
    default:
      return declare_filing();
  }
}

void LongHistory::govern() {
  static const std::vector<std::string> scales{"large", "medium", "small", "micro"};
  const std::string& org = trader();
  switch (below(4)) {
    case 0:
      play_.submit("role.grant", kByGovernor, {{"org", org}, {"role", "auditor"}});
      return;
    case 1:
      play_.submit("role.revoke", kByGovernor, {{"org", org}, {"role", "auditor"}, {"reason", "so decided"}});
      return;
    case 2:
      play_.submit("org.update", {{"holder", org}, {"platform", Cast::platform}},
                   {{"org", org}, {"scale", scales[below(scales.size())]}, {"chain_roles", Json::array()}});
      return;
    default:
      play_.submit(
          "calendar.set", kByBureau,
          {{"days",
            Json::array({Json{{"day", format_date(add_days(play_.ledger().today(), static_cast<int>(below(60))))},
                              {"working", below(2) == 0}}})}});
  }
}

void LongHistory::change_keys() {
  const std::string& org = trader();
  if (below(2) == 0) {
    const int number = ++keys_;
    play_.submit(
        "key.add", {{"holder", org}, {"new_key", org, number}},
        {{"org", org}, {"keys", Json::array({Json{{"jwk", ContractFixture::jwk_of(org, number)}, {"use", "sign"}}})}});
    return;
  }
  // Never the first key of an organisation: with that it plays on.
  const int number = 1 + static_cast<int>(below(static_cast<std::uint64_t>(keys_) + 1));
  const KeyId kid = crypto::thumbprint(ContractFixture::key_of(org, number).public_key());
  play_.submit("key.revoke", {{"holder", org}}, {{"kid", kid.text}, {"reason", "lost"}});
}

void LongHistory::apply_for_dataset() {
  const std::string id = some_id("dataset");
  switch (below(5)) {
    case 0:
    case 1:
      play_.submit("dataset.apply", {{"applicant", trader()}}, application("other " + std::to_string(++made_)));
      return;
    case 2:
      play_.submit("dataset.review", kByRegistrar,
                   {{"dataset", id}, {"outcome", below(2) == 0 ? "more" : "refuse"}, {"reason", "incomplete"}});
      return;
    case 3:
      play_.submit("dataset.withdraw", {{"applicant", trader()}}, {{"dataset", id}, {"reason", "no longer wanted"}});
      return;
    default: {
      // Named first: compilers differ in the order of arguments.
      const std::string& applicant = trader();
      const std::string seed = "other " + std::to_string(below(made_ + 1));
      play_.submit("dataset.supplement", {{"applicant", applicant}},
                   {{"dataset", id}, {"application", application(seed)}});
    }
  }
}

void LongHistory::rate() {
  play_.submit("rating.assess", {{"certifier", Cast::certifier}},
               {{"dataset", some_id("dataset")},
                {"scores", {{"complete", 92}, {"conforming", 88}, {"accurate", 95}, {"usable", below(101)}}},
                {"grade", "excellent"},
                {"tool", {{"name", "dq-check"}, {"version", "2.1"}, {"sha256", b64_of("tool")}}},
                {"sample", b64_of("sample")},
                {"next_review", format_date(add_days(play_.ledger().today(), 365))}});
}

void LongHistory::declare_filing() {
  const std::string seller = trader();
  const std::string buyer = trader();
  const Submitted declared = play_.submit("filing.declare", {{"declarant", seller}}, [&] {
    Json body = deal(++made_, seller, buyer);
    body["side"] = "seller";
    return body;
  }());
  if (!declared.accepted() || below(3) == 0) return;
  Json body = deal(made_, seller, buyer);
  body["filing"] = declared.number();
  if (below(3) == 0) body["amount_fen"] = 8'000'001;
  play_.submit("filing.confirm", {{"confirmer", buyer}}, body);
}

Hash32 root_of(const std::vector<std::string>& leaves) {
  merkle::Frontier tree;
  for (const std::string& leaf : leaves) tree.append(merkle::leaf_hash(leaf));
  return tree.root();
}

Hash32 LongHistory::root() const {
  return root_of(play_.ledger().leaves());
}

Replay replay(const std::vector<MoneyPlay::Sent>& sent) {
  MemoryView view;
  Replay result;
  std::optional<LedgerTime> previous;
  const contracts::KeyLookup keys = [&](const KeyId& kid) -> std::optional<crypto::PublicKey> {
    const auto key = state::find_object<contracts::Key>(view, kid.text);
    return key ? crypto::PublicKey::from_bytes(key->x.view()) : std::nullopt;
  };
  for (const MoneyPlay::Sent& entry : sent) {
    const auto checked = contracts::check_entry(entry.bytes, contracts::registry(), keys);
    LEDGER_ASSERT(checked.has_value());
    const contracts::Outcome outcome =
        contracts::apply_entry(view, *checked, {Seq{result.leaves.size()}, entry.time, previous});
    const auto* accepted = std::get_if<contracts::Accepted>(&outcome);
    LEDGER_ASSERT(accepted);
    view.absorb(accepted->writes);
    result.leaves.push_back(accepted->leaf);
    previous = entry.time;
  }
  result.root = root_of(result.leaves);
  result.state = view.fingerprint();
  return result;
}

}  // namespace dengji::test
