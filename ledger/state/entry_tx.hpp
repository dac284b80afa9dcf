// What a contract works in: reads, and writes that it sees at once, over the state just before the entry. Every
// decision goes through one of the effect makers below, which record it for the leaf and fold it into the entry's
// overlay by the same fold() that an auditor uses. A refused entry's EntryTx is dropped whole, numbers included.
//
// Object records are put beside the effects: they follow from the body and the decisions, so the leaf need not repeat
// them. Single-threaded; lives for one entry.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/base/seq.hpp"
#include "ledger/base/time.hpp"
#include "ledger/entry/envelope.hpp"
#include "ledger/state/accounts.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/effects.hpp"
#include "ledger/state/keys.hpp"
#include "ledger/state/numbers.hpp"
#include "ledger/state/roles.hpp"
#include "ledger/state/verdict.hpp"
#include "ledger/state/view.hpp"

namespace dengji::state {

// A state object: a record with a kind and an id of its own. Optional: `indexes(const T&, IndexSink&)`.
template <class T>
concept Object = Record<T> && requires(const T& object) {
  { T::kKind } -> std::convertible_to<std::string_view>;
  { object.object_id() } -> std::convertible_to<std::string>;
};

// Collects (index, value) pairs of an object; each becomes a key that lists can be read by.
class IndexSink {
 public:
  void add(std::string_view index, std::string_view value) { pairs_.emplace_back(index, value); }
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

template <class T>
concept Indexed = requires(const T& object, IndexSink& sink) { T::indexes(object, sink); };

// The entry as contracts see it, beside its body.
struct EntryContext {
  Seq seq;
  LedgerTime time;  // the only clock
  Hash32 entry_id;
  std::string_view ledger;
  std::string_view type;
  std::span<const entry::Party> parties;

  Date day() const { return shanghai_day(time); }
  int year() const { return civil(day()).year; }
  // The first party with this role; nullptr if there is none.
  const entry::Party* party(std::string_view role) const;
  // Its organisation; LEDGER_ASSERT if the signer rule did not guarantee one.
  const OrgId& org(std::string_view role) const;
};

// A read that no contract can turn into a write: what API views and statistics use.
template <Object T>
std::optional<T> find_object(const ReadView& view, std::string_view id) {
  const auto bytes = view.get(object_key(T::kKind, id));
  if (!bytes) return std::nullopt;
  return decode<T>(*bytes);
}

// The id behind an alias, or the text itself.
std::string resolve_alias(const ReadView& view, std::string_view kind, std::string_view id_or_alias);

class EntryTx {
 public:
  EntryTx(const ReadView& below, EntryContext context) : overlay_(below), context_(context) {}
  EntryTx(const EntryTx&) = delete;
  EntryTx& operator=(const EntryTx&) = delete;

  const EntryContext& context() const { return context_; }
  const ReadView& view() const { return overlay_; }

  // --- objects
  template <Object T>
  std::optional<T> find(std::string_view id) const {
    return find_object<T>(overlay_, id);
  }
  // The object, or a refusal object_unknown that names kind and id and points to `pointer`.
  template <Object T>
  std::expected<T, Refusal> need(std::string_view id, std::string_view pointer) const {
    auto found = find<T>(resolve_alias(overlay_, T::kKind, id));
    if (!found)
      return refuse(General::object_unknown, std::string(T::kKind) + " " + std::string(id), std::string(pointer));
    return std::move(*found);
  }
  // Writes the record and its index keys. Says nothing in the leaf: use set_status for what the leaf must tell.
  template <Object T>
  void put(const T& object) {
    IndexSink before;
    IndexSink after;
    const std::string id = object.object_id();
    if constexpr (Indexed<T>) {
      if (const auto old = find<T>(id)) T::indexes(*old, before);
      T::indexes(object, after);
    }
    put_record(T::kKind, id, encode(object), before, after);
  }
  // The same for an object whose id cannot have been taken before (a new serial, the entry's own id): spares the look.
  template <Object T>
  void create(const T& object) {
    IndexSink after;
    if constexpr (Indexed<T>) T::indexes(object, after);
    put_record(T::kKind, object.object_id(), encode(object), {}, after);
  }
  void alias(std::string_view kind, std::string_view alias, std::string_view id);

  // --- decisions: each is recorded in the leaf and folded at once
  Verdict record(Effect effect);
  std::expected<RegNo, Refusal> assign_number(std::string_view prefix, std::string_view kind, std::string_view region);
  // `from` empty = the object is new. Does not write the object.
  void status(std::string_view kind, std::string_view id, std::string_view from, std::string_view to);
  Verdict post(std::string_view event, std::string_view cause, std::vector<PostingLine> lines);
  Verdict reserve(std::string_view event, std::string_view cause, std::vector<PostingLine> lines);
  Verdict take(std::string_view event, std::string_view cause, std::vector<PostingLine> lines);
  Verdict unreserve(std::string_view event, std::string_view cause, std::vector<PostingLine> lines);
  void working(WorkingEffect working);
  void flag(std::string_view kind, std::string_view id, std::string_view code, std::vector<std::string> members = {});
  void deadline(std::string_view kind, std::string_view id, std::string_view what, Date until);
  // True the first time; false, and nothing recorded, if (scope, key) was taken before.
  bool mark(std::string_view scope, std::string_view key);
  bool marked(std::string_view scope, std::string_view key) const;

  // Keys of an area's own that are neither object nor account (lists of ids, chunks). The area documents them.
  std::optional<std::string> get_raw(std::string_view key) const { return overlay_.get(key); }
  void put_raw(std::string_view key, std::string value) { overlay_.put(key, std::move(value)); }
  void erase_raw(std::string_view key) { overlay_.erase(key); }

  // --- what the API must know of the entry (entry_meta.hpp)
  void subject(std::string_view kind, std::string_view id) { subject_ = {std::string(kind), std::string(id)}; }
  // An organisation that may read the entry although it is no party.
  void reader(const OrgId& org) { readers_.push_back(org); }

  const std::vector<Effect>& effects() const { return effects_; }
  const std::pair<std::string, std::string>& subject() const { return subject_; }
  const std::vector<OrgId>& readers() const { return readers_; }
  Writes take_writes() { return overlay_.take(); }

 private:
  void put_record(std::string_view kind, const std::string& id, std::string bytes, const IndexSink& before,
                  const IndexSink& after);

  Overlay overlay_;
  EntryContext context_;
  std::vector<Effect> effects_;
  std::pair<std::string, std::string> subject_;
  std::vector<OrgId> readers_;
};

}  // namespace dengji::state
