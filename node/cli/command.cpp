#include "node/cli/command.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "node/files.hpp"

namespace dengji::cli {
namespace {

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Columns on a terminal: a Chinese character takes two.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;
    width += byte >= 0xe3 ? 2 : 1;
  }
  return width;
}

// Canonical for what the ledger itself holds. Not json::write_canonical, which does not take what a node may send:
// totals beyond 2^53.
void print_json(const Json& value) {
  std::printf("%s\n", value.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

void print_padded(const std::string& text, std::size_t width) {
  std::fputs(text.c_str(), stdout);
  for (std::size_t at = width_of(text); at < width; ++at) std::fputc(' ', stdout);
}

}  // namespace

int report(const Error& error) {
  std::fprintf(stderr, "dengji: %s\n", error.message().c_str());
  return error_row(error.code).exit_code;
}

void print_object(const Shared& shared, const Json& object) {
  if (shared.as_json) {
    print_json(object);
    return;
  }
  std::size_t width = 0;
  for (const auto& [name, value] : object.items()) width = std::max(width, name.size());
  for (const auto& [name, value] : object.items()) {
    print_padded(name, width + 2);
    std::printf("%s\n", plain(value).c_str());
  }
}

void print_rows(const Shared& shared, const Json& rows, const std::vector<std::string>& columns) {
  if (shared.as_json) {
    print_json(rows);
    return;
  }
  std::vector<std::size_t> widths;
  for (const std::string& column : columns) {
    std::size_t width = width_of(column);
    for (const Json& row : rows) width = std::max(width, width_of(plain(row.value(column, Json("")))));
    widths.push_back(width);
  }
  const auto print_line = [&](const auto& cell) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      print_padded(cell(columns[i]), i + 1 < columns.size() ? widths[i] + 2 : 0);
    }
    std::fputc('\n', stdout);
  };
  print_line([](const std::string& column) { return column; });
  for (const Json& row : rows)
    print_line([&row](const std::string& column) { return plain(row.value(column, Json(""))); });
}

Result<std::string> read_input(const std::string& file, std::size_t max_bytes) {
  return node::read_file(file == "-" ? "/dev/stdin" : file, max_bytes);
}

Result<void> write_output(const std::string& file, std::string_view bytes) {
  if (file != "-") return node::write_file(file, bytes, node::FileMode::open);
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
    return fail(ErrorCode::io, "writing to standard output");
  return {};
}

Result<crypto::SecretKey> open_key_file(const Shared& shared, const std::string& file, crypto::KeyUse use) {
  const auto passphrase = node::read_passphrase(shared.passphrase, "passphrase of " + file);
  if (!passphrase) return std::unexpected(passphrase.error());
  return node::open_key(file, use, *passphrase);
}

void on_run(CLI::App& command, Shared& shared, Run run) {
  command.callback([&shared, run = std::move(run)] {
    if (auto done = run(); !done) shared.exit_code = shared.told ? *shared.told : report(done.error());
  });
}

}  // namespace dengji::cli
