#include "node/audit.hpp"

#include <optional>

#include "contracts/areas.hpp"
#include "contracts/common/organisations.hpp"
#include "contracts/engine.hpp"
#include "contracts/governance/governance.hpp"
#include "contracts/invariants.hpp"
#include "contracts/invariants/watch.hpp"
#include "crypto/base64.hpp"
#include "crypto/note.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/json/strict_json.hpp"
#include "ledger/merkle/frontier.hpp"
#include "ledger/merkle/hash.hpp"
#include "node/replayed_state.hpp"

namespace dengji::node {
namespace {

using json::Json;

constexpr std::size_t kMaxLineBytes = 2 * kMaxLeafBytes;
constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::uint64_t kProgressEvery = 1'000;

std::unexpected<Error> inconsistent(std::string what, std::string pointer = {}) {
  return fail(ErrorCode::ledger_inconsistent, std::move(what), std::move(pointer));
}

// JSON Pointer of the first place where two values differ.
std::string first_difference(const Json& a, const Json& b, const std::string& at) {
  if (a.type() != b.type() || a.is_primitive()) return at;
  if (a.is_array()) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
      if (a[i] != b[i]) return first_difference(a[i], b[i], at + "/" + std::to_string(i));
    }
    return at + "/" + std::to_string(std::min(a.size(), b.size()));
  }
  for (const auto& [name, value] : a.items()) {
    const std::string here = at + "/" + json::pointer_token(name);
    const auto other = b.find(name);
    if (other == b.end()) return here;
    if (value != *other) return first_difference(value, *other, here);
  }
  for (const auto& [name, value] : b.items()) {
    if (!a.contains(name)) return at + "/" + json::pointer_token(name);
  }
  return at;
}

// Where a place of the entry is in the leaf. A place of the payload is told as if the payload stood there decoded.
std::string entry_place(std::string_view pointer) {
  const bool of_jws = pointer.empty() || pointer.starts_with("/payload") || pointer.starts_with("/signatures");
  return std::string(of_jws ? "/entry" : "/entry/payload").append(pointer);
}

Result<Json> read_leaf(std::string_view line) {
  return json::read_strict(line, {.max_bytes = kMaxLeafBytes, .max_depth = entry::kMaxLeafDepth});
}

class Auditor {
 public:
  Auditor(AuditTrust trust, AuditObserver observer) : trust_(std::move(trust)), observer_(std::move(observer)) {}

  Result<void> take_header(std::string_view line) {
    const auto header = json::read_strict(line, {.max_bytes = kMaxLineBytes});
    if (!header || !header->is_object() || header->value("dengji", Json()) != "export" ||
        header->value("v", Json()) != 1 || !header->value("ledger", Json()).is_string() ||
        !header->value("genesis", Json()).is_string() || !header->value("size", Json()).is_number_unsigned()) {
      return fail(ErrorCode::value_format, "the first line is not the header of an export");
    }
    summary_.ledger = (*header)["ledger"].get<std::string>();
    const auto genesis = crypto::hash_from_b64((*header)["genesis"].get<std::string>());
    if (!genesis) return fail(ErrorCode::value_format, "the header's genesis is no hash", "/genesis");
    summary_.genesis = *genesis;
    claimed_ = (*header)["size"].get<std::uint64_t>();
    if (!trust_.kept) return {};
    if (trust_.kept->origin != summary_.ledger)
      return fail(ErrorCode::usage, "the kept checkpoint is of " + trust_.kept->origin + ", not of " + summary_.ledger);
    return compare_with_kept();
  }

  bool leaves_left() const { return summary_.size < claimed_; }
  std::uint64_t claimed() const { return claimed_; }
  std::uint64_t size() const { return summary_.size; }
  const state::ReadView& state() const { return state_; }

  Result<void> take_leaf(std::string_view line) {
    const std::string name = "entry " + std::to_string(summary_.size);
    auto leaf = entry::decode_leaf(line);
    // Spelled otherwise than it was hashed: read it as it should be spelled, so that the rules can name the place.
    if (!leaf && leaf.error().pointer.empty()) {
      if (const auto value = read_leaf(line)) leaf = entry::decode_leaf(json::write_canonical(*value));
    }
    if (!leaf) return inconsistent(name + ": " + leaf.error().message(), leaf.error().pointer);
    if (leaf->seq.value != summary_.size)
      return inconsistent(name + ": the leaf says " + std::to_string(leaf->seq.value), "/seq");
    if (summary_.size > 0 && leaf->time < summary_.last) return inconsistent(name + ": ledger time goes back", "/time");
    auto checked =
        contracts::check_entry(leaf->jws_text, contracts::registry(), [this](const KeyId& kid) { return key(kid); });
    if (!checked) {
      const bool signature = error_row(checked.error().code).exit_code == error_row(ErrorCode::bad_signature).exit_code;
      return fail(signature ? checked.error().code : ErrorCode::ledger_inconsistent,
                  name + ": " + checked.error().message(), entry_place(checked.error().pointer));
    }
    return execute(name, line, *leaf, *checked);
  }

  Result<AuditSummary> finish(std::string_view line) {
    if (auto good = check_checkpoint(line); !good) return std::unexpected(std::move(good.error()));
    if (trust_.kept && trust_.kept->size > summary_.size) {
      return inconsistent("the kept checkpoint has " + std::to_string(trust_.kept->size) + " entries, this export " +
                          std::to_string(summary_.size));
    }
    for (const std::string& fault : contracts::check_invariants(state_, shanghai_day(summary_.last)))
      return inconsistent("state: " + fault);
    for (const std::string& fault : postings_.faults()) return inconsistent("postings: " + fault);
    for (const std::string& fault : postings_.compare(state_)) return inconsistent("postings against state: " + fault);
    summary_.accounts = postings_.accounts().size();
    return std::move(summary_);
  }

 private:
  std::optional<crypto::PublicKey> key(const KeyId& kid) const {
    const auto record = state::find_object<contracts::Key>(state_, kid.text);
    if (!record) return std::nullopt;
    crypto::PublicKey found;
    found.bytes = record->x.bytes;
    return found;
  }

  Result<void> execute(const std::string& name, std::string_view line, const entry::Leaf& leaf,
                       const contracts::CheckedEntry& checked) {
    const auto previous = summary_.size > 0 ? std::optional(summary_.last) : std::nullopt;
    auto outcome = contracts::apply_entry(state_, checked, {leaf.seq, leaf.time, previous});
    if (const auto* refusal = std::get_if<state::Refusal>(&outcome)) {
      const auto& row = contracts::registry().verdict(refusal->verdict);
      const auto code = row.http_status == 401 ? ErrorCode::bad_signature : ErrorCode::ledger_inconsistent;
      return fail(code, name + ": the rules refuse it: " + std::string(row.en) + " (" + refusal->context + ")",
                  entry_place(refusal->pointer));
    }
    auto* accepted = std::get_if<contracts::Accepted>(&outcome);
    if (!accepted) return inconsistent(name + ": it is in the ledger twice", "/entry");
    if (accepted->leaf != line) {
      const auto theirs = read_leaf(line);
      const auto ours = read_leaf(accepted->leaf);
      return inconsistent(name + ": the rules give another leaf, or another spelling of it",
                          theirs && ours ? first_difference(*ours, *theirs, "") : "");
    }
    const auto faults = watch_.take(
        state_, {leaf.seq, leaf.time, checked.entry.envelope.type, checked.entry.envelope.parties, accepted->writes});
    if (!faults.empty()) return inconsistent(name + ": " + faults.front());
    tree_.append(merkle::leaf_hash(line));
    postings_.add(leaf.seq.value, leaf.effects);
    if (observer_) {
      observer_({leaf, checked.entry.envelope.type, accepted->writes, state_, checked, accepted->effects});
    }
    state_.absorb(std::move(accepted->writes));
    if (summary_.size == 0) summary_.first = leaf.time;
    summary_.last = leaf.time;
    summary_.signatures += checked.entry.jws.signatures.size();
    ++summary_.entries_by_type[checked.entry.envelope.type];
    ++summary_.size;
    return compare_with_kept();
  }

  // At the size of the checkpoint that the auditor kept, the root must be the one it had then.
  Result<void> compare_with_kept() const {
    if (!trust_.kept || trust_.kept->size != summary_.size || trust_.kept->root == tree_.root()) return {};
    return inconsistent("the kept checkpoint has another root at size " + std::to_string(summary_.size) +
                        ": the history was rewritten");
  }

  // The log keys that the genesis named, under the ledger's name.
  std::vector<crypto::NoteKey> log_keys() const {
    std::vector<crypto::NoteKey> keys;
    const std::string prefix = state::object_prefix(contracts::Node::kKind);
    state_.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
      crypto::NoteKey note_key{summary_.ledger, crypto::NoteKeyType::ed25519, {}};
      note_key.key.bytes = state::decode<contracts::Node>(record).log.x.bytes;
      keys.push_back(std::move(note_key));
      return true;
    });
    return keys;
  }

  Result<void> check_checkpoint(std::string_view line) {
    const auto last = json::read_strict(line, {.max_bytes = kMaxLineBytes, .strict_names = false});
    // The note's newlines are controls that the strict reader refuses inside strings: read it as plain JSON.
    const Json plain = last ? *last : Json::parse(line, nullptr, false);
    if (!plain.is_object() || plain.size() != 1 || !plain.value("checkpoint", Json()).is_string()) {
      return inconsistent("the last line is not the checkpoint");
    }
    const auto note = crypto::parse_note(plain["checkpoint"].get_ref<const std::string&>());
    if (!note) return inconsistent("checkpoint: " + note.error().message(), "/checkpoint");
    const auto signers = crypto::verify_note(*note, log_keys());
    if (!signers) return fail(signers.error().code, "checkpoint: " + signers.error().context, "/checkpoint");
    if (auto pinned = check_pinned(*note); !pinned) return pinned;
    const auto checkpoint = crypto::parse_checkpoint(note->text);
    if (!checkpoint) return inconsistent("checkpoint: " + checkpoint.error().message(), "/checkpoint");
    summary_.root = tree_.root();
    if (checkpoint->origin != summary_.ledger || checkpoint->size != summary_.size ||
        checkpoint->root != summary_.root) {
      return inconsistent("the checkpoint is of " + checkpoint->origin + " at size " +
                              std::to_string(checkpoint->size) + " with root " + crypto::to_b64(checkpoint->root) +
                              ", the leaves give size " + std::to_string(summary_.size) + " and root " +
                              crypto::to_b64(summary_.root),
                          "/checkpoint");
    }
    const auto ledger = contracts::find_ledger(state_);
    if (!ledger || ledger->id != summary_.ledger || ledger->genesis != summary_.genesis) {
      return inconsistent("the header names another ledger or genesis than entry 0", "/genesis");
    }
    return {};
  }

  Result<void> check_pinned(const crypto::Note& note) const {
    if (trust_.log_keys.empty()) return {};
    const auto signers = crypto::verify_note(note, trust_.log_keys);
    if (!signers) return fail(signers.error().code, "the log key given: " + signers.error().context, "/checkpoint");
    for (const auto& signer : *signers)
      if (trust_.log_keys[signer.key].name == summary_.ledger) return {};
    return fail(ErrorCode::note_no_signature, "the log key given is not of " + summary_.ledger, "/checkpoint");
  }

  const AuditTrust trust_;
  const AuditObserver observer_;
  AuditSummary summary_;
  std::uint64_t claimed_ = 0;
  ReplayedState state_;
  merkle::Frontier tree_;
  contracts::PostingsLedger postings_;
  contracts::InvariantWatch watch_;
};

}  // namespace

struct ExportAudit::Impl {
  enum class Next : std::uint8_t { header, leaf, checkpoint, nothing };

  Impl(AuditTrust trust, AuditProgress on_progress, AuditObserver observer)
      : auditor(std::move(trust), std::move(observer)), progress(std::move(on_progress)) {}

  void expect_more() { next = auditor.leaves_left() ? Next::leaf : Next::checkpoint; }

  Result<void> take_line(std::string_view line) {
    switch (next) {
      case Next::header:
        if (auto taken = auditor.take_header(line); !taken) return taken;
        expect_more();
        return {};
      case Next::leaf:
        if (auto taken = auditor.take_leaf(line); !taken) return taken;
        if (progress && auditor.size() % kProgressEvery == 0) progress(auditor.size(), auditor.claimed());
        expect_more();
        return {};
      case Next::checkpoint: {
        auto finished = auditor.finish(line);
        if (!finished) return std::unexpected(std::move(finished.error()));
        summary = std::move(*finished);
        next = Next::nothing;
        return {};
      }
      case Next::nothing:
        break;
    }
    return inconsistent("lines follow the checkpoint");
  }

  // What is wrong with an export that ends here, or has no line where one must be.
  std::unexpected<Error> missing() const {
    if (next == Next::header) return fail(ErrorCode::value_format, "the export is empty");
    if (next == Next::leaf) return inconsistent("entry " + std::to_string(auditor.size()) + " is missing");
    return inconsistent("the checkpoint is missing");
  }

  Auditor auditor;
  const AuditProgress progress;
  Next next = Next::header;
  std::string partial;  // of the line that has not ended yet
  AuditSummary summary;
};

ExportAudit::ExportAudit(AuditTrust trust, AuditProgress progress, AuditObserver observer)
    : impl_(std::make_unique<Impl>(std::move(trust), std::move(progress), std::move(observer))) {}
ExportAudit::ExportAudit(const ExportAudit& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
ExportAudit::~ExportAudit() = default;

Result<void> ExportAudit::feed(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
    if (impl_->partial.size() + end > kMaxLineBytes) return impl_->missing();
    std::string_view line = piece.substr(0, end);
    if (!impl_->partial.empty()) line = impl_->partial.append(line);
    if (auto taken = impl_->take_line(line); !taken) return taken;
    impl_->partial.clear();
  }
  if (impl_->partial.size() + piece.size() > kMaxLineBytes) return impl_->missing();
  impl_->partial.append(piece);
  return {};
}

Result<AuditSummary> ExportAudit::finish() {
  if (!impl_->partial.empty()) {
    if (auto taken = impl_->take_line(impl_->partial); !taken) return std::unexpected(std::move(taken.error()));
  }
  if (impl_->next != Impl::Next::nothing) return impl_->missing();
  return std::move(impl_->summary);
}

const state::ReadView& ExportAudit::state() const {
  return impl_->auditor.state();
}

Result<AuditSummary> audit_export(std::istream& in, const AuditProgress& progress, AuditTrust trust) {
  ExportAudit audit(std::move(trust), progress);
  std::string piece(kPieceBytes, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    if (auto fed = audit.feed({piece.data(), static_cast<std::size_t>(in.gcount())}); !fed)
      return std::unexpected(std::move(fed.error()));
  }
  return audit.finish();
}

}  // namespace dengji::node
