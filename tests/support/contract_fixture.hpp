// A ledger in memory for tests of contracts: entries are built, signed with real keys (seeds follow from the names),
// parsed, checked and applied by the very functions that a node calls, with a clock that the test sets. A refused entry
// must leave the state as it was, bit by bit; the fixture looks each time.
//
//   ContractFixture ledger;                       // genesis and the standard cast: see Cast
//   ledger.at("2026-03-02");                      // 10:00 in Asia/Shanghai
//   auto done = ledger.submit("dataset.apply", {{"applicant", Cast::seller}}, application("A"));
//   CHECK(done.accepted());
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/areas.hpp"
#include "contracts/engine.hpp"

namespace dengji::test {

using json::Json;

// The entry as the verify pool would hand it to apply, had it been signed well by its parties. nullopt when the strict
// readers refuse the body or the payload.
std::optional<contracts::CheckedEntry> entry_without_signatures(const state::Registry& registry,
                                                                const entry::Envelope& envelope);

// A whole state in a map.
class MemoryView final : public state::ReadView {
 public:
  std::optional<std::string> get(std::string_view key) const override;
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override;

  void absorb(const state::Writes& writes);
  // Over every key and value in order: two states are the same exactly if this is.
  Hash32 fingerprint() const;
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// Eight characters (kind and region) and eight of the organisation code, with both check characters added.
std::string make_uscc(std::string_view first_eight, std::string_view code_eight);

// Who acts in tests. The first three stand in the worked year of the accounts.
struct Cast {
  static inline const std::string seller = "91320500MA1EAMPA7Y";    // 苏州
  static inline const std::string buyer = "91320100MA1EAMPB55";     // 南京
  static inline const std::string platform = "91320000MA1PLATF0T";  // platform
  static inline const std::string bureau = make_uscc("11320000", "MB1BUREA");
  static inline const std::string finance = make_uscc("11320000", "MB1F1NAN");
  static inline const std::string registrar = make_uscc("12320000", "MB1REG1E");
  static inline const std::string certifier = make_uscc("91320000", "MA1CERT1");
  static inline const std::string auditor = make_uscc("11320000", "MB1AUD1T");
  static inline const std::string second_seller = make_uscc("91320200", "MA1DELLR");  // 无锡
  static inline const std::string outsider = "914403001922038216";                    // 深圳

  // Who sells and buys.
  static const std::vector<std::string>& traders() {
    static const std::vector<std::string> all{seller, second_seller, buyer, outsider};
    return all;
  }
};

struct By {
  std::string role;
  std::string org;
  int key = 0;  // which of its keys
};
inline const std::vector<By> kByFinance{{"finance", Cast::finance}};
inline const std::vector<By> kByPlatform{{"platform", Cast::platform}};
inline const std::vector<By> kByBureau{{"bureau", Cast::bureau}};
inline const std::vector<By> kByRegistrar{{"registrar", Cast::registrar}};

// What came of an entry; exactly one of the four.
struct Submitted {
  std::optional<contracts::Accepted> done;
  std::optional<contracts::Seen> seen;
  std::optional<state::Refusal> refusal;
  std::optional<Error> error;  // before any state was looked at

  std::string entry_id;  // base64url; also of what was refused
  std::string bytes;     // what was sent

  bool accepted() const { return done.has_value(); }
  std::uint16_t verdict() const { return refusal ? refusal->verdict : 0; }
  std::string context() const { return refusal ? refusal->context : error ? error->message() : std::string(); }
  std::string pointer() const { return refusal ? refusal->pointer : error ? error->pointer : std::string(); }

  template <class E>
  bool refused(E expected) const {
    return verdict() == static_cast<std::uint16_t>(expected);
  }
  // The effects as the leaf holds them.
  Json effects() const;
  // The first effect with this tag; null if there is none.
  Json effect(std::string_view tag) const;
  // The number that the entry assigned, "" if none.
  std::string number() const;
};

class ContractFixture {
 public:
  // With genesis and the whole cast registered, on 2026-01-02; `empty` has not even a genesis. `empty_unsigned` is for
  // long random histories: no signature is made, entries go in behind the check of signatures, and the whole state is
  // not compared after a refusal (apply_entry cannot write to the view that it is given); start() when its observer is
  // set.
  enum class Start : std::uint8_t { cast, empty, empty_unsigned };
  explicit ContractFixture(const state::Registry& registry = contracts::registry(), Start start = Start::cast);

  // A day (then 10:00 in Asia/Shanghai) or an RFC 3339 instant. Never back.
  void at(std::string_view time);
  Date today() const { return shanghai_day(time_); }

  Submitted submit(std::string_view type, const std::vector<By>& by, const Json& body);
  // For tests of the envelope: `tamper` changes it before it is signed.
  Submitted submit(std::string_view type, const std::vector<By>& by, const Json& body,
                   const std::function<void(entry::Envelope&)>& tamper);
  // Bytes as they are.
  Submitted submit_bytes(std::string_view bytes);

  // Called with each accepted entry while view() is still the state just before it.
  using Observer = std::function<void(const contracts::CheckedEntry&, const contracts::Accepted&)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  // Genesis and the cast, on an empty ledger.
  void start();

  // --- shorter ways, each asserts that the entry is accepted
  struct NewOrg {
    std::string id;
    std::string region = "320500";
    std::string group;
    std::string scale = "small";
  };
  void register_org(const NewOrg& org);
  void grant(const std::string& org, std::string_view role);
  // policy.enact by bureau and finance; `form` is the member named by `kind`. From today unless told otherwise.
  Submitted enact(std::string_view kind, std::string_view code, const Json& form, std::string_view from = {});
  // Writes that no entry type makes yet, such as ties between organisations.
  template <state::Object T>
  void change(const std::string& id, const std::function<void(T&)>& edit) {
    auto object = state::find_object<T>(state_, id);
    LEDGER_ASSERT(object);
    edit(*object);
    state::EntryTx tx(state_, {Seq{seq_}, time_, Hash32{}, kLedgerId, "test", {}});
    tx.put(*object);
    state_.absorb(tx.take_writes());
  }

  // A key of the state as it stands for bytes that no entry of a test could bring about.
  void write(const std::string& key, const std::string& value) { state_.absorb({{key, value}}); }

  // --- what there is
  const MemoryView& view() const { return state_; }
  const state::Registry& registry() const { return registry_; }
  std::int64_t balance(std::string_view account) const { return state::posted_balance(state_, account).value(); }
  state::Account account(std::string_view id) const { return state::read_account(state_, id); }
  // As the API shows it: by id, alias or number; null if there is none.
  Json show(std::string_view kind, std::string_view id) const;
  template <state::Object T>
  T object(std::string_view id) const {
    auto found = state::find_object<T>(state_, state::resolve_alias(state_, T::kKind, id));
    LEDGER_ASSERT(found);
    return *found;
  }
  const std::vector<std::string>& leaves() const { return leaves_; }
  LedgerTime time() const { return time_; }
  // Refusals after which the state was compared.
  int refusals_checked() const { return refusals_checked_; }

  static constexpr std::string_view kLedgerId = "ledger.example/test";
  // The key pair `number` of an organisation.
  static crypto::SecretKey key_of(std::string_view org, int number = 0);
  static Json jwk_of(std::string_view org, int number = 0);
  static const KeyId& kid_of(const std::string& org, int number = 0);  // made once: a key pair is dear

 private:
  std::string sign(const entry::Envelope& envelope, const std::vector<By>& by) const;
  Submitted must(Submitted submitted, std::string_view what);
  void apply(const contracts::CheckedEntry& checked, Submitted& result);
  // Objects and effects agree on every time limit (deadline_check.hpp).
  void check_limits(const contracts::Accepted& accepted) const;

  const state::Registry& registry_;
  const bool signed_;
  Observer observer_;
  MemoryView state_;
  std::vector<std::string> leaves_;
  std::uint64_t seq_ = 0;
  std::uint64_t made_ = 0;
  LedgerTime time_;
  std::optional<LedgerTime> previous_;
  std::optional<Hash32> genesis_;
  int refusals_checked_ = 0;
};

// --- bodies that are complete and right
// A dataset.apply; `seed` makes title and manifest root its own.
Json application(std::string_view seed);
Json subsidy_line();  // the line SUB-TRD of the worked year
Hash32 hash_of(std::string_view seed);
std::string b64_of(std::string_view seed);

}  // namespace dengji::test
