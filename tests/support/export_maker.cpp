#include "tests/support/export_maker.hpp"

#include "crypto/base64.hpp"
#include "crypto/note.hpp"
#include "tests/support/contract_fixture.hpp"
#include "tests/support/long_history.hpp"

namespace dengji::test {

crypto::SecretKey fixture_log_key() {
  return ContractFixture::key_of("node1");
}

std::string export_header(const std::string& first, std::size_t size) {
  const auto payload = crypto::base64url_decode(Json::parse(first).at("entry").at("payload").get<std::string>());
  return json::write_canonical(Json{{"dengji", "export"},
                                    {"v", 1},
                                    {"ledger", std::string(ContractFixture::kLedgerId)},
                                    {"genesis", crypto::to_b64(hash_of(*payload))},
                                    {"size", size}});
}

std::string export_checkpoint(const std::vector<std::string>& leaves, const crypto::SecretKey& key) {
  const std::string text =
      crypto::write_checkpoint({std::string(ContractFixture::kLedgerId), leaves.size(), root_of(leaves)});
  const std::string note = crypto::write_note({text, {crypto::sign_note(text, ContractFixture::kLedgerId, key)}});
  return Json{{"checkpoint", note}}.dump();
}

std::string export_text(const std::vector<std::string>& leaves, const crypto::SecretKey& key) {
  std::string text = export_header(leaves.front(), leaves.size()) + "\n";
  for (const std::string& leaf : leaves) text.append(leaf).push_back('\n');
  return text.append(export_checkpoint(leaves, key)).append("\n");
}

}  // namespace dengji::test
