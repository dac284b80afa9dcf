#include "contracts/pool/pools.hpp"

#include <algorithm>

#include "contracts/common/succession.hpp"
#include "contracts/common/text_forms.hpp"
#include "contracts/subsidy/subsidies.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = PoolVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

std::string account(const Pool& pool, std::string_view name) {
  return pool_account(pool.code, pool.year, name);
}

std::int64_t free_fen(const EntryTx& tx, const Pool& pool) {
  return free_balance(tx.view(), account(pool, "available")).value();
}

const OrgId& signer(const EntryTx& tx) {
  return tx.context().parties.front().org;
}

Verdict check_funder(const EntryTx& tx, const Pool& pool) {
  if (stands_for(tx.view(), signer(tx), pool.funder)) return {};
  return refuse(V::not_the_funder, "pool " + pool.object_id() + " is funded by " + pool.funder.text, "/parties/0/org");
}

using SignerCheck = Verdict(const EntryTx&, const Pool&);

// The pool that a body names, if its signer may act on it.
std::expected<Pool, Refusal> pool_to_act_on(EntryTx& tx, const std::string& code, std::int64_t year,
                                            SignerCheck* check = &check_funder) {
  const std::string id = Pool::id(code, year);
  auto pool = tx.find<Pool>(id);
  if (!pool)
    return refuse(General::object_unknown, "pool " + id + "; its funder's first allocation opens it", "/body/pool");
  DENGJI_TRY(check(tx, *pool));
  tx.subject(Pool::kKind, id);
  return std::move(*pool);
}

Verdict check_open(const Pool& pool) {
  if (pool.status == PoolStatus::open) return {};
  return refuse(V::pool_closed,
                "pool " + pool.object_id() + " was closed on " + format_date(pool.closed_on.value_or(Date{})) +
                    "; what is left of it can be carried over",
                "/body/pool");
}

// The contributor that the signer is or stands for; nullptr if there is none.
Contributor* contributor_of(const EntryTx& tx, Pool& pool) {
  const auto found = std::find_if(pool.contributors.begin(), pool.contributors.end(),
                                  [&](const Contributor& one) { return stands_for(tx.view(), signer(tx), one.org); });
  return found == pool.contributors.end() ? nullptr : &*found;
}

Verdict check_giver(const EntryTx& tx, const Pool& pool) {
  return pool.gives(tx.view(), signer(tx)) ? Verdict{} : check_funder(tx, pool);
}

Pool open_pool(EntryTx& tx, const std::string& code, std::int64_t year, const OrgId& funder) {
  Pool pool{.code = code, .year = year, .funder = funder, .opened_on = tx.context().day()};
  tx.status(Pool::kKind, pool.object_id(), "", name_of(pool.status));
  tx.put(pool);
  return pool;
}

Verdict apply_allocate(EntryTx& tx, const PoolAllocateBody& body) {
  auto pool = tx.find<Pool>(Pool::id(body.pool, body.year));
  if (pool) DENGJI_TRY(check_giver(tx, *pool));
  if (!is_code(body.pool)) return refuse(V::pool_code_form, body.pool, "/body/pool");
  if (pool) DENGJI_TRY(check_open(*pool));
  const int now = tx.context().year();
  if (body.year < now || body.year > now + 1) {
    return refuse(V::pool_year_range,
                  "money is given to the years " + std::to_string(now) + " and " + std::to_string(now + 1),
                  "/body/year");
  }
  if (!pool) pool = open_pool(tx, body.pool, body.year, signer(tx));
  tx.subject(Pool::kKind, pool->object_id());
  if (Contributor* giver = contributor_of(tx, *pool)) {
    const auto given = checked_add(giver->given_fen, body.amount_fen);
    if (!given) return refuse(General::amount_overflow, pool->object_id(), "/body/amount_fen");
    giver->given_fen = *given;
    tx.put(*pool);
  }
  return tx.post("pool_allocated", pool->object_id(),
                 {{account(*pool, "authority"), account(*pool, "available"), body.amount_fen}});
}

// What the signer has in this year's authority. Money that was carried in never was, so it cannot be taken back as
// such.
std::int64_t given_fen(const EntryTx& tx, Pool& pool) {
  if (const Contributor* giver = contributor_of(tx, pool)) return giver->given_fen.value();
  std::int64_t own = posted_balance(tx.view(), account(pool, "authority")).value();
  for (const Contributor& one : pool.contributors) own -= one.given_fen.value();
  return own;
}

Verdict apply_adjust(EntryTx& tx, const PoolAdjustBody& body) {
  auto pool = pool_to_act_on(tx, body.pool, body.year, &check_giver);
  if (!pool) return std::unexpected(std::move(pool.error()));
  DENGJI_TRY(check_open(*pool));
  const std::int64_t free = free_fen(tx, *pool);
  const std::int64_t given = given_fen(tx, *pool);
  if (body.cut_fen.value() > std::min(free, given)) {
    return refuse(V::pool_cut_too_deep,
                  "pool " + pool->object_id() + " has " + fen_text(Fen(free)) + " free and holds an authority of " +
                      fen_text(Fen(given)) + " from " + signer(tx).text + "; it can be cut by " +
                      fen_text(Fen(std::min(free, given))),
                  "/body/cut_fen");
  }
  if (Contributor* giver = contributor_of(tx, *pool)) {
    giver->given_fen = Fen(giver->given_fen.value() - body.cut_fen.value());
    tx.put(*pool);
  }
  return tx.post("pool_cut", pool->object_id(),
                 {{account(*pool, "available"), account(*pool, "authority"), body.cut_fen}});
}

Verdict apply_close(EntryTx& tx, const PoolCloseBody& body) {
  auto pool = pool_to_act_on(tx, body.pool, body.year);
  if (!pool) return std::unexpected(std::move(pool.error()));
  DENGJI_TRY(check_open(*pool));
  tx.status(Pool::kKind, pool->object_id(), name_of(pool->status), name_of(PoolStatus::closed));
  pool->status = PoolStatus::closed;
  pool->closed_on = tx.context().day();
  tx.put(*pool);
  const std::int64_t free = free_fen(tx, *pool);
  if (!body.surrender.value_or(false) || free == 0) return {};
  return tx.post("pool_surrendered", pool->object_id(),
                 {{account(*pool, "available"), account(*pool, "surrendered"), Fen(free)}});
}

// --- terms
// A pool-year has its terms once: who relies on them finds them as they were.
Verdict apply_open(EntryTx& tx, const PoolOpenBody& body) {
  auto pool = pool_to_act_on(tx, body.pool, body.year);
  if (!pool) return std::unexpected(std::move(pool.error()));
  DENGJI_TRY(check_open(*pool));
  if (pool->title) {
    return refuse(V::pool_terms_given, "pool " + pool->object_id() + " is \"" + *pool->title + "\"", "/body/pool");
  }
  const std::vector<ContributorForm> contributors = body.contributors.value_or(std::vector<ContributorForm>{});
  for (std::size_t i = 0; i < contributors.size(); ++i) {
    const OrgId& org = contributors[i].org;
    const std::string pointer = "/body/contributors/" + std::to_string(i) + "/org";
    if (!tx.find<Org>(org.text)) return refuse(General::object_unknown, "org " + org.text, pointer);
    if (pool->gives(tx.view(), org)) return refuse(V::contributor_twice, org.text, pointer);
    pool->contributors.push_back({.org = org, .pledged_fen = contributors[i].pledged_fen});
    tx.reader(org);
  }
  if (body.claims_until) {
    const Date today = tx.context().day();
    if (*body.claims_until < today || civil(*body.claims_until).year != body.year) {
      return refuse(V::claims_until_range,
                    "a day of " + std::to_string(body.year) + " that has not passed; today is " + format_date(today),
                    "/body/claims_until");
    }
    tx.deadline(Pool::kKind, pool->object_id(), "claims", *body.claims_until);
  }
  pool->title = body.title;
  pool->purpose = body.purpose;
  pool->document = body.document;
  pool->claims_until = body.claims_until;
  tx.put(*pool);
  return {};
}

// --- carrying over
// The next year's pool, opened if it was not there; refused if it cannot take money.
std::expected<Pool, Refusal> next_pool(EntryTx& tx, const Pool& pool) {
  const std::string id = Pool::id(pool.code, pool.year + 1);
  auto next = tx.find<Pool>(id);
  if (!next) return open_pool(tx, pool.code, pool.year + 1, pool.funder);
  if (next->status != PoolStatus::open ||
      successor_now(tx.view(), next->funder) != successor_now(tx.view(), pool.funder)) {
    return refuse(V::next_pool_closed,
                  "pool " + id + " is " + std::string(name_of(next->status)) + " and funded by " + next->funder.text,
                  "/body/year");
  }
  return std::move(*next);
}

// Claims whose approved money lies in this book, without those under instruction or with a receivable: their books may
// not be split.
std::vector<Claim> payables_to_carry(const ReadView& view, const Pool& pool) {
  const std::string prefix = index_prefix(Claim::kKind, "payable", pool.object_id());
  std::vector<Claim> claims;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    auto claim = find_object<Claim>(view, key.substr(prefix.size()));
    LEDGER_ASSERT(claim);
    const std::string receivable = account(pool, "receivable/" + claim->no.text);
    if (posted_balance(view, receivable) == Fen(0)) claims.push_back(std::move(*claim));
    return claims.size() < kPayablesPerCarry;
  });
  return claims;
}

Verdict carry_payable(EntryTx& tx, const Pool& from, const Pool& to, Claim& claim) {
  const std::string payable = "payable/" + claim.no.text;
  const Fen fen = posted_balance(tx.view(), account(from, payable));
  LEDGER_ASSERT(fen > Fen(0));
  DENGJI_TRY(tx.post("payable_carried", claim.no.text,
                     {{account(from, payable), account(from, "carried_out"), fen},
                      {account(to, "carried_in"), account(to, payable), fen}}));
  claim.pool_year = to.year;
  tx.put(claim);
  tx.reader(claim.claimant);
  return {};
}

Verdict apply_carry(EntryTx& tx, const PoolCarryBody& body) {
  const auto pool = pool_to_act_on(tx, body.pool, body.year);
  if (!pool) return std::unexpected(pool.error());
  if (pool->status != PoolStatus::closed) {
    return refuse(V::pool_not_closed, "pool " + pool->object_id() + " is open; close it first", "/body/pool");
  }
  const std::int64_t free = free_fen(tx, *pool);
  std::vector<Claim> claims = payables_to_carry(tx.view(), *pool);
  if (free == 0 && claims.empty()) {
    return refuse(V::nothing_to_carry,
                  "pool " + pool->object_id() +
                      " has nothing free and nothing approved and unpaid; later recoveries can be carried over",
                  "/body/pool");
  }
  const auto next = next_pool(tx, *pool);
  if (!next) return std::unexpected(next.error());
  if (free > 0) {
    DENGJI_TRY(tx.post("pool_carried", pool->object_id(),
                       {{account(*pool, "available"), account(*pool, "carried_out"), Fen(free)},
                        {account(*next, "carried_in"), account(*next, "available"), Fen(free)}}));
  }
  for (Claim& claim : claims) DENGJI_TRY(carry_payable(tx, *pool, *next, claim));
  return {};
}

}  // namespace

std::string pool_account(std::string_view code, std::int64_t year, std::string_view name) {
  return std::string("pool/").append(code).append("/").append(std::to_string(year)).append("/").append(name);
}

std::string Pool::id(std::string_view code, std::int64_t year) {
  return std::string(code).append("-").append(std::to_string(year));
}

bool Pool::gives(const ReadView& view, const OrgId& org) const {
  return stands_for(view, org, funder) ||
         std::any_of(contributors.begin(), contributors.end(),
                     [&](const Contributor& one) { return stands_for(view, org, one.org); });
}

void Pool::indexes(const Pool& pool, IndexSink& sink) {
  sink.add("code", pool.code);
  sink.add("status", name_of(pool.status));
  if (pool.status == PoolStatus::open && pool.claims_until) index_lapse(sink, *pool.claims_until);
}

std::vector<Deadline> Pool::deadlines(const Pool& pool, DeadlineCall&) {
  if (pool.status != PoolStatus::open || !pool.claims_until) return {};
  return {{"claims", pool.opened_on, *pool.claims_until, "claimant", std::nullopt, true}};
}

void Pool::extend_json(const Pool& pool, const ReadView& view, LedgerTime, Json& json) {
  for (const std::string_view name :
       {"authority", "carried_in", "disbursed", "deferred", "returned", "carried_out", "surrendered"}) {
    json[std::string(name) + "_fen"] = posted_balance(view, account(pool, name)).value();
  }
  const Account available = read_account(view, account(pool, "available"));
  json["available_fen"] = available.free(Normal::credit);
  json["reserved_fen"] = available.pending_debits;
}

std::vector<VerdictRow> pool_verdicts() {
  return {
      row(V::not_the_funder, "not_the_funder", "The signer is not the funder of the pool", "签名方不是该资金池的出资方",
          403),
      row(V::pool_code_form, "pool_code_form", "A pool's code is a capital letter, then capitals, digits and hyphens",
          "资金池代码须以大写字母开头，只含大写字母、数字和连字符"),
      row(V::pool_closed, "pool_closed", "The pool-year is closed", "该年度资金池已关闭"),
      row(V::pool_not_closed, "pool_not_closed", "The pool-year is still open", "该年度资金池尚未关闭"),
      row(V::pool_year_range, "pool_year_range", "The budget year is neither this one nor the next",
          "预算年度须为本年或下一年"),
      row(V::next_pool_closed, "next_pool_closed", "The next year's pool cannot take the money",
          "下一年度资金池不能接收结转资金"),
      row(V::pool_cut_too_deep, "pool_cut_too_deep", "The cut is deeper than what is neither spent nor reserved",
          "核减额超出未使用且未预留的金额"),
      row(V::nothing_to_carry, "nothing_to_carry", "The pool-year has nothing left to carry over",
          "该年度资金池没有可结转的金额"),
      row(V::pool_terms_given, "pool_terms_given", "The pool-year has its terms already", "该年度资金池已有章程"),
      row(V::contributor_twice, "contributor_twice", "A contributor is named once and is not the funder",
          "出资方不得重复，也不得为牵头出资方"),
      row(V::claims_until_range, "claims_until_range",
          "The last day for claims lies in the budget year, not in the past", "申请截止日须在预算年度内且未过"),
  };
}

std::vector<EntryTypeInfo> pool_types() {
  constexpr std::string_view kArea = "subsidy";
  constexpr auto kEveryone = Visibility::everyone;
  const SignerRule kFunder{{"finance", "platform"}, 1, 1};
  return {
      entry_type<PoolOpenBody, &apply_open>(
          "pool.open", kArea,
          {"Gives a pool-year its terms: title, purpose, who else gives money, last day for claims",
           "设定年度资金池的名称、用途、共同出资方和申请截止日"},
          {kFunder}, kEveryone),
      entry_type<PoolAllocateBody, &apply_allocate>("pool.allocate", kArea,
                                                    {"Gives money to a pool-year; the first allocation opens it and "
                                                     "makes the signer its funder, later ones come from "
                                                     "the funder or a contributor",
                                                     "向年度资金池下达资金，首次下达即开立"},
                                                    {kFunder}, kEveryone),
      entry_type<PoolAdjustBody, &apply_adjust>(
          "pool.adjust", kArea, {"Takes money back that is neither spent nor reserved", "核减年度资金池"}, {kFunder},
          kEveryone),
      entry_type<PoolCloseBody, &apply_close>(
          "pool.close", kArea,
          {"Closes a pool-year to new claims and allocations; what is reserved or approved runs on",
           "关闭年度资金池，已预留和已核准的继续办理"},
          {kFunder}, kEveryone),
      entry_type<PoolCarryBody, &apply_carry>(
          "pool.carry", kArea,
          {"Carries what is free, and what is approved and unpaid, over into the next year", "结转至下一年度资金池"},
          {kFunder}, Visibility::parties),
  };
}

ObjectKindInfo pool_kind() {
  return object_kind<Pool>("pools", {"Subsidy pools by code and year, with their balances", "补贴资金池"},
                           Visibility::everyone, {{"code", "Code of the pool"}, {"status", "open or closed"}});
}

}  // namespace dengji::contracts
