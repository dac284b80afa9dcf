// LEDGER_ASSERT: for our own bugs, never for input. On in every build: a ledger that goes on after a broken invariant
// is worse than one that stops.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace dengji {

[[noreturn]] inline void assert_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "LEDGER_ASSERT failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace dengji

#define LEDGER_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::dengji::assert_failed(#expression, __FILE__, __LINE__))
