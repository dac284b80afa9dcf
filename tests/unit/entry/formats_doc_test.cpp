// docs/formats.md says what the code does: its limits are the code's, its examples are what the code writes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/base/limits.hpp"
#include "ledger/entry/disclosure.hpp"
#include "ledger/entry/leaf.hpp"
#include "tests/unit/entry/make_entry.hpp"

using namespace dengji;
using namespace dengji::entry;

namespace {

std::string read_doc() {
  std::ifstream stream(DENGJI_SOURCE_DIR "/docs/formats.md", std::ios::binary);
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The text under a heading of the second level, up to the next.
std::string section(const std::string& doc, const std::string& heading) {
  const std::size_t from = doc.find("\n## " + heading + "\n");
  REQUIRE(from != std::string::npos);
  return doc.substr(from, doc.find("\n## ", from + 1) - from);
}

// Rows "| `kName`: … | 1,234 unit |".
std::map<std::string, std::int64_t> limits_table(const std::string& text) {
  std::map<std::string, std::int64_t> limits;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `k")) continue;
    const std::string name = line.substr(3, line.find('`', 3) - 3);
    std::int64_t value = 0;
    for (std::size_t i = line.find("| ", 3) + 2; i < line.size() && (std::isdigit(line[i]) || line[i] == ','); ++i) {
      if (line[i] != ',') value = value * 10 + (line[i] - '0');
    }
    CHECK(limits.emplace(name, value).second);
  }
  return limits;
}

Envelope example() {
  Envelope envelope = test::envelope();
  envelope.body = {{"amount_fen", 100}, {"title", "数据"}};
  return envelope;
}

}  // namespace

TEST_CASE("the limits that the document quotes are the code's") {
  const std::map<std::string, std::int64_t> code = {
      {"kMaxEntryBytes", kMaxEntryBytes},
      {"kMaxLeafBytes", kMaxLeafBytes},
      {"kMaxProtectedBytes", kMaxProtectedBytes},
      {"kMaxParties", kMaxParties},
      {"kMaxJsonDepth", kMaxJsonDepth},
      {"kMaxLeafDepth", kMaxLeafDepth},
      {"kMaxSafeInteger", kMaxSafeInteger},
      {"kMaxClockLeadMs", kMaxClockLeadMs},
      {"kMaxValidityMs", kMaxValidityMs},
      {"kMaxValiditySeveralMs", kMaxValiditySeveralMs},
      {"kMaxInlineFiles", kMaxInlineFiles},
      {"kMaxBatchEntries", kMaxBatchEntries},
      {"kSaltBytes", kSaltBytes},
      {"kMaxLedgerIdBytes", kMaxLedgerIdBytes},
      {"kMaxTypeBytes", kMaxTypeBytes},
      {"kMaxRoleBytes", kMaxRoleBytes},
      {"kMaxOrgBytes", kMaxOrgBytes},
      {"kMaxDisclosureBytes", kMaxDisclosureBytes},
  };
  const auto quoted = limits_table(section(read_doc(), "Limits"));
  for (const auto& [name, value] : code) {
    CAPTURE(name);
    REQUIRE(quoted.contains(name));
    CHECK(quoted.at(name) == value);
  }
  CHECK(quoted.size() >= code.size());
}

TEST_CASE("every limit of ledger/base/limits.hpp stands in the document") {
  const auto quoted = limits_table(section(read_doc(), "Limits"));
  std::ifstream header(DENGJI_SOURCE_DIR "/ledger/base/limits.hpp");
  int found = 0;
  for (std::string line; std::getline(header, line);) {
    if (!line.starts_with("inline constexpr")) continue;
    const std::size_t from = line.find(" k") + 1;
    const std::string name = line.substr(from, line.find_first_of(" =", from) - from);
    CAPTURE(name);
    CHECK(quoted.contains(name));
    ++found;
  }
  CHECK(found >= 11);
}

TEST_CASE("the document's entry is what the code writes") {
  const std::string text = section(read_doc(), "Entry");
  const auto parsed = parse_entry(test::signed_text(example()));
  REQUIRE(parsed.has_value());
  const std::string payload(parsed->payload());
  CHECK(text.find("\n" + payload + "\n") != std::string::npos);
  CHECK(text.find("Payload, " + std::to_string(payload.size()) + " bytes") != std::string::npos);
  CHECK(text.find("`" + crypto::to_b64(parsed->entry_id) + "`") != std::string::npos);
  const crypto::JwsSignature& signature = parsed->jws.signatures[0];
  CHECK(text.find("\n" + *crypto::base64url_decode(signature.protected_b64) + "\n") != std::string::npos);
  CHECK(text.find("\n" + crypto::base64url_encode(signature.signature.view()) + "\n") != std::string::npos);
}

TEST_CASE("the document's disclosure is what the code writes") {
  const std::string text = section(read_doc(), "Entry");
  const Disclosure disclosure{.salt = std::string(kSaltBytes, '\x03'), .name = "contact_name", .value = "张三"};
  const std::string written = write_disclosure(disclosure);
  CHECK(text.find("\n" + *crypto::base64url_decode(written) + "\n" + written + "\n" +
                  crypto::to_b64(disclosure_digest(disclosure)) + "\n") != std::string::npos);
}

TEST_CASE("the document's leaf is what the code writes") {
  const std::string text = section(read_doc(), "Leaf");
  Leaf leaf{.seq = Seq{7},
            .time = *parse_time("2026-03-02T08:00:00.250Z"),
            .effects = json::Json::array(),
            .jws_text = test::signed_text(example()),
            .status = StatusList{.size = 16, .sha256 = crypto::sha256("")}};
  const std::string bytes = encode_leaf(leaf).value();
  const Hash32 hash = crypto::sha256({std::string_view("\0", 1), bytes});
  CHECK(text.find("`" + to_hex(hash) + "`") != std::string::npos);
  CHECK(text.find(std::to_string(bytes.size()) + " bytes, of which") != std::string::npos);
  leaf.jws_text = R"({"payload":"…","signatures":[{"protected":"…","signature":"…"}]})";
  CHECK(text.find("\n" + encode_leaf(leaf).value() + "\n") != std::string::npos);
}
