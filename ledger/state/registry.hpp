// The tables from which everything else follows: entry types and object kinds, declared here, filled by contracts,
// handed by node to the API, which serves, documents and authorises from them alone. Explicit arrays, no
// self-registration.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/ed25519.hpp"
#include "ledger/entry/leaf.hpp"
#include "ledger/state/deadlines.hpp"
#include "ledger/state/entry_tx.hpp"
#include "ledger/state/explain.hpp"
#include "ledger/state/schema.hpp"

namespace dengji::state {

enum class Visibility : std::uint8_t {
  everyone,    // checkpoint-like public facts: catalogue, certificates, policies, organisations
  parties,     // its parties and readers, the platform, the bureau, finance and auditors
  supervised,  // its parties and readers, the cyberspace administration, the bureau and auditors
};
template <>
struct EnumNames<Visibility> {
  static constexpr std::array names{"everyone", "parties", "supervised"};
};

// A body after its one strict reading. Each entry type has one concrete TypedBody.
class Body {
 public:
  virtual ~Body() = default;
};
using BodyPtr = std::shared_ptr<const Body>;

template <Record T>
class TypedBody final : public Body {
 public:
  explicit TypedBody(T read) : value(std::move(read)) {}
  const T value;
};

// Who must sign: between min and max parties with one of `roles`. With `quorum`, the parties are governors and at least
// the ledger's quorum of them must sign. Parties whose role stands in no rule of the type are refused.
struct SignerRule {
  std::vector<std::string_view> roles;
  int min = 1;
  int max = 1;
};

struct EntryTypeInfo {
  std::string_view type;
  std::string_view area;
  std::string_view doc;     // one English sentence
  std::string_view doc_zh;  // one Chinese sentence
  std::vector<SignerRule> signers;
  Visibility visibility = Visibility::parties;

  Json (*schema)() = nullptr;
  Result<BodyPtr> (*read)(const Json& body) = nullptr;  // pointers start with /body
  Verdict (*apply)(EntryTx& tx, const Body& body) = nullptr;
  // Keys that come in the body and must themselves sign the entry; nullptr for most types.
  std::vector<crypto::PublicKey> (*new_keys)(const Body& body) = nullptr;
};

// How one object reads: the API, OpenAPI, explorer and docs serve /v1/<plural> from this alone.
struct ObjectIndex {
  std::string_view name;  // also the query parameter that filters by it
  std::string_view doc;
};

struct ObjectKindInfo {
  std::string_view kind;    // "dataset"
  std::string_view plural;  // "datasets": the route
  std::string_view doc;
  std::string_view doc_zh;
  Visibility visibility = Visibility::parties;
  std::vector<ObjectIndex> indexes;

  Json (*schema)() = nullptr;
  // The stored record as JSON, with what is computed at `now` (effective status, remaining days) beside it.
  Json (*to_json)(const ReadView& view, std::string_view record, LedgerTime now) = nullptr;
  // Organisations that may read a record of a kind that is not public.
  std::vector<OrgId> (*readers)(std::string_view record) = nullptr;

  // The time limits that run for a record; nullptr for a kind that has none.
  std::vector<Deadline> (*deadlines)(std::string_view record, DeadlineCall& call) = nullptr;
  std::span<const DeadlineName> deadline_names;

  // How its amount came about, for kinds that hold money: served as /v1/<plural>/{id}/explain. nullptr for the others.
  // Errors: those of `entries`.
  Result<Explanation> (*explain)(const ReadView& view, const EntryHistory& entries, std::string_view record,
                                 LedgerTime now) = nullptr;
};

// A record that is part of entry bodies and has a schema of its own to be looked up by, such as the body of one kind of
// policy: served as /v1/schemas/<group>/<name>.
struct FormInfo {
  std::string_view group;
  std::string_view name;
  std::string_view doc;
  std::string_view doc_zh;
  Json (*schema)() = nullptr;
};

// One business area: a folder of contracts/ gives one of these.
struct Area {
  std::string_view name;
  std::uint16_t first_verdict;  // its hundred
  std::span<const EntryTypeInfo> types;
  std::span<const ObjectKindInfo> kinds;
  std::span<const VerdictRow> verdicts;
};

// Look-ups over areas; built once at start. Asserts unique names, routes and numbers, and verdicts within their
// hundred.
class Registry {
 public:
  explicit Registry(std::span<const Area> areas);

  const EntryTypeInfo* type(std::string_view name) const;
  const ObjectKindInfo* kind(std::string_view kind) const;
  const ObjectKindInfo* kind_by_plural(std::string_view plural) const;
  const VerdictRow& verdict(std::uint16_t number) const;  // LEDGER_ASSERT if unknown

  std::span<const EntryTypeInfo* const> types() const { return types_; }  // sorted by name
  std::span<const ObjectKindInfo* const> kinds() const { return kinds_; }
  std::span<const VerdictRow* const> verdicts() const { return verdicts_; }  // sorted by number

 private:
  std::vector<const EntryTypeInfo*> types_;
  std::vector<const ObjectKindInfo*> kinds_;
  std::vector<const VerdictRow*> verdicts_;
};

namespace detail {

template <class T>
using ApplyFunction = Verdict (*)(EntryTx&, const T&);

template <class T, ApplyFunction<T> Apply>
Verdict apply_typed(EntryTx& tx, const Body& body) {
  return Apply(tx, static_cast<const TypedBody<T>&>(body).value);
}

template <Record T>
Result<BodyPtr> read_typed(const Json& body) {
  auto value = from_json<T>(body, "/body");
  if (!value) return std::unexpected(std::move(value.error()));
  return std::make_shared<const TypedBody<T>>(std::move(*value));
}

template <Object T>
Json json_of_record(const ReadView& view, std::string_view record, LedgerTime now) {
  const T object = decode<T>(record);
  Json json = to_json(object);
  if constexpr (requires { T::extend_json(object, view, now, json); }) T::extend_json(object, view, now, json);
  return json;
}

template <Object T>
std::vector<OrgId> readers_of_record(std::string_view record) {
  if constexpr (requires(const T& object) { object.readers(); }) return decode<T>(record).readers();
  return {};
}

template <Limited T>
std::vector<Deadline> deadlines_of_record(std::string_view record, DeadlineCall& call) {
  return T::deadlines(decode<T>(record), call);
}

template <class T>
concept Explained = requires(const T& object, const ReadView& view, const EntryHistory& entries, LedgerTime now) {
  { T::explain(object, view, entries, now) } -> std::same_as<Result<Explanation>>;
};

template <Explained T>
Result<Explanation> explain_record(const ReadView& view, const EntryHistory& entries, std::string_view record,
                                   LedgerTime now) {
  return T::explain(decode<T>(record), view, entries, now);
}

}  // namespace detail

struct TypeDoc {
  std::string_view en;
  std::string_view zh;
};

// entry_type<ReviewBody, &apply_review>("dataset.review", "registration", {"…", "…"}, {{{"registrar"}}},
// Visibility::everyone)
template <Record T, detail::ApplyFunction<T> Apply>
EntryTypeInfo entry_type(std::string_view type, std::string_view area, TypeDoc doc, std::vector<SignerRule> signers,
                         Visibility visibility) {
  return {type,
          area,
          doc.en,
          doc.zh,
          std::move(signers),
          visibility,
          &schema_of<T>,
          &detail::read_typed<T>,
          &detail::apply_typed<T, Apply>,
          nullptr};
}

template <Record T>
FormInfo form_info(std::string_view group, std::string_view name, TypeDoc doc) {
  return {group, name, doc.en, doc.zh, &schema_of<T>};
}

// T may have `static void extend_json(const T&, const ReadView&, LedgerTime now, Json&)`, `readers() const`,
// `static Result<Explanation> explain(const T&, const ReadView&, const EntryHistory&, LedgerTime now)`, and what
// deadlines.hpp asks for; then it is listed by the index of deadlines too.
template <Object T>
ObjectKindInfo object_kind(std::string_view plural, TypeDoc doc, Visibility visibility,
                           std::vector<ObjectIndex> indexes) {
  ObjectKindInfo kind{.kind = T::kKind,
                      .plural = plural,
                      .doc = doc.en,
                      .doc_zh = doc.zh,
                      .visibility = visibility,
                      .indexes = std::move(indexes),
                      .schema = &schema_of<T>,
                      .to_json = &detail::json_of_record<T>,
                      .readers = &detail::readers_of_record<T>};
  if constexpr (Limited<T>) {
    kind.deadlines = &detail::deadlines_of_record<T>;
    kind.deadline_names = T::kDeadlines;
    kind.indexes.push_back({kDeadlineIndex, "open while a time limit runs for it, or the day on which one lapses"});
  }
  if constexpr (detail::Explained<T>) kind.explain = &detail::explain_record<T>;
  return kind;
}

}  // namespace dengji::state
