#include "node/bench/market.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "contracts/common/manifest.hpp"
#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/random.hpp"
#include "ledger/base/environment.hpp"
#include "ledger/state/roles.hpp"
#include "node/files.hpp"

namespace dengji::bench {
namespace {

constexpr std::size_t kMaxMarketBytes = 16 << 20;
constexpr std::size_t kBatchLines = 1'024;
constexpr const char* kRegions[] = {"320500", "320100", "320200", "320600", "321000"};
constexpr std::int64_t kCeilingFen = 9'000'000'000'000;

// Sends entries in batches, all of which must be accepted, and hands back their receipts.
class Sender {
 public:
  explicit Sender(api::HttpClient client) : client_(std::move(client)) {}

  void add(std::string entry) { waiting_.push_back(std::move(entry)); }

  Result<std::vector<Json>> flush(const char* what) {
    std::vector<Json> receipts;
    for (std::size_t at = 0; at < waiting_.size(); at += kBatchLines) {
      std::string body;
      for (std::size_t i = at; i < std::min(at + kBatchLines, waiting_.size()); ++i) body += waiting_[i] + "\n";
      const auto answer = client_.post("/v1/batches", "application/x-ndjson", std::move(body));
      if (!answer) return std::unexpected(answer.error());
      if (auto read = read_lines(answer->body, what, receipts); !read) return std::unexpected(read.error());
    }
    if (receipts.size() != waiting_.size()) return fail(ErrorCode::internal, std::string(what) + ": answers missing");
    std::fprintf(stderr, "bench: %zu x %s\n", receipts.size(), what);
    waiting_.clear();
    return receipts;
  }

 private:
  static Result<void> read_lines(std::string_view body, const char* what, std::vector<Json>& receipts) {
    while (!body.empty()) {
      const std::size_t end = body.find('\n');
      Json line = Json::parse(body.substr(0, end), nullptr, false);
      if (line.is_discarded() || line.value("status", 0) != 201) {
        return fail(ErrorCode::internal, std::string(what) + ": " + std::string(body.substr(0, end)));
      }
      receipts.push_back(std::move(line["receipt"]));
      body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    }
    return {};
  }

  api::HttpClient client_;
  std::vector<std::string> waiting_;
};

// The number that the entry was assigned.
std::string number_in(const Json& receipt) {
  for (const Json& effect : receipt.at("leaf").at("effects")) {
    if (effect.value("fx", "") == "number") return effect.at("no").get<std::string>();
  }
  return {};
}

Json org_body(const Actor& actor, const std::string& name) {
  return {{"org",
           {{"id", actor.org.text},
            {"name", name},
            {"region", actor.region},
            {"ownership", "private"},
            {"scale", "small"},
            {"chain_roles", Json::array()}}},
          {"keys", Json::array({Json{{"jwk", crypto::to_jwk(actor.key.public_key())}, {"use", "sign"}}})}};
}

// An application as a company would file it: a description of a few sentences and a short file list.
Json application_body(const Ledger& ledger, std::uint64_t n) {
  std::vector<contracts::ManifestFile> files;
  Json list = Json::array();
  std::int64_t bytes = 0;
  for (const char* path : {"data/flow-2026-01.parquet", "data/flow-2026-02.parquet", "docs/schema.json"}) {
    files.push_back({path, static_cast<std::int64_t>(100'000 + n % 1'000), ledger.hash(path, n)});
    bytes += files.back().bytes;
    list.push_back({{"path", path}, {"bytes", files.back().bytes}, {"sha256", crypto::to_b64(files.back().sha256)}});
  }
  return {
      {"title", "城市道路车流数据集 " + std::to_string(n)},
      {"description",
       "按小时汇总的城市主干道车流、车速与拥堵指数，覆盖全部信号控制路口，已脱敏，适用于交通预测模型的训练与评测。"},
      {"category", "industry_general"},
      {"industry", "transport"},
      {"modalities", Json::array({"tabular", "time_series"})},
      {"right", "hold"},
      {"source", {{"kind", "self_collected"}, {"note", "路口检测器采集"}}},
      {"grade", "general"},
      {"personal_data", false},
      {"cross_border", false},
      {"manifest",
       {{"root", crypto::to_b64(contracts::manifest_root(files))},
        {"content_root", crypto::to_b64(contracts::manifest_content_root(files))},
        {"files", static_cast<std::int64_t>(files.size())},
        {"bytes", bytes},
        {"list", std::move(list)}}},
      {"licence", {{"name", "CC-BY-4.0"}, {"commercial", true}, {"derivatives", true}, {"redistribution", true}}},
      {"supply_modes", Json::array({"catalogue"})},
      {"commitment", crypto::to_b64(ledger.hash("commitment", n))},
      {"keywords", Json::array({"交通", "车流", "预测"})}};
}

Json trade_body(const Ledger& ledger, const std::string& certificate, std::uint64_t n) {
  return {{"certificate", certificate},
          {"subject", "dataset"},
          {"mode", "catalogue"},
          {"purpose", "训练交通预测模型"},
          {"contract_hash", crypto::to_b64(ledger.hash("contract", n))},
          {"price", {{"model", "one_off"}}},
          {"amount_fen", kCeilingFen},
          {"tax_fen", 0},
          {"delivery", "download"}};
}

// Zero days of public notice, so that a registration can follow its application at once.
Json time_limits_body() {
  SystemClock clock;
  return {{"kind", "time_limits"},
          {"code", "TIME-BENCH"},
          {"title", "零日公示"},
          {"jurisdiction", "320000"},
          {"effective_from", format_date(shanghai_day(clock.now()))},
          {"time_limits",
           {{"apply_within_working_days", 20},
            {"review_working_days", 10},
            {"notice_working_days", 0},
            {"valid_months", 36},
            {"renew_window_days", 60}}}};
}

// Puts the whole market into the ledger, step by step as its parties would.
class Builder {
 public:
  Builder(const Ledger& ledger, Sender sender)
      : ledger_(ledger), governor_(ledger.governor()), sender_(std::move(sender)) {}

  Result<void> people(const std::vector<Actor>& platforms, const std::vector<Actor>& enterprises) {
    int number = 0;
    for (const auto* group : {&platforms, &enterprises}) {
      for (const Actor& actor : *group) {
        sender_.add(sign("org.register", {{&actor, "registrant"}, {&governor_, "registrar"}},
                         org_body(actor, "测试主体 " + std::to_string(++number))));
      }
    }
    if (auto done = sender_.flush("org.register"); !done) return std::unexpected(done.error());
    for (const Actor& platform : platforms) {
      sender_.add(
          sign("role.grant", {{&governor_, state::kGovernor}}, {{"org", platform.org.text}, {"role", "platform"}}));
    }
    sender_.add(sign("policy.enact", {{&governor_, "bureau"}}, time_limits_body()));
    return nothing(sender_.flush("role.grant, policy.enact"));
  }

  // Certificate numbers, one per seller.
  Result<std::vector<std::string>> certificates(const std::vector<Actor>& platforms, const Actor* sellers,
                                                std::uint32_t count) {
    std::vector<Json> ids;
    for (std::uint32_t i = 0; i < count; ++i) {
      sender_.add(sign("dataset.apply", {{&sellers[i], "applicant"}}, application_body(ledger_, kSellersFrom + i)));
    }
    const auto applied = sender_.flush("dataset.apply");
    if (!applied) return std::unexpected(applied.error());
    for (const Json& receipt : *applied) ids.push_back(receipt.at("entry_id"));
    for (const Json& id : ids)
      sender_.add(sign("dataset.review", {{&governor_, "registrar"}}, {{"dataset", id}, {"outcome", "accept"}}));
    if (auto done = sender_.flush("dataset.review"); !done) return std::unexpected(done.error());
    for (const Json& id : ids) sender_.add(sign("dataset.register", {{&governor_, "registrar"}}, {{"dataset", id}}));
    if (auto done = sender_.flush("dataset.register"); !done) return std::unexpected(done.error());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      sender_.add(sign("certificate.issue", {{&platforms[i % platforms.size()], "platform"}},
                       {{"dataset", ids[i]}, {"scope", "交通预测"}, {"grade", "good"}}));
    }
    return numbers(sender_.flush("certificate.issue"));
  }

  // Every enterprise buys from one seller that is not itself.
  Result<std::vector<std::string>> trades(const std::vector<Actor>& enterprises,
                                          const std::vector<std::string>& certificates) {
    for (std::size_t buyer = 0; buyer < enterprises.size(); ++buyer) {
      std::size_t seller = buyer % certificates.size();
      if (seller == buyer) seller = (seller + 1) % certificates.size();
      sender_.add(sign("trade.agree", {{&enterprises[seller], "seller"}, {&enterprises[buyer], "buyer"}},
                       trade_body(ledger_, certificates[seller], buyer)));
    }
    return numbers(sender_.flush("trade.agree"));
  }

 private:
  static constexpr std::uint64_t kSellersFrom = std::uint64_t{1} << 40;  // beside the numbers of the measurement

  std::string sign(std::string_view type, const std::vector<Signing>& signers, Json body) {
    return sign_entry(ledger_, type, signers, std::move(body), rng_);
  }
  static Result<void> nothing(const Result<std::vector<Json>>& receipts) {
    if (!receipts) return std::unexpected(receipts.error());
    return {};
  }
  static Result<std::vector<std::string>> numbers(const Result<std::vector<Json>>& receipts) {
    if (!receipts) return std::unexpected(receipts.error());
    std::vector<std::string> found;
    for (const Json& receipt : *receipts) found.push_back(number_in(receipt));
    return found;
  }

  const Ledger& ledger_;
  const Actor governor_;
  Sender sender_;
  crypto::SystemRng rng_;
};

}  // namespace

Result<Market> Market::open(const Ledger& ledger, const std::string& url, MarketSize size) {
  if (size.platforms == 0 || size.sellers < 2 || size.organisations < 1 + size.platforms + size.sellers) {
    return fail(ErrorCode::usage, "at least " + std::to_string(1 + size.platforms + size.sellers) + " organisations");
  }
  Market market(ledger);
  market.sellers_ = size.sellers;
  std::uint32_t number = 0;
  for (std::uint32_t i = 0; i < size.platforms; ++i) market.platforms_.push_back(ledger.actor(++number, "320000"));
  while (number + 1 < size.organisations) {
    market.enterprises_.push_back(ledger.actor(number + 1, kRegions[number % std::size(kRegions)]));
    ++number;
  }
  const auto loaded = market.load();
  if (!loaded) return std::unexpected(loaded.error());
  if (*loaded) return market;
  if (auto built = market.build(url); !built) return std::unexpected(built.error());
  if (auto saved = market.save(); !saved) return std::unexpected(saved.error());
  return market;
}

Result<void> Market::build(const std::string& url) {
  auto client = api::HttpClient::make({.base_url = url, .ca_file = {}});
  if (!client) return std::unexpected(client.error());
  Builder builder(ledger_, Sender(std::move(*client)));
  if (auto done = builder.people(platforms_, enterprises_); !done) return done;
  const auto certificates = builder.certificates(platforms_, enterprises_.data(), sellers_);
  if (!certificates) return std::unexpected(certificates.error());
  auto trades = builder.trades(enterprises_, *certificates);
  if (!trades) return std::unexpected(trades.error());
  trades_ = std::move(*trades);
  return {};
}

Result<void> Market::save() const {
  const Json about{{"organisations", organisations()}, {"trades", trades_}};
  return node::write_file(ledger_.folder() / "market.json", about.dump() + "\n", node::FileMode::open);
}

Result<bool> Market::load() {
  const auto file = ledger_.folder() / "market.json";
  const auto text = node::read_file(file, kMaxMarketBytes);
  if (!text && text.error().code == ErrorCode::not_found) return false;
  if (!text) return std::unexpected(text.error());
  const Json about = Json::parse(*text, nullptr, false);
  if (!about.is_object() || about.value("organisations", std::size_t{0}) != organisations()) {
    return fail(ErrorCode::config, file.string() + " was made with another number of organisations");
  }
  for (const Json& trade : about.at("trades")) trades_.push_back(trade.get<std::string>());
  return true;
}

std::string Market::settlement(std::uint64_t n, Rng& rng) const {
  SystemClock clock;
  const Actor& platform = platforms_[n % platforms_.size()];
  const auto amount = static_cast<std::int64_t>(100 + n % 100'000);
  Json body{{"trade", trades_[n * 7 % trades_.size()]},
            {"amount_fen", amount},
            {"voucher", {{"hash", crypto::to_b64(ledger_.hash("voucher", n))}, {"line", 1}, {"total_fen", amount}}},
            {"bank_date", format_date(shanghai_day(clock.now()))}};
  return sign_entry(ledger_, "trade.settle", {{&platform, "platform"}}, std::move(body), rng);
}

std::string Market::application(std::uint64_t n, Rng& rng) const {
  const Actor& applicant = enterprises_[n * 11 % enterprises_.size()];
  return sign_entry(ledger_, "dataset.apply", {{&applicant, "applicant"}}, application_body(ledger_, n), rng);
}

}  // namespace dengji::bench
