// The fuzz targets without a fuzzing engine: every committed input, and its neighbours with one byte changed or the end
// cut off. A target aborts when its promise is broken.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

// Places per input at which it is changed and cut: all of a small input, evenly spread ones of a large. A whole history
// per run is dear: few there.
std::size_t places_of(const std::string& corpus) {
  return corpus == "apply" ? 6 : 256;
}

// From the heap and of the exact size, so that the address sanitizer sees a read beyond the end.
void run(Target target, const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  target(bytes.data(), bytes.size());
}

void replay_with_neighbours(Target target, const std::string& input, std::size_t places) {
  run(target, input);
  const std::size_t step = std::max<std::size_t>(1, input.size() / places);
  for (std::size_t at = 0; at < input.size(); at += step) {
    run(target, input.substr(0, at));
    for (const int flip : {0x01, 0x20, 0xFF}) {
      std::string changed = input;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      run(target, changed);
    }
  }
}

void replay_corpus(Target target, const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(DENGJI_SOURCE_DIR "/tests/fuzz/corpus") / name;
  REQUIRE(std::filesystem::is_directory(folder));
  int inputs = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    INFO(file.path().string());
    std::ifstream stream(file.path(), std::ios::binary);
    replay_with_neighbours(target, {std::istreambuf_iterator<char>(stream), {}}, places_of(name));
    ++inputs;
  }
  CHECK(inputs > 0);
  run(target, "");
}

}  // namespace

#define DENGJI_FUZZ_TARGET(target, corpus)                           \
  extern "C" int target(const std::uint8_t* data, std::size_t size); \
  TEST_CASE(#target " holds for its corpus and its neighbours") {    \
    replay_corpus(&target, #corpus);                                 \
  }
#include "targets.inc"
#undef DENGJI_FUZZ_TARGET
