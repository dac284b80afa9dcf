#include "node/bench/bench.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <span>
#include <thread>

#include "api/http_parser.hpp"
#include "crypto/random.hpp"
#include "ledger/base/environment.hpp"
#include "node/bench/load.hpp"
#include "node/proven.hpp"

namespace dengji::bench {
namespace {

constexpr std::uint32_t kProofEvery = 100;

std::unexpected<Error> bad(std::string what) {
  return fail(ErrorCode::internal, std::move(what));
}

Result<std::string> body_of(const Answer& answer) {
  api::ResponseParser parser(false);
  std::string body;
  std::string_view rest = answer.text;
  while (!parser.done() && !rest.empty()) {
    const auto step = parser.feed(rest, body);
    if (step.error_status != 0 || step.consumed == 0) return bad("an answer is not HTTP");
    rest.remove_prefix(step.consumed);
  }
  return body;
}

// --- the node's own counters
struct Counters {
  double bytes_written = 0;
  double syncs = 0;
  double rss_anon = 0;
  double size = 0;
};

double metric(std::string_view text, std::string_view name) {
  const std::string line = "\n" + std::string(name) + " ";
  const std::size_t at = text.find(line);
  double value = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + line.size(), text.data() + text.size(), value);
  return value;
}

Result<Counters> read_counters(const std::string& url) {
  auto client = api::HttpClient::make({.base_url = url, .ca_file = {}});
  if (!client) return std::unexpected(client.error());
  const auto answer = client->get("/metrics");
  if (!answer) return std::unexpected(answer.error());
  const std::string_view text = answer->body;
  return Counters{.bytes_written = metric(text, "dengji_store_written_bytes"),
                  .syncs = metric(text, "dengji_store_syncs"),
                  .rss_anon = metric(text, "dengji_rss_anon_bytes"),
                  .size = metric(text, "dengji_ledger_size")};
}

// --- one run
class Bench {
 public:
  Bench(const BenchOptions& options, const Ledger& ledger, const Market& market, Target target)
      : options_(options), ledger_(ledger), market_(market), target_(std::move(target)) {}

  Result<void> run(std::uint64_t first) {
    first_ = first;
    for (std::uint64_t done = 0; done < options_.entries && seconds_ < static_cast<double>(options_.seconds);) {
      const std::uint64_t count = std::min(options_.round, options_.entries - done);
      if (auto sent = round(done, count); !sent) return sent;
      done += count;
    }
    return {};
  }

  Json summary(const Counters& before, const Counters& after) {
    const double entries = static_cast<double>(created_);
    const double written = after.bytes_written - before.bytes_written;
    return {{"entries", created_},
            {"seconds", rounded(seconds_)},
            {"entries_per_s", static_cast<std::int64_t>(seconds_ > 0 ? entries / seconds_ : 0)},
            {"p50_ms", quantile(0.5)},
            {"p99_ms", quantile(0.99)},
            {"max_ms", quantile(1)},
            {"refused", refused_},
            {"failed", failed_},
            {"proofs_checked", proofs_},
            {"bytes_written", static_cast<std::int64_t>(written)},
            {"bytes_per_entry", static_cast<std::int64_t>(entries > 0 ? written / entries : 0)},
            {"fsyncs", static_cast<std::int64_t>(after.syncs - before.syncs)},
            {"rss_anon_bytes", static_cast<std::int64_t>(after.rss_anon)},
            {"ledger_size", static_cast<std::int64_t>(after.size)},
            {"organisations", market_.organisations()},
            {"connections", options_.connections},
            {"batch", options_.batch},
            {"settle_percent", options_.settle_percent}};
  }

 private:
  static double rounded(double value) { return std::round(value * 1'000) / 1'000; }

  double quantile(double part) {
    if (micros_.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(micros_.size() - 1));
    std::nth_element(micros_.begin(), micros_.begin() + static_cast<std::ptrdiff_t>(at), micros_.end());
    return static_cast<double>(micros_[at]) / 1'000;
  }

  std::string entry(std::uint64_t n, Rng& rng) const {
    // 37 and 100 have no common divisor: the kinds are mixed evenly.
    const bool settle = static_cast<int>(n * 37 % 100) < options_.settle_percent;
    return settle ? market_.settlement(first_ + n, rng) : market_.application(first_ + n, rng);
  }

  // Requests for entries [from, from + count), signed by as many threads as the machine has.
  std::vector<std::string> sign(std::uint64_t from, std::uint64_t count) const {
    const std::uint64_t requests = (count + options_.batch - 1) / options_.batch;
    std::vector<std::string> made(requests);
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> crew;
    for (unsigned t = 0; t < threads; ++t) {
      crew.emplace_back([&, t] {
        crypto::SystemRng rng;
        for (std::uint64_t r = t; r < requests; r += threads) made[r] = request(from, count, r, rng);
      });
    }
    for (std::thread& thread : crew) thread.join();
    return made;
  }

  std::string request(std::uint64_t from, std::uint64_t count, std::uint64_t number, Rng& rng) const {
    if (options_.batch == 1) return make_request("/v1/entries", "application/json", entry(from + number, rng));
    std::string lines;
    for (std::uint64_t i = number * options_.batch; i < std::min(count, (number + 1) * options_.batch); ++i)
      lines.append(entry(from + i, rng)).append("\n");
    return make_request("/v1/batches", "application/x-ndjson", lines);
  }

  Result<void> round(std::uint64_t from, std::uint64_t count) {
    std::fprintf(stderr, "bench: signing %llu entries\n", static_cast<unsigned long long>(count));
    const std::vector<std::string> requests = sign(from, count);
    std::fprintf(stderr, "bench: sending\n");
    LoadOptions load{.target = target_, .connections = options_.connections};
    load.time_limit = std::chrono::milliseconds(
        static_cast<std::int64_t>((static_cast<double>(options_.seconds) - seconds_) * 1'000));
    load.streamed = options_.batch > 1;
    load.keep_every = kProofEvery;
    const auto result = run_load(load, requests);
    if (!result) return std::unexpected(result.error());
    seconds_ += result->seconds;
    micros_.insert(micros_.end(), result->micros.begin(), result->micros.end());
    if (!load.streamed) created_ += result->created;
    failed_ += result->answered - result->created;
    if (failed_ > 0) return bad(result->first_other);
    for (const Answer& answer : result->kept) {
      if (auto checked = check(answer, load.streamed); !checked) return checked;
    }
    return {};
  }

  Result<void> check(const Answer& answer, bool streamed) {
    const auto body = body_of(answer);
    if (!body) return std::unexpected(body.error());
    if (!streamed) return check_one(*body);
    std::string_view rest = *body;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      static constexpr std::string_view kCreated = R"("status":201,)";
      if (line.substr(0, 40).find(kCreated) == std::string_view::npos) return ++refused_, bad(std::string(line));
      if (created_++ % kProofEvery != 0) continue;
      const Json parsed = Json::parse(line, nullptr, false);
      if (!parsed.is_object() || !parsed.contains("receipt")) return bad("a result line is no JSON");
      if (auto checked = check_one(parsed["receipt"].dump()); !checked) return checked;
    }
    return {};
  }

  // The leaf is in the tree that the checkpoint, signed by the node's log key, stands for.
  Result<void> check_one(std::string_view receipt) {
    ++proofs_;
    const auto proof = node::parse_proof(receipt);
    if (!proof) return std::unexpected(proof.error());
    const auto proven = node::prove(*proof, std::span(&ledger_.log_key(), 1));
    return proven ? Result<void>{} : std::unexpected(proven.error());
  }

  const BenchOptions& options_;
  const Ledger& ledger_;
  const Market& market_;
  const Target target_;
  std::uint64_t first_ = 0;
  double seconds_ = 0;
  std::uint64_t created_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t proofs_ = 0;
  std::vector<std::uint32_t> micros_;
};

}  // namespace

Result<Json> run_bench(const BenchOptions& options) {
  const auto ledger = Ledger::open(options.ledger);
  if (!ledger) return std::unexpected(ledger.error());
  const std::string& url = options.url.empty() ? ledger->url() : options.url;
  const auto target = parse_target(url);
  if (!target) return std::unexpected(target.error());
  const auto market = Market::open(*ledger, url, options.market);
  if (!market) return std::unexpected(market.error());
  const auto before = read_counters(url);
  if (!before) return std::unexpected(before.error());
  Bench bench(options, *ledger, *market, *target);
  // Numbers go on behind the ledger's size, so that a second run on it uses no voucher twice.
  if (auto run = bench.run(static_cast<std::uint64_t>(before->size)); !run) return std::unexpected(run.error());
  const auto after = read_counters(url);
  if (!after) return std::unexpected(after.error());
  return bench.summary(*before, *after);
}

}  // namespace dengji::bench
