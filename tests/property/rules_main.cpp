// property_rules [--seeds N] [--steps N] [--first SEED] [--every-type]: long random histories over every entry type,
// the invariants asked of what each entry touched, in full every 1,000 steps, and the replay of all of it at the end.
// The first fault ends the run: its seed and the shortest history found that still shows it are printed, as lines for a
// test. Exit code 1 then; also, with --every-type, if some type was never accepted in all the histories together.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/rules_player.hpp"

namespace {

using namespace dengji;
using namespace dengji::test;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 160;
  std::size_t steps = 1'000;
  bool every_type = false;
};

constexpr std::size_t kWholeEvery = 1'000;
constexpr double kSayEverySeconds = 10;

std::optional<Options> read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--every-type") {
      options.every_type = true;
      continue;
    }
    if (i + 1 == count) return std::nullopt;
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(words[++i], &end, 10);
    if (*end != '\0' || end == words[i]) return std::nullopt;
    if (word == "--first") {
      options.first = value;
    } else if (word == "--seeds") {
      options.seeds = value;
    } else if (word == "--steps") {
      options.steps = value;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

// False at the first fault, which is told.
bool play(std::uint64_t seed, std::size_t steps, std::map<std::string, int>& outcomes) {
  RulesHistory history(seed);
  const auto& faults = history.world().faults();
  while (history.steps().size() < steps && faults.empty()) {
    history.go_on();
    if (history.steps().size() % kWholeEvery == 0) history.world().check_whole();
  }
  if (faults.empty()) history.world().check_whole();
  if (faults.empty()) history.world().check_replay();
  for (const auto& [what, count] : history.world().outcomes()) outcomes[what] += count;
  if (faults.empty()) return true;
  const std::string fault = faults.front();
  std::printf("seed %llu, step %zu: %s\n", static_cast<unsigned long long>(seed), history.steps().size(),
              fault.c_str());
  std::fflush(stdout);
  const std::vector<Step> shortest = shrink(history.steps(), fault);
  std::printf("%zu steps show it:\n%s", shortest.size(), pasteable(shortest).c_str());
  return false;
}

int missing_types(const std::map<std::string, int>& outcomes) {
  int missing = 0;
  for (const auto* type : contracts::registry().types()) {
    // There is one genesis, and it began each history.
    if (type->type == "genesis" || outcomes.contains(std::string(type->type) + " ok")) continue;
    std::printf("never accepted: %s\n", std::string(type->type).c_str());
    ++missing;
  }
  return missing;
}

}  // namespace

int main(int count, char** words) {
  const auto options = read_options(count, words);
  if (!options) {
    std::fprintf(stderr, "usage: property_rules [--seeds N] [--steps N] [--first SEED] [--every-type]\n");
    return 2;
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  double said = 0;
  std::map<std::string, int> outcomes;
  std::printf("seeds %llu to %llu, %zu steps each\n", static_cast<unsigned long long>(options->first),
              static_cast<unsigned long long>(options->first + options->seeds - 1), options->steps);
  for (std::uint64_t i = 0; i < options->seeds; ++i) {
    if (!play(options->first + i, options->steps, outcomes)) return 1;
    if (seconds() < said + kSayEverySeconds) continue;
    said = seconds();
    std::fprintf(stderr, "%llu of %llu histories, %.0f steps a second\n", static_cast<unsigned long long>(i + 1),
                 static_cast<unsigned long long>(options->seeds), static_cast<double>((i + 1) * options->steps) / said);
  }
  int accepted = 0;
  for (const auto& [what, times] : outcomes) {
    if (what.ends_with(" ok")) accepted += times;
    if (std::getenv("DENGJI_OUTCOMES")) std::printf("%s %d\n", what.c_str(), times);
  }
  std::printf("%d entries accepted in %.1f s, no fault\n", accepted, seconds());
  return options->every_type && missing_types(outcomes) > 0 ? 1 : 0;
}
