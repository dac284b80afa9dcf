// An auditor who trusts nobody: whatever byte of an export is changed, and however consistently, the audit finds it and
// names the place.
#include <doctest/doctest.h>

#include <map>
#include <sstream>

#include "crypto/base64.hpp"
#include "ledger/merkle/frontier.hpp"
#include "node/audit.hpp"
#include "tests/support/export_maker.hpp"
#include "tests/support/long_history.hpp"

namespace dengji::test {
namespace {

constexpr std::size_t kLeaves = 320;
constexpr unsigned char kFlips[] = {0x01, 0x20, 0x80};

// A ledger in which every kind of effect was made, and its genesis' log key.
const std::vector<std::string>& leaves() {
  static const std::vector<std::string> made = [] {
    LongHistory history(20'260'002);
    history.run(kLeaves);
    return history.play().ledger().leaves();
  }();
  return made;
}

Result<node::AuditSummary> audit(const std::string& text) {
  std::istringstream in(text);
  return node::audit_export(in);
}

// What an auditor who has read the leaves before `seq` says of this line in its place.
class Reader {
 public:
  Reader() { LEDGER_ASSERT(audit_.feed(export_header(leaves().front(), leaves().size()) + "\n").has_value()); }

  Result<void> judge(std::size_t seq, const std::string& line) {
    for (; read_ < seq; ++read_) LEDGER_ASSERT(audit_.feed(leaves()[read_] + "\n").has_value());
    node::ExportAudit next(audit_);
    return next.feed(line + "\n");
  }
  Result<node::AuditSummary> judge_checkpoint(const std::string& line) {
    for (; read_ < leaves().size(); ++read_) LEDGER_ASSERT(audit_.feed(leaves()[read_] + "\n").has_value());
    node::ExportAudit next(audit_);
    if (auto fed = next.feed(line + "\n"); !fed) return std::unexpected(fed.error());
    return next.finish();
  }

 private:
  node::ExportAudit audit_;
  std::size_t read_ = 0;
};

struct Part {
  std::size_t seq;
  std::size_t begin;
  std::size_t size;
  std::string pointer;  // of the member that it is
};

// The effects of one leaf as they lie in its bytes.
std::vector<Part> effect_parts(std::size_t seq) {
  std::vector<Part> parts;
  std::size_t at = std::string_view(R"({"effects":[)").size();
  const Json leaf = Json::parse(leaves()[seq]);
  for (const Json& effect : leaf.at("effects")) {
    const std::size_t size = json::write_canonical(effect).size();
    parts.push_back({seq, at, size, "/effects/" + std::to_string(parts.size())});
    at += size + 1;
  }
  return parts;
}

// A base64url text of the entry.
Part text_part(std::size_t seq, const std::string& text, const std::string& pointer) {
  const std::size_t at = leaves()[seq].find(text);
  REQUIRE(at != std::string::npos);
  return {seq, at, text.size(), pointer};
}

bool exits_10_or_14(const Error& error) {
  const int exit_code = error_row(error.code).exit_code;
  return exit_code == 10 || exit_code == 14;
}

bool is_json(const std::string& line) {
  return json::read_strict(line, {.max_bytes = kMaxLeafBytes, .max_depth = entry::kMaxLeafDepth}).has_value();
}

// Every byte of the part is changed, one at a time. `around`: what may be named instead when the line is no JSON any
// more.
void flip_each(Reader& reader, const Part& part, const std::string& around) {
  const std::string& right = leaves()[part.seq];
  for (std::size_t at = part.begin; at < part.begin + part.size; ++at) {
    for (const unsigned char flip : kFlips) {
      std::string line = right;
      line[at] = static_cast<char>(line[at] ^ flip);
      const auto judged = reader.judge(part.seq, line);
      const std::string what = "seq " + std::to_string(part.seq) + " " + part.pointer + " byte " + std::to_string(at) +
                               " '" + line.substr(at, 1) + "'";
      if (judged) {
        FAIL_CHECK(what << ": not found");
        continue;
      }
      const Error& error = judged.error();
      const std::string told = error.context + " at " + error.pointer;
      CHECK_MESSAGE(exits_10_or_14(error), what << ": " << error_row(error.code).slug << " " << told);
      CHECK_MESSAGE(error.context.starts_with("entry " + std::to_string(part.seq) + ":"), what << ": " << told);
      const std::string& expected = is_json(line) ? part.pointer : around;
      CHECK_MESSAGE(error.pointer.starts_with(expected), what << ": " << told);
    }
  }
}

}  // namespace

TEST_CASE("an export as it is passes") {
  const auto summary = audit(export_text(leaves(), fixture_log_key()));
  REQUIRE_MESSAGE(summary.has_value(), summary.error().message());
  CHECK(summary->size == leaves().size());
  CHECK(summary->root == root_of(leaves()));
}

TEST_CASE("any changed byte of any kind of effect is found, with its seq and pointer") {
  std::map<std::string, Part> kinds;  // the latest of each kind
  for (std::size_t seq = 0; seq < leaves().size(); ++seq) {
    const Json leaf = Json::parse(leaves()[seq]);
    const auto parts = effect_parts(seq);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      kinds.insert_or_assign(leaf.at("effects")[i].at("fx").get<std::string>(), parts[i]);
    }
  }
  std::string tried;
  for (const auto& [kind, part] : kinds) tried += kind + " ";
  CHECK(tried == "deadline flag mark number post reserve status take void working ");
  std::map<std::size_t, std::vector<Part>> by_seq;
  for (const auto& [kind, part] : kinds) by_seq[part.seq].push_back(part);
  Reader reader;
  for (const auto& [seq, parts] : by_seq) {
    for (const Part& part : parts) flip_each(reader, part, "/effects");
  }
}

TEST_CASE("any changed byte of payload, protected header or signature is found, with its seq and pointer") {
  Reader reader;
  // Of one party, and of several.
  std::size_t seq = 100;
  for (const std::size_t signatures : {1, 2}) {
    while (Json::parse(leaves()[seq]).at("entry").at("signatures").size() != signatures) ++seq;
    const Json entry = Json::parse(leaves()[seq]).at("entry");
    flip_each(reader, text_part(seq, entry.at("payload"), "/entry"), "/entry");
    const std::string last = "/entry/signatures/" + std::to_string(signatures - 1);
    const Json& signature = entry.at("signatures").back();
    flip_each(reader, text_part(seq, signature.at("signature"), last), "/entry/signatures");
    // The same header bytes stand behind every signature of the same key: the last is meant.
    Part header = text_part(seq, signature.at("protected"), last);
    header.begin = leaves()[seq].rfind(signature.at("protected").get<std::string>());
    flip_each(reader, header, "/entry/signatures");
  }
}

TEST_CASE("any changed byte of the checkpoint is found") {
  Reader reader;
  const std::string right = export_checkpoint(leaves(), fixture_log_key());
  REQUIRE(reader.judge_checkpoint(right).has_value());
  for (std::size_t at = 0; at < right.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string line = right;
      line[at] = static_cast<char>(line[at] ^ (1 << bit));
      const auto judged = reader.judge_checkpoint(line);
      CAPTURE(line);
      REQUIRE_FALSE(judged.has_value());
      CHECK(exits_10_or_14(judged.error()));
      CHECK(judged.error().context.find("checkpoint") != std::string::npos);
    }
  }
}

TEST_CASE("a forger who signs the whole anew with a log key of its own is found") {
  const auto forged = audit(export_text(leaves(), ContractFixture::key_of("another log")));
  REQUIRE_FALSE(forged.has_value());
  CHECK(forged.error().code == ErrorCode::note_no_signature);
  CHECK(forged.error().pointer == "/checkpoint");
}

TEST_CASE("the log itself cannot change a decision: hashes, root and signature fit, the rules say otherwise") {
  std::vector<std::string> forged = leaves();
  // One fen more in the last posting.
  std::size_t seq = leaves().size();
  Json leaf;
  std::size_t at = 0;
  while (true) {
    leaf = Json::parse(leaves()[--seq]);
    const Json& effects = leaf.at("effects");
    for (at = 0; at < effects.size() && effects[at].at("fx") != "post"; ++at) {
    }
    if (at < effects.size()) break;
  }
  Json& fen = leaf["effects"][at]["lines"][0]["fen"];
  fen = fen.get<std::int64_t>() + 1;
  forged[seq] = json::write_canonical(leaf);
  const std::string place = "/effects/" + std::to_string(at) + "/lines/0/fen";
  const auto richer = audit(export_text(forged, fixture_log_key()));
  REQUIRE_FALSE(richer.has_value());
  CHECK(richer.error().code == ErrorCode::ledger_inconsistent);
  CHECK(richer.error().pointer == place);
  CHECK(richer.error().context.starts_with("entry " + std::to_string(seq) + ":"));

  // An effect left out, one added, the hour's status list changed, an entry taken out.
  forged = leaves();
  leaf = Json::parse(leaves()[seq]);
  leaf["effects"].erase(at);
  forged[seq] = json::write_canonical(leaf);
  const auto shorter = audit(export_text(forged, fixture_log_key()));
  REQUIRE_FALSE(shorter.has_value());
  CHECK(shorter.error().pointer.starts_with("/effects/" + std::to_string(at)));

  forged = leaves();
  leaf = Json::parse(leaves()[seq]);
  leaf["effects"].push_back(leaf["effects"].back());
  forged[seq] = json::write_canonical(leaf);
  const auto longer = audit(export_text(forged, fixture_log_key()));
  REQUIRE_FALSE(longer.has_value());
  CHECK(longer.error().pointer == "/effects/" + std::to_string(leaf["effects"].size() - 1));

  forged = leaves();
  for (seq = forged.size() - 1; !Json::parse(forged[seq]).contains("status");) --seq;
  leaf = Json::parse(forged[seq]);
  leaf["status"]["size"] = leaf["status"]["size"].get<int>() + 1;
  forged[seq] = json::write_canonical(leaf);
  const auto status = audit(export_text(forged, fixture_log_key()));
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().pointer == "/status/size");

  forged = leaves();
  forged.erase(forged.begin() + 20);
  for (std::size_t i = 20; i < forged.size(); ++i) {
    leaf = Json::parse(forged[i]);
    leaf["seq"] = i;
    forged[i] = json::write_canonical(leaf);
  }
  const auto without = audit(export_text(forged, fixture_log_key()));
  REQUIRE_FALSE(without.has_value());
  CHECK(exits_10_or_14(without.error()));
}

}  // namespace dengji::test
