// What a commit costs: batches of entries like those of a busy platform (1.5 KB leaves, 8 state writes of 100 bytes,
// half of them to keys that are new, as many reads before), on a real folder. Prints one JSON line.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/sha256.hpp"
#include "ledger/merkle/hash.hpp"
#include "ledger/merkle/proof.hpp"
#include "ledger/store/store.hpp"

using namespace dengji;

namespace {

using Clock = std::chrono::steady_clock;

// CPU of the writing thread alone: other work on the machine and the wait for the disk stay out of it.
std::chrono::nanoseconds cpu_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

double micros(Clock::duration elapsed) {
  return std::chrono::duration<double, std::micro>(elapsed).count();
}

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string out(count, '\0');
  for (char& byte : out) byte = static_cast<char>(random());
  return out;
}

long status_kb(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  }
  return 0;
}

std::uint64_t folder_bytes(const std::string& path) {
  std::uint64_t total = 0;
  for (const auto& file : std::filesystem::directory_iterator(path)) total += file.file_size();
  return total;
}

struct Args {
  std::uint64_t entries = 200'000;
  std::size_t batch = 64;
  std::string path;
  store::StoreOptions options;
};

// As an entry is: a JWS of incompressible base64url inside JSON, then effects in plain JSON.
store::EntryCommit make_entry(std::mt19937_64& random, std::uint64_t seq) {
  store::EntryCommit entry;
  entry.leaf = R"({"effects":[{"post":[{"account":"org|91320000)" + std::to_string(random() % 100'000'000) +
               R"(|receivable","amount_fen":)" + std::to_string(random() % 1'000'000) +
               R"(,"side":"debit"},{"account":"platform|fees","side":"credit"}]}],"entry":{"payload":")" +
               crypto::base64url_encode(random_bytes(random, 800)) +
               R"(","signatures":[{"protected":"eyJhbGciOiJFZERTQSJ9","signature":")" +
               crypto::base64url_encode(random_bytes(random, 64)) + R"("}]},"seq":)" + std::to_string(seq) +
               R"(,"time":1767225600000,"v":1})";
  entry.leaf_hash = merkle::leaf_hash(entry.leaf);
  entry.entry_id = crypto::sha256(std::to_string(seq));
  entry.time = LedgerTime{static_cast<std::int64_t>(1'767'225'600'000 + seq / 7)};
  return entry;
}

std::vector<std::string> keys_of(std::mt19937_64& random, std::uint64_t seq) {
  std::vector<std::string> keys;
  for (int i = 0; i < 4; ++i) keys.push_back("account|" + std::to_string(random() % 1'000) + "|" + std::to_string(i));
  for (int i = 0; i < 2; ++i)
    keys.push_back("trade|JY32050020260" + std::to_string(100'000'000 + seq) + "|" + std::to_string(i));
  for (int i = 0; i < 2; ++i)
    keys.push_back("voucher|" + to_hex(crypto::sha256(std::to_string(seq * 2 + i))).substr(0, 32));
  return keys;
}

Args parse(int argc, char** argv) {
  Args args;
  CLI::App app("Cost of a commit");
  std::size_t buffer_mb = args.options.write_buffer_bytes >> 20;
  std::size_t cache_mb = args.options.block_cache_bytes >> 20;
  std::size_t live_mb = args.options.live_cache_bytes >> 20;
  std::size_t block_kb = args.options.block_bytes >> 10;
  std::size_t table_mb = args.options.table_bytes >> 20;
  app.add_option("path", args.path, "Folder for the store, which must not exist")->required();
  app.add_option("--entries", args.entries);
  app.add_option("--batch", args.batch);
  app.add_option("--write-buffer-mb", buffer_mb);
  app.add_option("--block-cache-mb", cache_mb);
  app.add_option("--live-cache-mb", live_mb);
  app.add_option("--block-kb", block_kb);
  app.add_option("--table-mb", table_mb);
  app.add_option("--compress", args.options.compress);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  args.options.write_buffer_bytes = buffer_mb << 20;
  args.options.block_cache_bytes = cache_mb << 20;
  args.options.live_cache_bytes = live_mb << 20;
  args.options.block_bytes = block_kb << 10;
  args.options.table_bytes = table_mb << 20;
  return args;
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const Args args = parse(argc, argv);
  std::mt19937_64 random(1);
  auto store = must(store::Store::open(args.path, args.options));
  std::chrono::nanoseconds reading{};
  std::chrono::nanoseconds committing{};
  std::chrono::nanoseconds proving{};
  std::chrono::nanoseconds waiting{};
  const auto thread_cpu = [] { return cpu_of(CLOCK_THREAD_CPUTIME_ID); };
  const auto background_cpu = [] { return cpu_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_of(CLOCK_THREAD_CPUTIME_ID); };
  std::vector<double> commits;
  std::uint64_t leaf_bytes = 0;
  while (store->head().size < args.entries) {
    store::BatchCommit batch{.first = Seq{store->head().size}, .entries = {}, .order_position = "x", .meta = {}};
    for (std::size_t i = 0; i < args.batch; ++i) {
      const std::uint64_t seq = batch.first.value + i;
      store::EntryCommit entry = make_entry(random, seq);
      leaf_bytes += entry.leaf.size();
      const auto keys = keys_of(random, seq);
      const auto start = thread_cpu();
      for (const std::string& key : keys) static_cast<void>(store->live().get(key));
      reading += thread_cpu() - start;
      for (const std::string& key : keys) entry.writes[key] = random_bytes(random, 60) + std::string(40, '\0');
      batch.entries.push_back(std::move(entry));
    }
    const auto began = Clock::now();
    auto start = thread_cpu();
    const store::Head head = must(store->commit(std::move(batch)));
    committing += thread_cpu() - start;
    waiting += Clock::now() - began;
    commits.push_back(micros(Clock::now() - began));
    start = thread_cpu();
    merkle::ProofBuilder builder(store->hashes(), head.size);
    for (std::uint64_t seq = head.size - args.batch; seq < head.size; ++seq) must(builder.inclusion(seq, head.size));
    proving += thread_cpu() - start;
  }
  const auto compacting = background_cpu();
  const store::StoreStats stats = store->stats();
  const auto entries = static_cast<double>(store->head().size);
  const long rss_anon_kb = status_kb("RssAnon");

  constexpr int kSamples = 20'000;
  auto start = Clock::now();
  for (int i = 0; i < kSamples; ++i) must(store->leaf(Seq{random() % store->head().size}));
  const double leaf_us = micros(Clock::now() - start) / kSamples;
  start = Clock::now();
  for (int i = 0; i < kSamples; ++i) {
    const auto view = store->as_of(1 + random() % store->head().size);
    static_cast<void>(view->get("account|" + std::to_string(random() % 1'000) + "|1"));
  }
  const double as_of_us = micros(Clock::now() - start) / kSamples;
  start = Clock::now();
  constexpr int kProofs = 2'000;
  for (int i = 0; i < kProofs; ++i) {
    merkle::ProofBuilder builder(store->hashes(), store->head().size);
    must(builder.inclusion(random() % store->head().size, store->head().size));
  }
  const double proof_us = micros(Clock::now() - start) / kProofs;
  std::ranges::sort(commits);
  store.reset();
  start = Clock::now();
  store = must(store::Store::open(args.path, args.options));
  const double open_ms = micros(Clock::now() - start) / 1'000;

  std::printf(
      R"({"entries":%.0f,"batch":%zu,"read_cpu_us":%.2f,"commit_cpu_us":%.2f,"prove_cpu_us":%.2f,"background_cpu_us":%.2f,"commit_wall_us":%.2f,)"
      R"("commit_p50_us":%.0f,"commit_p99_us":%.0f,"commit_max_us":%.0f,"leaf_bytes":%.0f,"written_per_entry":%.0f,"disk_per_entry":%.0f,)"
      R"("syncs_per_commit":%.3f,"rss_anon_mb":%.1f,"live_hit_rate":%.3f,"random_leaf_us":%.1f,"as_of_get_us":%.1f,"old_proof_us":%.1f,"open_ms":%.0f})"
      "\n",
      entries, args.batch, micros(reading) / entries, micros(committing) / entries, micros(proving) / entries,
      micros(compacting) / entries, micros(waiting) / entries, commits[commits.size() / 2],
      commits[commits.size() * 99 / 100], commits.back(), static_cast<double>(leaf_bytes) / entries,
      static_cast<double>(stats.bytes_written) / entries, static_cast<double>(folder_bytes(args.path)) / entries,
      static_cast<double>(stats.syncs) / static_cast<double>(stats.commits), static_cast<double>(rss_anon_kb) / 1'024,
      static_cast<double>(stats.live_hits) / static_cast<double>(stats.live_hits + stats.live_misses), leaf_us,
      as_of_us, proof_us, open_ms);
  return 0;
}
