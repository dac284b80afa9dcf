#include "ledger/state/effects.hpp"

#include <limits>
#include <utility>

#include "ledger/base/assert.hpp"
#include "ledger/state/accounts.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"
#include "ledger/state/numbers.hpp"
#include "ledger/state/schema.hpp"

namespace dengji::state {
namespace {

struct Amount {
  std::int64_t value = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("value", self.value, Spec{});
  }
};

std::int64_t read_amount(const ReadView& view, std::string_view key) {
  const auto bytes = view.get(key);
  return bytes ? decode<Amount>(*bytes).value : 0;
}

void write_amount(Overlay& into, std::string_view key, std::int64_t value) {
  if (value == 0) {
    into.erase(key);
  } else {
    into.put(key, encode(Amount{value}));
  }
}

enum class Movement : std::uint8_t { post, reserve, take, void_ };

struct Deltas {
  std::int64_t posted;
  std::int64_t pending;
};

Deltas deltas(Movement movement, std::int64_t fen) {
  switch (movement) {
    case Movement::post:
      return {fen, 0};
    case Movement::reserve:
      return {0, fen};
    case Movement::take:
      return {fen, -fen};
    case Movement::void_:
      return {0, -fen};
  }
  std::unreachable();
}

Verdict move_side(std::int64_t& posted, std::int64_t& pending, Deltas by, std::string_view account) {
  if (__builtin_add_overflow(posted, by.posted, &posted) || __builtin_add_overflow(pending, by.pending, &pending)) {
    return refuse(General::amount_overflow, std::string(account));
  }
  LEDGER_ASSERT(pending >= 0);
  return {};
}

Verdict change_account(std::string_view id, const AccountType& type, bool debit, Deltas by, Overlay& into) {
  Account account = read_account(into, id);
  DENGJI_TRY(debit ? move_side(account.debits, account.pending_debits, by, id)
                   : move_side(account.credits, account.pending_credits, by, id));
  const std::int64_t balance = account.balance(type.normal);
  if (balance > kMaxSafeInteger) return refuse(General::amount_overflow, std::string(id));
  if (account.free(type.normal) < 0) {
    return refuse(General::account_limit,
                  std::string(id) + " is short by " + std::to_string(-account.free(type.normal)) + " fen");
  }
  into.put(account_key(id), encode(account));
  return {};
}

Verdict change_reservation(Movement movement, const std::string& cause, const PostingLine& line, Overlay& into) {
  if (movement == Movement::post) return {};
  const std::string key = reservation_key(cause, line.debit, line.credit);
  const std::int64_t now = read_amount(into, key);
  const std::int64_t then = movement == Movement::reserve ? now + line.fen.value() : now - line.fen.value();
  if (then < 0) return refuse(General::account_limit, cause + " has only " + std::to_string(now) + " fen reserved");
  if (then > kMaxSafeInteger) return refuse(General::amount_overflow, cause);
  write_amount(into, key, then);
  return {};
}

Verdict fold_line(Movement movement, const std::string& cause, const PostingLine& line, Overlay& into) {
  const AccountType* debit = account_type(line.debit);
  const AccountType* credit = account_type(line.credit);
  LEDGER_ASSERT(debit && credit && line.fen.value() > 0);
  LEDGER_ASSERT(account_book(line.debit, *debit) == account_book(line.credit, *credit));
  const Deltas by = deltas(movement, line.fen.value());
  DENGJI_TRY(change_reservation(movement, cause, line, into));
  // What gives is credited-normal or debit-normal alike: the limit is looked at after both sides moved, per account.
  DENGJI_TRY(change_account(line.debit, *debit, true, by, into));
  return change_account(line.credit, *credit, false, by, into);
}

Verdict fold_money(Movement movement, const MoneyEffect& effect, Overlay& into) {
  for (const PostingLine& line : effect.lines) DENGJI_TRY(fold_line(movement, effect.cause, line, into));
  return {};
}

Verdict fold_number(const NumberEffect& effect, Overlay& into) {
  const auto parsed = parse_number(effect.no.text);
  LEDGER_ASSERT(parsed);
  const std::string key = counter_key(parsed->series.counter());
  const std::int64_t last = read_amount(into, key);
  if (parsed->serial != last + 1) return refuse(General::serial_exhausted, effect.no.text);
  write_amount(into, key, parsed->serial);
  return {};
}

Verdict fold_mark(const MarkEffect& effect, Overlay& into) {
  const std::string key = mark_key(effect.scope, effect.key);
  LEDGER_ASSERT(!into.get(key));
  into.put(key, "");
  return {};
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Verdict fold_into(const Effect& effect, Overlay& into) {
  return std::visit(Overloaded{
                        [&](const NumberEffect& e) { return fold_number(e, into); },
                        [&](const PostEffect& e) { return fold_money(Movement::post, e, into); },
                        [&](const ReserveEffect& e) { return fold_money(Movement::reserve, e, into); },
                        [&](const TakeEffect& e) { return fold_money(Movement::take, e, into); },
                        [&](const VoidEffect& e) { return fold_money(Movement::void_, e, into); },
                        [&](const MarkEffect& e) { return fold_mark(e, into); },
                        // These tell of changes that the object records themselves hold.
                        [](const auto&) { return Verdict{}; },
                    },
                    effect);
}

template <class T>
bool read_as(const Json& json, std::string_view tag, Result<Effect>& result) {
  if (tag != T::kTag) return false;
  Json members = json;
  members.erase("fx");
  auto value = from_json<T>(members);
  if (value) {
    result = std::move(*value);
  } else {
    result = std::unexpected(std::move(value.error()));
  }
  return true;
}

template <class... T>
Result<Effect> read_any(const Json& json, std::string_view tag, std::type_identity<std::variant<T...>>) {
  Result<Effect> result = fail(ErrorCode::value_range, "unknown effect " + std::string(tag), "/fx");
  static_cast<void>((read_as<T>(json, tag, result) || ...));
  return result;
}

template <class... T>
Json all_schemas(std::type_identity<std::variant<T...>>) {
  Json schemas = Json::object();
  ((schemas[std::string(T::kTag)] = schema_of<T>()), ...);
  return schemas;
}

}  // namespace

Json effect_to_json(const Effect& effect) {
  return std::visit(
      [](const auto& value) {
        Json object = to_json(value);
        object["fx"] = std::string(value.kTag);
        return object;
      },
      effect);
}

Result<Effect> effect_from_json(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::value_type, "an object");
  const auto tag = json.find("fx");
  if (tag == json.end() || !tag->is_string()) return fail(ErrorCode::member_missing, "fx", "/fx");
  return read_any(json, tag->get_ref<const std::string&>(), std::type_identity<Effect>{});
}

Json effect_schemas() {
  return all_schemas(std::type_identity<Effect>{});
}

Verdict fold(const Effect& effect, Overlay& into) {
  Overlay trial(static_cast<const ReadView&>(into));
  DENGJI_TRY(fold_into(effect, trial));
  into.absorb(trial.writes());
  return {};
}

}  // namespace dengji::state
