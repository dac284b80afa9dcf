// What follows from the entries of a certificate, and what is only told.
#include "node/cli/certificate_facts.hpp"

#include <doctest/doctest.h>

#include "crypto/base64.hpp"

namespace dengji::cli {
namespace {

constexpr const char* kOldNo = "ZS32050020260000001X";
constexpr const char* kNewNo = "ZS32010020260000001X";
constexpr const char* kDatasetNo = "DJ32050020260000001B";

struct Told {
  std::uint64_t seq;
  const char* type;
  Json body;
  Json effects;
  std::vector<entry::Party> parties = {};
  const char* time = "2026-03-02T08:00:00.000Z";
};

node::Proven entry_of(Told told) {
  node::Proven proven;
  proven.leaf.seq = Seq{told.seq};
  proven.leaf.time = *parse_time(told.time);
  proven.leaf.effects = std::move(told.effects);
  proven.entry.envelope.type = told.type;
  proven.entry.envelope.body = std::move(told.body);
  proven.entry.envelope.parties = std::move(told.parties);
  return proven;
}

// The application has an entry_id of zeros, like every entry here.
std::string dataset_id() {
  return crypto::to_b64(Hash32{});
}

node::Proven applied() {
  return entry_of({1, "dataset.apply", Json::object(), Json::array(), {{"applicant", OrgId("SELLER"), KeyId("")}}});
}

node::Proven registered() {
  return entry_of(
      {2,
       "dataset.register",
       {{"dataset", dataset_id()}},
       {{{"fx", "number"}, {"kind", "dataset"}, {"no", kDatasetNo}},
        {{"fx", "status"}, {"kind", "dataset"}, {"id", dataset_id()}, {"from", "notice"}, {"to", "registered"}},
        {{"fx", "deadline"},
         {"kind", "dataset"},
         {"id", dataset_id()},
         {"what", "validity"},
         {"until", "2029-03-01"}}}});
}

node::Proven issued(Json more = Json::object()) {
  Json body{{"dataset", kDatasetNo}, {"scope", "all"}, {"grade", "good"}};
  body.update(more);
  return entry_of({3,
                   "certificate.issue",
                   std::move(body),
                   {{{"fx", "number"}, {"kind", "certificate"}, {"no", kOldNo}},
                    {{"fx", "status"}, {"kind", "certificate"}, {"id", kOldNo}, {"to", "valid"}}},
                   {{"platform", OrgId("PLATFORM"), KeyId("")}}});
}

node::Proven transferred() {
  return entry_of({4,
                   "dataset.transfer",
                   {{"dataset", kDatasetNo}},
                   {{{"fx", "flag"},
                     {"kind", "dataset"},
                     {"id", dataset_id()},
                     {"code", "transferred"},
                     {"members", {"SELLER", "BUYER"}}},
                    {{"fx", "status"}, {"kind", "certificate"}, {"id", kOldNo}, {"from", "valid"}, {"to", "replaced"}},
                    {{"fx", "number"}, {"kind", "certificate"}, {"no", kNewNo}},
                    {{"fx", "status"}, {"kind", "certificate"}, {"id", kNewNo}, {"to", "valid"}}},
                   {{"transferor", OrgId("SELLER"), KeyId("")}, {"transferee", OrgId("BUYER"), KeyId("")}},
                   "2026-03-05T08:00:00.000Z"});
}

Json facts_of(const std::vector<node::Proven>& entries, const char* no) {
  CertificateFacts facts;
  for (const auto& entry : entries) facts.take(entry);
  return facts.of(no);
}

}  // namespace

TEST_CASE("what the issue leaves to the registration follows from the registration's entries") {
  const Json facts = facts_of({applied(), registered(), issued()}, kOldNo);
  CHECK(facts["dataset"] == dataset_id());
  CHECK(facts["dataset_no"] == kDatasetNo);
  CHECK(facts["holder"] == "SELLER");
  CHECK(facts["valid_from"] == "2026-03-02");
  CHECK(facts["valid_to"] == "2029-03-01");
  CHECK(facts["certifier"].is_null());
}

TEST_CASE("without the registration's entries holder and last day are not proven, unless the issue itself says them") {
  const Json bare = facts_of({issued()}, kOldNo);
  for (const char* member : {"dataset", "holder", "valid_to"}) CHECK_FALSE(bare.contains(member));
  CHECK(bare["valid_from"] == "2026-03-02");
  CHECK(facts_of({issued({{"valid_to", "2027-01-01"}})}, kOldNo)["valid_to"] == "2027-01-01");
  CHECK(facts_of({registered()}, kOldNo).empty());
}

TEST_CASE("a certificate after a transfer takes its terms from the one before it, the holder from the transfer") {
  const Json facts = facts_of({applied(), registered(), issued(), transferred()}, kNewNo);
  CHECK(facts["holder"] == "BUYER");
  CHECK(facts["issuer"] == "PLATFORM");
  CHECK(facts["valid_from"] == "2026-03-05");
  CHECK(facts["valid_to"] == "2029-03-01");
  CHECK(facts["reason"] == std::string("replaces ") + kOldNo);
  CHECK(facts_of({applied(), registered(), issued(), transferred()}, kOldNo)["status"] == "replaced");
  CHECK_FALSE(facts_of({registered(), transferred()}, kNewNo).contains("valid_to"));
}

TEST_CASE("a last day that an entry brought nearer is the last day") {
  auto shortened = entry_of(
      {5,
       "dataset.amend",
       {{"dataset", kDatasetNo}},
       {{{"fx", "deadline"}, {"kind", "certificate"}, {"id", kOldNo}, {"what", "validity"}, {"until", "2026-12-31"}}}});
  const Json facts = facts_of({applied(), registered(), issued(), std::move(shortened)}, kOldNo);
  CHECK(facts["valid_to"] == "2026-12-31");
  CHECK(facts["history"].size() == 1);
}

TEST_CASE("a member that its entries contradict is refused, one that they do not tell stands apart") {
  const Json facts = facts_of({applied(), registered(), issued()}, kOldNo);
  Json told = facts;
  for (const char* absent : {"certifier", "application", "reason", "renewed_on"}) told.erase(absent);
  told["status_index"] = 7;
  const auto right = compare_certificate(told, facts);
  REQUIRE(right.has_value());
  CHECK(right->unproven == Json{{"status_index", 7}});
  CHECK(right->proven["valid_to"] == "2029-03-01");
  for (const auto& [member, value] : facts.items()) {
    Json forged = told;
    forged[member] = "2099-01-01";
    const auto refused = compare_certificate(forged, facts);
    REQUIRE_MESSAGE(!refused.has_value(), member);
    CHECK(refused.error().code == ErrorCode::ledger_inconsistent);
    CHECK(refused.error().pointer == "/certificate/" + member);
    if (!told.contains(member)) continue;
    forged.erase(member);
    CHECK_MESSAGE(!compare_certificate(forged, facts).has_value(), member);
  }
  told["valid_to"] = "2028-01-01";
  CHECK(compare_certificate(told, facts)->unproven.contains("valid_to"));
}

}  // namespace dengji::cli
