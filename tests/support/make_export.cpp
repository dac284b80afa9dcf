// Plays a seeded history and writes it as an export: make_export SEED LEAVES EXPORT ACCOUNTS. ACCOUNTS gets one line
// for each account of the state: id, debits, credits, by tabs. For tests in which other programs read our books.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ledger/state/accounts.hpp"
#include "ledger/state/codec.hpp"
#include "ledger/state/keys.hpp"
#include "tests/support/export_maker.hpp"
#include "tests/support/long_history.hpp"

int main(int argc, char** argv) {
  using namespace dengji;
  using namespace dengji::test;
  if (argc != 5) {
    std::fprintf(stderr, "usage: make_export SEED LEAVES EXPORT ACCOUNTS\n");
    return 2;
  }
  LongHistory history(std::strtoull(argv[1], nullptr, 10));
  history.run(std::strtoull(argv[2], nullptr, 10));
  std::ofstream exported(argv[3], std::ios::binary);
  exported << export_text(history.play().ledger().leaves(), fixture_log_key());
  std::ofstream accounts(argv[4], std::ios::binary);
  const std::string prefix = state::account_key("");
  history.play().ledger().view().scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    const auto account = state::decode<state::Account>(value);
    accounts << key.substr(prefix.size()) << '\t' << account.debits << '\t' << account.credits << '\n';
    return true;
  });
  return exported.flush() && accounts.flush() ? 0 : 1;
}
