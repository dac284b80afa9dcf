#include "contracts/dry_run/burn_down.hpp"

#include <string_view>

namespace dengji::contracts::dry_run {
namespace {

struct PoolBook {
  std::int64_t gone = 0;  // carried into the next year or back to the treasury
  PoolMonth figures;
};

PoolBook read_book(const ReadView& view, const BurnDown::PoolKey& pool) {
  const auto balance = [&](std::string_view name) {
    return posted_balance(view, pool_account(pool.first, pool.second, name)).value();
  };
  const std::string available = pool_account(pool.first, pool.second, "available");
  PoolBook book;
  book.gone = balance("carried_out") + balance("surrendered");
  book.figures.given = Fen(balance("authority") + balance("carried_in"));
  book.figures.free = free_balance(view, available);
  book.figures.reserved = Fen(read_account(view, available).pending_debits);
  book.figures.paid = Fen(balance("disbursed"));
  book.figures.granted = Fen(book.figures.given.value() + balance("returned") - balance("available") - book.gone);
  return book;
}

bool is_before(const CivilDay& month, const CivilDay& other) {
  return month.year != other.year ? month.year < other.year : month.month < other.month;
}

}  // namespace

void BurnDown::reach(Date day, const ReadView& view) {
  const CivilDay now = civil(day);
  while (is_before(month_, now)) {
    write_down(view);
    month_.year += month_.month == 12 ? 1 : 0;
    month_.month = month_.month % 12 + 1;
  }
}

void BurnDown::write_down(const ReadView& view) {
  const std::string prefix = object_prefix(Pool::kKind);
  view.scan(prefix, prefix, [&](std::string_view, std::string_view record) {
    const Pool pool = decode<Pool>(record);
    const PoolKey key{pool.code, pool.year};
    PoolBook book = read_book(view, key);
    book.figures.year = month_.year;
    book.figures.month = month_.month;
    stories_[key].months.push_back(book.figures);
    return true;
  });
}

std::vector<BurnDown::PoolKey> BurnDown::moved_by(const Writes& writes) {
  static const std::string kBooks = account_key("pool/");
  constexpr std::string_view kAvailable = "/available";
  std::vector<PoolKey> moved;
  for (auto at = writes.lower_bound(kBooks); at != writes.end() && at->first.starts_with(kBooks); ++at) {
    if (!at->first.ends_with(kAvailable)) continue;
    std::string_view name(at->first);
    name.remove_prefix(kBooks.size());
    name.remove_suffix(kAvailable.size());
    const auto slash = name.find('/');
    moved.emplace_back(std::string(name.substr(0, slash)), std::stoll(std::string(name.substr(slash + 1))));
  }
  return moved;
}

void BurnDown::take(Date day, const std::vector<PoolKey>& moved, const ReadView& view) {
  for (const PoolKey& pool : moved) {
    const PoolBook book = read_book(view, pool);
    if (book.figures.free == Fen(0) && book.gone == 0) exhausted(pool, day);
  }
}

void BurnDown::exhausted(const PoolKey& pool, Date day) {
  PoolStory& story = stories_[pool];
  if (!story.dry_on) story.dry_on = day;
}

void BurnDown::finish(Date last, const ReadView& view) {
  reach(last, view);
  write_down(view);
}

}  // namespace dengji::contracts::dry_run
