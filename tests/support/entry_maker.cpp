#include "tests/support/entry_maker.hpp"

#include <algorithm>
#include <cstdio>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/sha256.hpp"

namespace dengji::test {
namespace {

constexpr std::int64_t kMakerHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kMakerHourMs;

const std::vector<std::string>& maker_traders() {
  static const std::vector<std::string> all{Cast::seller, Cast::buyer, Cast::second_seller, Cast::outsider};
  return all;
}

const std::vector<std::string>& everyone() {
  static const std::vector<std::string> all{Cast::seller,
                                            Cast::buyer,
                                            Cast::platform,
                                            Cast::bureau,
                                            Cast::finance,
                                            Cast::registrar,
                                            Cast::certifier,
                                            Cast::auditor,
                                            Cast::second_seller,
                                            Cast::outsider,
                                            make_uscc("91320300", "MA1NEWAA"),
                                            make_uscc("91320400", "MA1NEWBB"),
                                            "F:DE:hrb:HRB-1"};
  return all;
}

// Who holds the role, for roles that are granted; any trader bears the others.
std::string bearer(const std::string& role, Choices& choices) {
  static const std::map<std::string, std::string, std::less<>> holders{
      {"bureau", Cast::bureau},     {"governor", Cast::bureau},     {"finance", Cast::finance},
      {"platform", Cast::platform}, {"registrar", Cast::registrar}, {"certifier", Cast::certifier},
      {"cyberspace", Cast::bureau}, {"auditor", Cast::auditor}};
  const auto holder = holders.find(role);
  return holder == holders.end() ? choices.pick(maker_traders()) : holder->second;
}

struct KnownKey {
  KeyId kid;
  Json jwk;
};

// Making a key pair costs more than everything else here.
const KnownKey& known_key(const std::string& org, int number) {
  static std::map<std::pair<std::string, int>, KnownKey> made;
  auto [at, fresh] = made.try_emplace({org, number});
  if (fresh) {
    const auto key = ContractFixture::key_of(org, number).public_key();
    at->second = {crypto::thumbprint(key), crypto::to_jwk(key)};
  }
  return at->second;
}

// By type: a schema is made anew each time that it is asked for.
std::map<const state::EntryTypeInfo*, Json>& schemas() {
  static std::map<const state::EntryTypeInfo*, Json> made;
  return made;
}

std::string maker_uuid(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "019b77b5-4180-7000-9000-%012llx", static_cast<unsigned long long>(number));
  return text;
}

// Codes and words that bodies and policies share.
const std::vector<std::string>& words() {
  static const std::vector<std::string> all{"POOL-A", "SUB-TRD",    "SUB-ROUND",   "SUB-SET", "FEES",   "WAIVER",
                                            "LIMITS", "first",      "ROUND-1",     "320000",  "320500", "320100",
                                            "440300", "buyer_once", "seller_rate", "GROUP-1", "说明",   "x"};
  return all;
}

// Each is the name of members that hold an id of the kind.
std::string_view kind_behind(std::string_view member) {
  static const std::map<std::string_view, std::string_view> other{{"offset", "subsidy"},
                                                                  {"parent", "dataset"},
                                                                  {"claim", "subsidy"},
                                                                  {"declaration", "export"},
                                                                  {"item", "list_item"},
                                                                  {"under", "licence"},
                                                                  {"parents", "dataset"},
                                                                  {"registration", "dataset"},
                                                                  {"renews", "certificate"},
                                                                  {"id", "trade"},
                                                                  {"application", "certificate_application"}};
  const auto found = other.find(member);
  return found == other.end() ? member : found->second;
}

}  // namespace

std::uint64_t Choices::below(std::uint64_t n) {
  if (n <= 1) return 0;
  std::uint64_t value = 0;
  for (std::uint64_t reach = 1; reach < n && !bytes_.empty(); reach = reach > (n >> 8) ? n : reach << 8) {
    value = value << 8 | bytes_.front();
    bytes_ = bytes_.subspan(1);
  }
  return value % n;
}

std::int64_t EntryMaker::wait_ms() {
  static const std::vector<std::int64_t> waits{0,           0,           1, kMakerHourMs, kDayMs,       2 * kDayMs,
                                               15 * kDayMs, 40 * kDayMs, 0, 200 * kDayMs, 366 * kDayMs, 0};
  return choices_.pick(waits);
}

std::optional<contracts::CheckedEntry> EntryMaker::make(const state::ReadView& view, LedgerTime now,
                                                        const Hash32& genesis) {
  view_ = &view;
  now_ = now;
  const state::EntryTypeInfo& type = *registry_.types()[choices_.below(registry_.types().size())];
  const Json body = body_of(type);
  const auto read = type.read(body);
  if (!read) return std::nullopt;
  ids_made_.push_back(maker_uuid(made_++));
  entry::Envelope envelope{.ledger = std::string(ContractFixture::kLedgerId),
                           .genesis = genesis,
                           .type = std::string(type.type),
                           .id = choices_.one_in(200) ? choices_.pick(ids_made_) : ids_made_.back(),
                           .salt = std::string(entry::kSaltBytes, '\x07'),
                           .made_at = now,
                           .valid_until = LedgerTime{now.ms + kDayMs},
                           .parties = parties_of(type, body, **read),
                           .body = body};
  if (type.type == entry::kGenesisType) envelope.genesis.reset();
  return entry_without_signatures(registry_, envelope);
}

// --- bodies
Json EntryMaker::body_of(const state::EntryTypeInfo& type) {
  auto [at, fresh] = schemas().try_emplace(&type);
  if (fresh) at->second = type.schema();
  const Json& schema = at->second;
  if (type.type == "dataset.apply" && !choices_.one_in(4)) {
    return changed(application("made " + std::to_string(choices_.below(6))), schema);
  }
  return object_of(schema);
}

// A right value with some members made anew.
Json EntryMaker::changed(Json value, const Json& schema) {
  std::vector<std::string> names;
  for (const auto& [name, member] : schema.at("properties").items()) names.push_back(name);
  for (std::uint64_t left = choices_.below(4); left > 0; --left) {
    const std::string& name = choices_.pick(names);
    value[name] = value_of(name, schema.at("properties").at(name));
  }
  return value;
}

Json EntryMaker::object_of(const Json& schema) {
  Json object = Json::object();
  const Json& required = schema.at("required");
  for (const auto& [name, member] : schema.at("properties").items()) {
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    if (needed || choices_.one_in(3)) object[name] = value_of(name, member);
  }
  return object;
}

Json EntryMaker::value_of(std::string_view name, const Json& schema) {
  const std::string& type = schema.at("type").get_ref<const std::string&>();
  if (type == "boolean") return choices_.below(2) == 1;
  if (type == "integer") return integer_of(name, schema);
  if (type == "string") return text_of(name, schema);
  if (type == "array") {
    Json list = Json::array();
    const auto least = schema.at("minItems").get<std::uint64_t>();
    const auto most = std::min<std::uint64_t>(schema.at("maxItems").get<std::uint64_t>(), least + 3);
    for (std::uint64_t n = least + choices_.below(most - least + 1); n > 0; --n)
      list.push_back(value_of(name, schema.at("items")));
    return list;
  }
  if (schema.at("properties").contains("kty")) {
    return known_key(choices_.pick(everyone()), static_cast<int>(choices_.below(3))).jwk;
  }
  if (name == "subsidy_line" && !choices_.one_in(6)) return changed(subsidy_line(), schema);
  return object_of(schema);
}

std::int64_t EntryMaker::integer_of(std::string_view name, const Json& schema) {
  const auto min = schema.at("minimum").get<std::int64_t>();
  const auto max = schema.at("maximum").get<std::int64_t>();
  if (name == "year") return civil(shanghai_day(now_)).year + static_cast<std::int64_t>(choices_.below(4)) - 2;
  std::int64_t value = 0;
  switch (choices_.below(8)) {
    case 0:
      value = min;
      break;
    case 1:
      value = max;
      break;
    case 2:
      value = max - static_cast<std::int64_t>(choices_.below(256));
      break;
    case 3:
      value = 1'000'000;
      break;
    case 4:
      value = 1'000 * static_cast<std::int64_t>(choices_.below(65'536));
      break;
    default:
      value = static_cast<std::int64_t>(choices_.below(256));
  }
  return std::clamp(value, min, max);
}

std::string EntryMaker::text_of(std::string_view name, const Json& schema) {
  if (schema.contains("enum")) {
    const Json& names = schema.at("enum");
    return names.at(choices_.below(names.size())).get<std::string>();
  }
  const std::string format = schema.value("format", "");
  static const std::vector<int> days{0, -1, 1, 0, -30, 30, 365, -365, 3'000};
  if (format == "date") return format_date(add_days(shanghai_day(now_), choices_.pick(days)));
  if (format == "date-time") return format_time(LedgerTime{now_.ms + kDayMs * choices_.pick(days)});
  const std::string pattern = schema.value("pattern", "");
  if (pattern.ends_with("{1,64}$")) return org_text();
  if (pattern.ends_with("{43}$") || pattern.ends_with("{20}$")) {
    const std::string id = known_text(name);
    const bool hash = pattern.ends_with("{43}$");
    if (id.size() == (hash ? 43U : 20U)) return id;
    return hash ? b64_of(std::to_string(choices_.below(8))) : "BT32050020260000009X";
  }
  std::string text = known_text(name);
  const auto least = static_cast<std::size_t>(schema.at("minLength").get<std::int64_t>());
  const auto most = static_cast<std::size_t>(schema.at("maxLength").get<std::int64_t>());
  if (least == 6 && most == 6) {
    static const std::vector<std::string> regions{"320500", "320100", "320000", "320200", "440300", "999999"};
    return choices_.pick(regions);
  }
  if (name == "industry") return "transport";
  if (name == "country") return "SG";
  if (text.size() < least) text.append(least - text.size(), 'x');
  // Cutting could split a character; the reader tells.
  return text.size() > most && most > 0 ? text.substr(0, most) : text;
}

// --- what there is
std::string EntryMaker::org_text() {
  return choices_.one_in(24) ? std::string("nobody") : choices_.pick(everyone());
}

std::string EntryMaker::some_id(std::string_view kind) {
  const std::string prefix = state::object_prefix(kind);
  std::vector<std::string> ids;
  view_->scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    ids.emplace_back(key.substr(prefix.size()));
    return ids.size() < 64;
  });
  return ids.empty() ? "none" : choices_.pick(ids);
}

std::string EntryMaker::known_text(std::string_view name) {
  if (registry_.kind(kind_behind(name)) && !choices_.one_in(12)) return some_id(kind_behind(name));
  if (choices_.one_in(12)) {
    const auto kinds = registry_.kinds();
    return some_id(kinds[choices_.below(kinds.size())]->kind);
  }
  return choices_.pick(words());
}

// --- who signs
std::vector<entry::Party> EntryMaker::parties_of(const state::EntryTypeInfo& type, const Json& body,
                                                 const state::Body& read) {
  std::vector<crypto::PublicKey> fresh;
  if (type.new_keys) fresh = type.new_keys(read);
  std::vector<entry::Party> parties;
  const auto add = [&](const std::string& role) {
    std::string org = choices_.one_in(16) ? org_text() : bearer(role, choices_);
    const int number = choices_.one_in(16) ? 1 : 0;
    parties.push_back({role, OrgId(org), known_key(org, number).kid});
  };
  for (const state::SignerRule& rule : type.signers) {
    const int wanted = rule.min + (rule.max > rule.min && choices_.one_in(4) ? 1 : 0);
    for (int i = 0; i < wanted; ++i) add(std::string(choices_.pick(std::vector<std::string_view>(rule.roles))));
  }
  // New keys sign for the organisation that the body speaks of.
  for (std::size_t i = 0; i < fresh.size() && !choices_.one_in(16); ++i) {
    const Json& org = body.contains("org") ? body.at("org") : body;
    const std::string owner = org.is_string() ? org.get<std::string>()
                              : org.is_object() && org.contains("id") && org.at("id").is_string()
                                  ? org.at("id").get<std::string>()
                                  : std::string(Cast::seller);
    const entry::Party signer{parties.empty() ? "registrant" : parties.front().role, OrgId(owner),
                              crypto::thumbprint(fresh[i])};
    if (i == 0 && !parties.empty()) {
      parties.front() = signer;
    } else {
      parties.push_back(signer);
    }
  }
  if (choices_.one_in(24) && !parties.empty()) add(parties.back().role);
  return parties;
}

}  // namespace dengji::test
