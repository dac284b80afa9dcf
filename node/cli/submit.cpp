// dengji entry submit: one entry, or many in batches, to a node; and the check that the receipt proves what was sent.
// The same entry may be sent again at any time: it is in the ledger once.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

#include "crypto/base64.hpp"
#include "crypto/jws.hpp"
#include "node/cli/verify.hpp"

namespace dengji::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 2 * kMaxEntryBytes;
constexpr std::size_t kMaxBatchFileBytes = std::size_t{1} << 30;
constexpr std::size_t kBatchLines = 1'000;  // at most kMaxBatchEntries; answers are kept until a batch is done
constexpr int kLongestWaitS = 60;

struct Submit {
  RemoteOptions remote;
  std::string file = "-";
  std::string receipt;
  std::vector<std::string> log_keys;
  bool batch = false;
  int retries = 5;
};

bool try_again(int status) {
  return status == 429 || status == 503;
}

void wait_for(std::string_view retry_after) {
  int seconds = 1;
  std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  std::this_thread::sleep_for(std::chrono::seconds(std::clamp(seconds, 1, kLongestWaitS)));
}

// The answer to a POST, sent anew while the node is too busy.
Result<api::ClientResponse> post(Remote& remote, const api::HttpClient::Request& request, int retries) {
  for (int left = retries;; --left) {
    auto response = remote.send(request);
    if (!response || !try_again(response->status) || left <= 0) return response;
    std::fprintf(stderr, "dengji: the node is busy (%d), trying again\n", response->status);
    wait_for(response->field("Retry-After"));
  }
}

std::unexpected<Error> another(const std::string& what) {
  return fail(ErrorCode::proof_wrong, "the receipt is not for the entry that was sent: " + what);
}

// The receipt's leaf holds the entry, and its proof leads to the checkpoint (signed by one of `keys`, if any are
// given). An entry that was there before may have been signed in other, equally good bytes.
Result<Proven> check_receipt(std::string_view receipt, const crypto::Jws& sent, std::span<const crypto::NoteKey> keys,
                             bool is_new) {
  const auto proof = parse_proof(receipt);
  if (!proof) return std::unexpected(proof.error());
  auto proven = prove(*proof, keys);
  if (!proven) return proven;
  if (proven->entry.jws.payload_b64 != sent.payload_b64) return another("its payload differs");
  if (is_new && proven->entry.jws_text != crypto::write_jws(sent)) return another("its signatures differ");
  return proven;
}

// What the node did with one entry. `status` is that of the HTTP answer or of the batch's line.
Json submission_summary(const Proven& proven, bool is_new) {
  return Json{{"status", is_new ? "new" : "seen"},
              {"seq", proven.leaf.seq.value},
              {"entry_id", crypto::to_b64(proven.entry.entry_id)},
              {"type", proven.entry.envelope.type},
              {"time", format_time(proven.leaf.time)},
              {"numbers", numbers_in(proven.leaf.effects)}};
}

std::string joined(const Json& texts) {
  std::string out;
  for (const Json& text : texts) out.append(out.empty() ? "" : " ").append(text.get<std::string>());
  return out;
}

void print_submitted(const Shared& shared, const Json& receipt, Json summary) {
  if (shared.as_json) {
    Json whole = receipt;
    whole["status"] = summary["status"];
    whole["numbers"] = summary["numbers"];
    return print_object(shared, whole);
  }
  summary["numbers"] = joined(summary["numbers"]);
  print_object(shared, summary);
}

Result<void> submit_one(Shared& shared, const Submit& options, Remote& remote, std::span<const crypto::NoteKey> keys) {
  auto text = read_input(options.file, kMaxTextBytes);
  if (!text) return std::unexpected(std::move(text.error()));
  const auto sent = crypto::parse_jws(*text);
  if (!sent) return std::unexpected(sent.error());
  const auto response = post(remote,
                             {.method = "POST",
                              .target = "/v1/entries",
                              .fields = {{"Content-Type", "application/jose+json"}, {"Accept", "application/json"}},
                              .body = std::move(*text)},
                             options.retries);
  if (!response) return std::unexpected(response.error());
  if (response->status != 200 && response->status != 201) return remote.refused(*response);
  const bool is_new = response->status == 201;
  if (!options.receipt.empty()) {
    if (auto kept = write_output(options.receipt, response->body + "\n"); !kept) return kept;
  }
  const auto receipt = read_foreign(response->body, "the receipt");
  if (!receipt) return std::unexpected(receipt.error());
  const auto proven = check_receipt(response->body, *sent, keys, is_new);
  if (!proven) return std::unexpected(proven.error());
  if (options.receipt != "-") print_submitted(shared, *receipt, submission_summary(*proven, is_new));
  return {};
}

// --- batches
struct Row {
  std::string entry;  // as sent, one line
  int status = 0;     // 0: no answer yet
  Json answer;        // receipt or problem
};

std::vector<Row> rows_of(std::string_view text) {
  std::vector<Row> rows;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) rows.push_back({std::string(line), 0, {}});
  }
  return rows;
}

Result<void> take_answers(std::string_view body, const std::vector<Row*>& sent) {
  for (Row* row : sent) {
    const std::size_t end = body.find('\n');
    if (end == std::string_view::npos)
      return fail(ErrorCode::unreachable, "the node's answer to the batch was cut off");
    auto result = read_foreign(body.substr(0, end), "a line of the answer");
    body.remove_prefix(end + 1);
    if (!result) return std::unexpected(std::move(result.error()));
    const auto status = number_of(*result, "status");
    if (!status || *status > 599) return fail(ErrorCode::value_format, "a line of the answer has no status");
    row->status = static_cast<int>(*status);
    row->answer = std::move((*result)[row->status / 100 == 2 ? "receipt" : "problem"]);
  }
  return {};
}

// Sends every row that has no final answer yet, once.
Result<void> send_rows(Remote& remote, std::span<Row> rows, int retries) {
  std::string body;
  std::vector<Row*> sent;
  for (Row& row : rows) {
    if (row.status != 0 && !try_again(row.status)) continue;
    body.append(row.entry).append("\n");
    sent.push_back(&row);
  }
  const auto response = post(remote,
                             {.method = "POST",
                              .target = "/v1/batches",
                              .fields = {{"Content-Type", "application/x-ndjson"}},
                              .body = std::move(body)},
                             retries);
  if (!response) return std::unexpected(response.error());
  if (response->status != 200) return remote.refused(*response);
  return take_answers(response->body, sent);
}

Result<void> send_batch(Remote& remote, std::span<Row> rows, int retries) {
  for (int left = retries;; --left) {
    if (auto sent = send_rows(remote, rows, retries); !sent) return sent;
    const bool all = std::none_of(rows.begin(), rows.end(), [](const Row& row) { return try_again(row.status); });
    if (all || left <= 0) return {};
    wait_for("1");
  }
}

// One row for people and programs; the exit code, 0 if it is in the ledger.
int judge_row(const Row& row, std::size_t line, std::span<const crypto::NoteKey> keys, Json& out) {
  Json shown{{"line", line}, {"http", row.status}};
  int exit_code = 0;
  if (row.status / 100 == 2) {
    const auto sent = crypto::parse_jws(row.entry);
    const auto proven =
        sent ? check_receipt(row.answer.dump(), *sent, keys, row.status == 201) : std::unexpected(sent.error());
    if (proven) {
      shown.update(submission_summary(*proven, row.status == 201));
      shown["receipt"] = row.answer;
    } else {
      std::fprintf(stderr, "line %zu: ", line);
      exit_code = report(proven.error());
      shown["status"] = "unproven";
    }
  } else {
    std::fprintf(stderr, "line %zu: ", line);
    exit_code = tell_problem(row.answer, row.status);
    shown["status"] = "refused";
    shown["problem"] = row.answer;
    if (row.answer.is_object()) shown["code"] = row.answer.value("code", Json(""));
  }
  out.push_back(std::move(shown));
  return exit_code;
}

Result<void> submit_batch(Shared& shared, const Submit& options, Remote& remote,
                          std::span<const crypto::NoteKey> keys) {
  const auto text = read_input(options.file, kMaxBatchFileBytes);
  if (!text) return std::unexpected(text.error());
  std::vector<Row> rows = rows_of(*text);
  Json shown = Json::array();
  std::string receipts;
  int first_failure = 0;
  std::optional<Error> broken;
  for (std::size_t begin = 0; begin < rows.size() && !broken; begin += kBatchLines) {
    const std::span<Row> batch(rows.data() + begin, std::min(kBatchLines, rows.size() - begin));
    if (auto sent = send_batch(remote, batch, options.retries); !sent) broken = std::move(sent.error());
    for (std::size_t i = 0; i < batch.size() && !broken; ++i) {
      const int code = judge_row(batch[i], begin + i + 1, keys, shown);
      if (first_failure == 0) first_failure = code;
      if (!options.receipt.empty() && batch[i].status / 100 == 2) receipts.append(batch[i].answer.dump()).append("\n");
    }
    std::fprintf(stderr, "dengji: %zu of %zu entries answered\n", shown.size(), rows.size());
  }
  if (!options.receipt.empty()) {
    if (auto kept = write_output(options.receipt, receipts); !kept) return kept;
  }
  if (!shared.as_json) {
    for (Json& row : shown)
      if (row.contains("numbers")) row["numbers"] = joined(row["numbers"]);
  }
  if (options.receipt != "-") {
    print_rows(shared, shown, {"line", "http", "status", "seq", "entry_id", "type", "numbers", "code"});
  }
  if (broken) return std::unexpected(std::move(*broken));
  if (first_failure != 0) return shared.fail_told(first_failure);
  return {};
}

Result<void> submit(Shared& shared, const Submit& options) {
  const auto keys = parse_log_keys(options.log_keys);
  if (!keys) return std::unexpected(keys.error());
  auto remote = Remote::open(shared, options.remote);
  if (!remote) return std::unexpected(std::move(remote.error()));
  return options.batch ? submit_batch(shared, options, *remote, *keys) : submit_one(shared, options, *remote, *keys);
}

}  // namespace

void add_submit_commands(CLI::App& app, Shared& shared) {
  auto options = std::make_shared<Submit>();
  auto* command = app.get_subcommand("entry")->add_subcommand(
      "submit",
      "Send a signed entry to a node and check the receipt: that it proves this entry, and with --log-key that the\n"
      "ledger signed for it. Sending the same entry again is safe and gives the same receipt.");
  command->add_option("file", options->file, "Entry, or with --batch one entry per line; - for standard input")
      ->capture_default_str();
  command->add_option("--receipt", options->receipt, "Keep the receipt in this file, one line of JSON (- for stdout)");
  command->add_flag("--batch", options->batch, "Send many entries, one per line; the exit code is the first failure's");
  command->add_option("--retries", options->retries, "How often to try again while the node is too busy (429, 503)")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  add_log_key_option(*command, options->log_keys);
  add_remote_options(*command, options->remote);
  on_run(*command, shared, [&shared, options] { return submit(shared, *options); });
}

}  // namespace dengji::cli
