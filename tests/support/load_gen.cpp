// Drives a real node for the crash tests: many connections over pre-signed applications for registration, each with one
// request under way; every receipt goes to a file. With --kill it ends the node by SIGKILL at a moment when enough
// requests are whole on their way and unanswered, which only the process that sent them can know. Exit codes: 0 did
// what it was told, 1 could not (the reason is on stderr). The last line of stdout says in JSON what happened.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <thread>

#include "crypto/base64.hpp"
#include "crypto/jwk.hpp"
#include "crypto/random.hpp"
#include "crypto/sha256.hpp"
#include "crypto/uuid.hpp"
#include "ledger/entry/envelope.hpp"
#include "node/config.hpp"
#include "node/files.hpp"

namespace {

using namespace dengji;
using json::Json;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kConnectPatience{30'000};
constexpr milliseconds kAnswerPatience{60'000};
constexpr milliseconds kRetryWait{100};

struct Orders {
  std::uint16_t port = 0;
  std::string ledger;
  std::string genesis;
  std::string key;
  std::string org;
  std::string passphrase_env;
  std::size_t entries = 1'000;
  std::size_t connections = 64;
  std::size_t body_bytes = 0;
  std::string resend;
  std::string receipts;
  std::string unanswered;
  double seconds = 0;
  int kill_pid = 0;
  std::uint64_t after = 1'000;
  std::size_t at_least = 32;
  int delay_us = 0;
};

volatile sig_atomic_t told_to_stop = 0;

struct Connection {
  int fd = -1;
  std::string out;
  std::size_t sent = 0;
  std::string in;
  std::optional<std::size_t> entry;
  SteadyClock::time_point since;

  bool whole() const { return entry && sent == out.size(); }
};

std::string hash_text(crypto::SystemRng& rng) {
  Hash32 hash;
  rng.fill({hash.bytes.data(), hash.bytes.size()});
  return crypto::to_b64(hash);
}

Json application(std::size_t number, std::size_t body_bytes, crypto::SystemRng& rng) {
  Json body{{"title", "数据集 " + std::to_string(number)},
            {"description", "城市道路车流记录，按小时汇总"},
            {"category", "industry_general"},
            {"industry", "transport"},
            {"modalities", Json::array({"tabular"})},
            {"right", "hold"},
            {"source", {{"kind", "self_collected"}}},
            {"grade", "general"},
            {"personal_data", false},
            {"cross_border", false},
            {"manifest", {{"root", hash_text(rng)}, {"content_root", hash_text(rng)}, {"files", 3}, {"bytes", 4096}}},
            {"licence", {{"name", "CC-BY-4.0"}, {"commercial", true}, {"derivatives", true}, {"redistribution", true}}},
            {"supply_modes", Json::array({"catalogue"})},
            {"commitment", hash_text(rng)}};
  if (body_bytes > 0) body["schema_summary"] = std::string(std::min<std::size_t>(body_bytes, 4'000), 'x');
  return body;
}

Result<std::vector<std::string>> sign_entries(const Orders& orders) {
  node::PassphraseSource source;
  source.environment = orders.passphrase_env;
  const auto passphrase = node::read_passphrase(source, "passphrase");
  if (!passphrase) return std::unexpected(passphrase.error());
  const auto key = node::open_key(orders.key, crypto::KeyUse::sign, *passphrase);
  if (!key) return std::unexpected(key.error());
  crypto::SystemRng rng;
  SystemClock clock;
  std::vector<std::string> signed_entries;
  for (std::size_t i = 0; i < orders.entries; ++i) {
    entry::Envelope envelope;
    envelope.ledger = orders.ledger;
    envelope.genesis = crypto::hash_from_b64(orders.genesis);
    envelope.type = "dataset.apply";
    envelope.made_at = clock.now();
    envelope.valid_until = LedgerTime{envelope.made_at.ms + 3'600'000};
    envelope.id = crypto::make_uuid_v7(envelope.made_at, rng);
    envelope.salt.resize(entry::kSaltBytes);
    rng.fill({reinterpret_cast<std::uint8_t*>(envelope.salt.data()), envelope.salt.size()});
    envelope.parties.push_back({"applicant", OrgId(orders.org), crypto::thumbprint(key->public_key())});
    envelope.body = application(i, orders.body_bytes, rng);
    crypto::Jws jws = crypto::make_jws(entry::write_payload(envelope));
    crypto::sign(jws, *key, crypto::kTypEntry);
    signed_entries.push_back(crypto::write_jws(jws));
  }
  return signed_entries;
}

// The text behind `"name":` up to the next comma or brace, without quotes. The receipt's and the problem's own members
// that are asked for come as plain values.
std::string_view member(std::string_view text, std::string_view name) {
  const std::string marker = "\"" + std::string(name) + "\":";
  const std::size_t at = text.find(marker);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + marker.size());
  text = text.substr(0, text.find_first_of(",}"));
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

class Load {
 public:
  explicit Load(Orders orders) : orders_(std::move(orders)) {}

  Result<void> prepare();
  Result<void> run();
  Result<void> write_unanswered() const;
  Json summary() const;

 private:
  Result<void> connect_all();
  void assign();
  Result<void> turn(milliseconds wait);
  void write_some(Connection& connection);
  void read_some(Connection& connection);
  bool take_answer(Connection& connection);
  void lost(Connection& connection);
  void maybe_kill();
  std::size_t under_way() const;
  std::size_t whole() const;
  bool stopping() const { return killed_ || told_to_stop != 0 || SteadyClock::now() >= end_; }

  const Orders orders_;
  std::vector<std::string> entries_;  // those to be sent again, then the fresh ones
  std::size_t repeated_ = 0;          // how many of them are not fresh
  std::deque<std::pair<std::size_t, SteadyClock::time_point>> queue_;
  std::vector<Connection> connections_;
  std::ofstream receipts_;
  SteadyClock::time_point begin_ = SteadyClock::now();
  SteadyClock::time_point end_ = SteadyClock::time_point::max();
  std::optional<SteadyClock::time_point> kill_at_;
  bool killed_ = false;
  std::uint64_t fresh_acked_ = 0;
  std::vector<std::size_t> lost_;  // sent, at least in part, and never answered
  std::size_t lost_whole_ = 0;     // of them those that had left wholly
  std::map<std::string, std::uint64_t> answers_;
};

Result<void> Load::prepare() {
  if (!orders_.resend.empty()) {
    std::ifstream file(orders_.resend);
    for (std::string line; std::getline(file, line);) entries_.push_back(line);
  }
  repeated_ = entries_.size();
  auto fresh = sign_entries(orders_);
  if (!fresh) return std::unexpected(fresh.error());
  for (std::string& text : *fresh) entries_.push_back(std::move(text));
  // What is sent again is sent twice, so that two requests for one entry are under way at once.
  for (std::size_t i = 0; i < repeated_; ++i) queue_.insert(queue_.end(), 2, {i, begin_});
  for (std::size_t i = repeated_; i < entries_.size(); ++i) queue_.emplace_back(i, begin_);
  if (!orders_.receipts.empty()) receipts_.open(orders_.receipts, std::ios::app);
  return connect_all();
}

Result<void> Load::connect_all() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(orders_.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto give_up = SteadyClock::now() + kConnectPatience;
  while (connections_.size() < orders_.connections) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd);
      if (SteadyClock::now() > give_up || told_to_stop != 0) return fail(ErrorCode::unreachable, "the node");
      std::this_thread::sleep_for(milliseconds(5));
      continue;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    connections_.emplace_back().fd = fd;
  }
  return {};
}

Result<void> Load::run() {
  begin_ = SteadyClock::now();
  if (orders_.seconds > 0) end_ = begin_ + milliseconds(static_cast<std::int64_t>(orders_.seconds * 1000));
  while (true) {
    if (!stopping()) assign();
    const bool idle = under_way() == 0;
    if (idle && (stopping() || queue_.empty())) break;
    if (std::ranges::none_of(connections_, [](const Connection& each) { return each.fd >= 0; })) break;
    if (auto turned = turn(milliseconds(idle ? 10 : 1)); !turned) return turned;
    maybe_kill();
  }
  if (orders_.kill_pid != 0 && !killed_) {
    return fail(ErrorCode::internal,
                std::to_string(fresh_acked_) + " entries were acknowledged and the node was not killed");
  }
  return {};
}

void Load::assign() {
  const auto now = SteadyClock::now();
  for (Connection& connection : connections_) {
    if (queue_.empty() || queue_.front().second > now) return;
    if (connection.fd < 0 || connection.entry) continue;
    const std::size_t index = queue_.front().first;
    queue_.pop_front();
    const std::string& body = entries_[index];
    connection.entry = index;
    connection.since = now;
    connection.sent = 0;
    connection.out
        .assign("POST /v1/entries HTTP/1.1\r\nHost: node\r\nContent-Type: application/jose+json\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
    write_some(connection);
  }
}

Result<void> Load::turn(milliseconds wait) {
  std::vector<pollfd> waits;
  for (const Connection& connection : connections_) {
    const bool sending = connection.entry && !connection.whole();
    waits.push_back({connection.fd, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0});
  }
  ::poll(waits.data(), waits.size(), static_cast<int>(wait.count()));
  for (std::size_t i = 0; i < waits.size(); ++i) {
    Connection& connection = connections_[i];
    if ((waits[i].revents & POLLOUT) != 0) write_some(connection);
    if ((waits[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_some(connection);
    if (connection.entry && SteadyClock::now() - connection.since > kAnswerPatience) {
      return fail(ErrorCode::unreachable, "no answer within a minute");
    }
  }
  receipts_.flush();
  return {};
}

void Load::write_some(Connection& connection) {
  while (!connection.whole()) {
    const ssize_t count = ::send(connection.fd, connection.out.data() + connection.sent,
                                 connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (count < 0) return;  // full, or broken: reading tells
    connection.sent += static_cast<std::size_t>(count);
  }
}

void Load::read_some(Connection& connection) {
  char chunk[65'536];
  while (connection.fd >= 0) {
    const ssize_t count = ::recv(connection.fd, chunk, sizeof chunk, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return lost(connection);
    connection.in.append(chunk, static_cast<std::size_t>(count));
    while (take_answer(connection)) continue;
  }
}

// True if a whole answer was there.
bool Load::take_answer(Connection& connection) {
  const std::size_t head = connection.in.find("\r\n\r\n");
  if (head == std::string::npos || !connection.entry) return false;
  const std::string_view text = connection.in;
  const std::size_t field = text.find("Content-Length: ");
  std::size_t length = 0;
  if (field < head) std::from_chars(text.data() + field + 16, text.data() + head, length);
  if (text.size() < head + 4 + length) return false;
  const std::string_view status = text.substr(9, 3);
  const std::string_view body = text.substr(head + 4, length);
  const bool taken = status == "201" || status == "200";
  const std::size_t index = *connection.entry;
  ++answers_[std::string(status).append(taken ? "" : " ").append(taken ? "" : member(body, "code"))];
  if (taken) {
    receipts_ << member(body, "entry_id") << ' ' << member(body, "seq") << ' ' << member(body, "leaf_hash") << ' '
              << status << '\n';
    if (index >= repeated_) ++fresh_acked_;
  } else if (status == "503" || status == "429") {
    queue_.emplace_back(index, SteadyClock::now() + kRetryWait);
  }
  connection.entry.reset();
  connection.in.erase(0, head + 4 + length);
  return true;
}

void Load::lost(Connection& connection) {
  if (connection.entry) {
    lost_.push_back(*connection.entry);
    if (connection.whole()) ++lost_whole_;
  }
  connection.entry.reset();
  ::close(connection.fd);
  connection.fd = -1;
}

// Once enough is acknowledged: a pause that the orders name, then the first moment with enough requests unanswered,
// answers that have arrived meanwhile counted as answered.
void Load::maybe_kill() {
  if (orders_.kill_pid == 0 || killed_ || fresh_acked_ < orders_.after) return;
  const auto now = SteadyClock::now();
  if (!kill_at_) kill_at_ = now + std::chrono::microseconds(orders_.delay_us);
  if (now < *kill_at_ || whole() < orders_.at_least) return;
  for (Connection& connection : connections_) read_some(connection);
  if (whole() < orders_.at_least) return;
  ::kill(orders_.kill_pid, SIGKILL);
  killed_ = true;
}

std::size_t Load::under_way() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections_, [](const Connection& each) { return each.entry.has_value(); }));
}

std::size_t Load::whole() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections_, [](const Connection& each) { return each.whole(); }));
}

Result<void> Load::write_unanswered() const {
  if (orders_.unanswered.empty()) return {};
  std::vector<std::size_t> left = lost_;
  std::ranges::sort(left);
  left.erase(std::unique(left.begin(), left.end()), left.end());
  std::string text;
  for (const std::size_t index : left) text.append(entries_[index]).append("\n");
  return node::write_file(orders_.unanswered, text, node::FileMode::open);
}

Json Load::summary() const {
  Json answers = Json::object();
  for (const auto& [what, count] : answers_) answers[what] = count;
  return {{"acknowledged", fresh_acked_},
          {"killed", killed_},
          {"unanswered", lost_.size()},
          {"unanswered_whole", lost_whole_},
          {"milliseconds", std::chrono::duration_cast<milliseconds>(SteadyClock::now() - begin_).count()},
          {"answers", std::move(answers)}};
}

Result<void> serve(const Orders& orders) {
  if (auto ready = crypto::init(); !ready) return ready;
  Load load(orders);
  if (auto done = load.prepare(); !done) return done;
  const auto ran = load.run();
  std::printf("%s\n", json::write_canonical(load.summary()).c_str());
  if (!ran) return ran;
  return load.write_unanswered();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"load_gen, the load of the crash tests"};
  Orders orders;
  app.add_option("--port", orders.port, "Loopback port of the node")->required();
  app.add_option("--ledger", orders.ledger, "Ledger id")->required();
  app.add_option("--genesis", orders.genesis, "Genesis hash")->required();
  app.add_option("--key", orders.key, "Key file of the applicant")->required();
  app.add_option("--org", orders.org, "The applicant")->required();
  app.add_option("--passphrase-env", orders.passphrase_env, "Variable with the passphrase")->required();
  app.add_option("--entries", orders.entries, "Fresh entries to sign");
  app.add_option("--connections", orders.connections, "Connections, one request under way on each");
  app.add_option("--body-bytes", orders.body_bytes, "Extra bytes in each entry, at most 4000");
  app.add_option("--resend", orders.resend, "File of entries to send first, each twice");
  app.add_option("--receipts", orders.receipts, "File that receipts are added to: entry_id seq leaf_hash status");
  app.add_option("--unanswered", orders.unanswered, "File to write: entries that were sent and never answered");
  app.add_option("--seconds", orders.seconds, "Stop after so long");
  app.add_option("--kill", orders.kill_pid, "Process to kill");
  app.add_option("--after", orders.after, "Kill after so many acknowledged fresh entries");
  app.add_option("--at-least", orders.at_least, "Kill only while so many whole requests are unanswered");
  app.add_option("--delay-us", orders.delay_us, "Pause between --after and the kill");
  CLI11_PARSE(app, argc, argv);
  signal(SIGTERM, [](int) { told_to_stop = 1; });
  signal(SIGPIPE, SIG_IGN);
  if (const auto done = serve(orders); !done) {
    std::fprintf(stderr, "load_gen: %s\n", done.error().message().c_str());
    return 1;
  }
  return 0;
}
