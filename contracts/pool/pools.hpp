// Subsidy pools (资金池): one object per pool and year, its money in the book pool/<code>/<year>/…. The funder's first
// allocation opens a pool-year, carrying over opens the next. What claims have reserved is the pending debit of
// `available`, so a pool can neither be overspent nor cut below it. Part of the subsidy area; verdicts 601 to 619.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state/registry.hpp"

namespace dengji::contracts {

using namespace dengji::state;  // NOLINT: contracts speak the vocabulary of state throughout

enum class PoolVerdict : std::uint16_t {
  not_the_funder = 601,
  pool_code_form,
  pool_closed,
  pool_not_closed,
  pool_year_range,
  next_pool_closed,
  pool_cut_too_deep,
  nothing_to_carry,
  pool_terms_given,
  contributor_twice,
  claims_until_range,
};

enum class PoolStatus : std::uint8_t { open, closed };

// Another organisation that gives money to a pool-year beside its funder, who alone pays from it.
struct Contributor {
  OrgId org;
  std::optional<Fen> pledged_fen;
  Fen given_fen;  // net of what it took back

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"Who contributes"});
    visit("pledged_fen", self.pledged_fen, Spec{"What it has promised", 1});
    visit("given_fen", self.given_fen, Spec{"What it has given, net of what it took back"});
  }
};

struct Pool {
  static constexpr std::string_view kKind = "pool";

  std::string code;
  std::int64_t year = 0;
  OrgId funder;
  PoolStatus status = PoolStatus::open;
  Date opened_on;
  std::optional<Date> closed_on;
  // Terms, once pool.open has given them to this year.
  std::optional<std::string> title;
  std::optional<std::string> purpose;
  std::optional<std::string> document;
  std::optional<Date> claims_until;
  std::vector<Contributor> contributors;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("code", self.code, Spec{"Code of the pool", 1, 32});
    visit("year", self.year, Spec{"Budget year"});
    visit("funder", self.funder, Spec{"Who funds it and pays from it"});
    visit("status", self.status, Spec{"Status"});
    visit("opened_on", self.opened_on, Spec{"Day of the first allocation, or of carrying over into it"});
    visit("closed_on", self.closed_on, Spec{"Day of closing"});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("purpose", self.purpose, Spec{"What it is for", 1, 300});
    visit("document", self.document, Spec{"Number of the document that sets it up", 1, 128});
    visit("claims_until", self.claims_until, Spec{"Last day on which it takes claims"});
    visit("contributors", self.contributors, Spec{"Who gives money beside the funder"});
  }

  std::string object_id() const { return id(code, year); }
  static std::string id(std::string_view code, std::int64_t year);  // "<code>-<year>"
  static void indexes(const Pool& pool, IndexSink& sink);           // code, status
  static constexpr std::array kDeadlines{DeadlineName{"claims", "The pool-year takes claims", "资金池受理申请期限"}};
  static std::vector<Deadline> deadlines(const Pool& pool, DeadlineCall& call);
  std::vector<OrgId> readers() const { return {funder}; }
  // Funder or contributor, or a successor of one.
  bool gives(const ReadView& view, const OrgId& org) const;
  // Adds the balances of the book and reserved_fen.
  static void extend_json(const Pool& pool, const ReadView& view, LedgerTime now, Json& json);
};

// "pool/<code>/<year>/<name>"
std::string pool_account(std::string_view code, std::int64_t year, std::string_view name);

struct ContributorForm {
  OrgId org;
  std::optional<Fen> pledged_fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("org", self.org, Spec{"Who may give money beside the funder"});
    visit("pledged_fen", self.pledged_fen, Spec{"What it has promised; shown, not enforced", 1});
  }
};

struct PoolOpenBody {
  std::string pool;
  std::int64_t year = 0;
  std::string title;
  std::optional<std::string> purpose;
  std::optional<std::string> document;
  std::optional<Date> claims_until;
  std::optional<std::vector<ContributorForm>> contributors;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool", 2, 32});
    visit("year", self.year, Spec{"Budget year", 1970, 9999});
    visit("title", self.title, Spec{"Title", 1, 200});
    visit("purpose", self.purpose, Spec{"What it is for", 1, 300});
    visit("document", self.document, Spec{"Number of the document that sets it up", 1, 128});
    visit("claims_until", self.claims_until, Spec{"Last day on which it takes claims"});
    visit("contributors", self.contributors, Spec{.doc = "Who gives money beside the funder", .items_max = 32});
  }
};

struct PoolAllocateBody {
  std::string pool;
  std::int64_t year = 0;
  Fen amount_fen;
  std::optional<std::string> document;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool: a capital letter, then capitals, digits and hyphens", 2, 32});
    visit("year", self.year, Spec{"Budget year: this one or the next", 1970, 9999});
    visit("amount_fen", self.amount_fen, Spec{"Amount given, on top of earlier ones", 1});
    visit("document", self.document, Spec{"Number of the budget document", 1, 128});
  }
};

struct PoolAdjustBody {
  std::string pool;
  std::int64_t year = 0;
  Fen cut_fen;
  std::string reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool", 2, 32});
    visit("year", self.year, Spec{"Budget year", 1970, 9999});
    visit("cut_fen", self.cut_fen, Spec{"Amount taken back; at most what is neither spent nor reserved", 1});
    visit("reason", self.reason, Spec{"Why", 1, 300});
  }
};

struct PoolCloseBody {
  std::string pool;
  std::int64_t year = 0;
  std::optional<bool> surrender;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool", 2, 32});
    visit("year", self.year, Spec{"Budget year", 1970, 9999});
    visit("surrender", self.surrender, Spec{"Return what is free to the treasury (结余收回)"});
  }
};

// Moves what is free, and what is approved and unpaid, into the next year. Repeatable: money recovered later follows.
struct PoolCarryBody {
  std::string pool;
  std::int64_t year = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pool", self.pool, Spec{"Code of the pool", 2, 32});
    visit("year", self.year, Spec{"Budget year that is carried over into the next", 1970, 9998});
  }
};

// A carry moves at most so many payables; the rest goes with the next one.
inline constexpr std::size_t kPayablesPerCarry = 64;

// Handed to the subsidy area.
std::vector<EntryTypeInfo> pool_types();
std::vector<VerdictRow> pool_verdicts();
ObjectKindInfo pool_kind();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::PoolStatus> {
  static constexpr std::array names{"open", "closed"};
};
