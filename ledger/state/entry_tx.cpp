#include "ledger/state/entry_tx.hpp"

#include <algorithm>

#include "ledger/base/assert.hpp"

namespace dengji::state {
namespace {

std::string text(std::string_view value) {
  return std::string(value);
}

template <class Money>
Money money(std::string_view event, std::string_view cause, std::vector<PostingLine> lines) {
  Money effect;
  effect.cause = cause;
  effect.event = event;
  effect.lines = std::move(lines);
  return effect;
}

}  // namespace

const entry::Party* EntryContext::party(std::string_view role) const {
  const auto found =
      std::find_if(parties.begin(), parties.end(), [&](const entry::Party& p) { return p.role == role; });
  return found == parties.end() ? nullptr : &*found;
}

const OrgId& EntryContext::org(std::string_view role) const {
  const entry::Party* found = party(role);
  LEDGER_ASSERT(found);
  return found->org;
}

std::string resolve_alias(const ReadView& view, std::string_view kind, std::string_view id_or_alias) {
  auto id = view.get(alias_key(kind, id_or_alias));
  return id ? std::move(*id) : text(id_or_alias);
}

void EntryTx::put_record(std::string_view kind, const std::string& id, std::string bytes, const IndexSink& before,
                         const IndexSink& after) {
  const auto& had = before.pairs();
  const auto& has = after.pairs();
  for (const auto& pair : had) {
    if (std::find(has.begin(), has.end(), pair) == has.end())
      overlay_.erase(index_key(kind, pair.first, pair.second, id));
  }
  for (const auto& pair : has) {
    if (std::find(had.begin(), had.end(), pair) == had.end())
      overlay_.put(index_key(kind, pair.first, pair.second, id), "");
  }
  overlay_.put(object_key(kind, id), std::move(bytes));
}

void EntryTx::alias(std::string_view kind, std::string_view alias, std::string_view id) {
  overlay_.put(alias_key(kind, alias), text(id));
}

Verdict EntryTx::record(Effect effect) {
  DENGJI_TRY(fold(effect, overlay_));
  effects_.push_back(std::move(effect));
  return {};
}

std::expected<RegNo, Refusal> EntryTx::assign_number(std::string_view prefix, std::string_view kind,
                                                     std::string_view region) {
  const NumberSeries series{text(prefix), text(region), context_.year()};
  const auto bytes = overlay_.get(counter_key(series.counter()));
  std::int64_t last = 0;
  if (bytes) Decoder(*bytes).read(last);
  if (last >= kMaxSerial) return refuse(General::serial_exhausted, series.counter());
  RegNo no = make_number(series, last + 1);
  DENGJI_TRY(record(NumberEffect{no, text(kind)}));
  return no;
}

void EntryTx::status(std::string_view kind, std::string_view id, std::string_view from, std::string_view to) {
  StatusEffect effect{text(kind), text(id), std::nullopt, text(to)};
  if (!from.empty()) effect.from = text(from);
  effects_.emplace_back(std::move(effect));
}

Verdict EntryTx::post(std::string_view event, std::string_view cause, std::vector<PostingLine> lines) {
  return record(money<PostEffect>(event, cause, std::move(lines)));
}

Verdict EntryTx::reserve(std::string_view event, std::string_view cause, std::vector<PostingLine> lines) {
  return record(money<ReserveEffect>(event, cause, std::move(lines)));
}

Verdict EntryTx::take(std::string_view event, std::string_view cause, std::vector<PostingLine> lines) {
  return record(money<TakeEffect>(event, cause, std::move(lines)));
}

Verdict EntryTx::unreserve(std::string_view event, std::string_view cause, std::vector<PostingLine> lines) {
  return record(money<VoidEffect>(event, cause, std::move(lines)));
}

void EntryTx::working(WorkingEffect working) {
  effects_.emplace_back(std::move(working));
}

void EntryTx::flag(std::string_view kind, std::string_view id, std::string_view code,
                   std::vector<std::string> members) {
  effects_.emplace_back(FlagEffect{text(kind), text(id), text(code), std::move(members)});
}

void EntryTx::deadline(std::string_view kind, std::string_view id, std::string_view what, Date until) {
  effects_.emplace_back(DeadlineEffect{text(kind), text(id), text(what), until});
}

bool EntryTx::mark(std::string_view scope, std::string_view key) {
  if (marked(scope, key)) return false;
  const Verdict done = record(MarkEffect{text(scope), text(key)});
  LEDGER_ASSERT(done);
  return true;
}

bool EntryTx::marked(std::string_view scope, std::string_view key) const {
  return overlay_.get(mark_key(scope, key)).has_value();
}

}  // namespace dengji::state
