// A temporary folder to put files in, gone afterwards.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/support/temp_dir.hpp"

namespace dengji::test {

class Place {
  const TempDir dir_;

 public:
  std::filesystem::path put(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << bytes;
    return path / name;
  }

  const std::filesystem::path path = dir_.path();
};

}  // namespace dengji::test
