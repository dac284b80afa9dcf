// What the seller of a trade delivered, what the buyer said of it, and the use of metered trades. Part of the trade
// area (trades.hpp). A certificate of the data set must be in force at each delivery and throughout each period of use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/trade/trades.hpp"

namespace dengji::contracts {

enum class DeliveryStatus : std::uint8_t { delivered, part_accepted, accepted, refused };
enum class AcceptOutcome : std::uint8_t { whole, part, refused };

struct DeliveryNote {
  static constexpr std::string_view kKind = "delivery";

  RegNo trade;
  std::int64_t n = 1;  // from 1 within the trade
  DeliveryStatus status = DeliveryStatus::delivered;
  OrgId seller;
  OrgId buyer;
  std::optional<OrgId> platform;  // of the trade
  std::string what;
  Hash32 hash;
  std::optional<std::int64_t> quantity;
  std::optional<std::int64_t> bytes;
  RegNo certificate;
  Date delivered_on;
  std::int64_t seq = 0;
  bool late = false;
  std::optional<std::int64_t> accepted_quantity;
  std::optional<std::string> reason;
  std::optional<Date> judged_on;
  std::optional<Date> accept_by;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("n", self.n, Spec{"Serial within the trade", 1});
    visit("status", self.status, Spec{"Status"});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("platform", self.platform, Spec{"Platform that attested the agreement"});
    visit("what", self.what, Spec{"What was delivered", 1, 300});
    visit("hash", self.hash, Spec{"SHA-256 of it"});
    visit("quantity", self.quantity, Spec{"Quantity, in the unit of the trade"});
    visit("bytes", self.bytes, Spec{"Size in bytes"});
    visit("certificate", self.certificate, Spec{"ZS number of the certificate in force at the delivery"});
    visit("delivered_on", self.delivered_on, Spec{"Day of the delivery"});
    visit("seq", self.seq, Spec{"Entry that recorded it"});
    visit("late", self.late, Spec{"After the day by which the seller was to deliver"});
    visit("accepted_quantity", self.accepted_quantity, Spec{"Quantity accepted so far"});
    visit("reason", self.reason, Spec{"Why it was refused or accepted in part", 1, 300});
    visit("judged_on", self.judged_on, Spec{"Day on which the buyer last accepted or refused"});
    visit("accept_by", self.accept_by, Spec{"Day by which the buyer accepts or refuses, if one was agreed"});
  }

  std::string object_id() const { return id(trade, n); }
  static std::string id(const RegNo& trade, std::int64_t n);       // "<JY no.>-D<n in six digits>"
  static void indexes(const DeliveryNote& note, IndexSink& sink);  // trade
  static constexpr std::array kDeadlines{
      DeadlineName{"acceptance", "The buyer accepts or refuses what was delivered", "买方验收期限"}};
  // While the trade runs and is not disputed.
  static std::vector<Deadline> deadlines(const DeliveryNote& note, DeadlineCall& call);
  std::vector<OrgId> readers() const;
  static void extend_json(const DeliveryNote& note, const ReadView& view, LedgerTime now, Json& json);  // adds id
};

// One metering period of a trade that is paid per call or per period.
struct UsageRecord {
  static constexpr std::string_view kKind = "usage";

  RegNo trade;
  std::int64_t n = 1;  // from 1 within the trade
  OrgId seller;
  OrgId buyer;
  std::optional<OrgId> platform;  // that metered it; absent where seller and buyer signed
  Date from;
  Date to;
  std::optional<std::int64_t> calls;
  std::optional<std::int64_t> volume_mb;
  std::int64_t units = 0;
  std::optional<Fen> worth_fen;
  std::optional<Hash32> log_hash;
  RegNo certificate;
  std::int64_t seq = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("n", self.n, Spec{"Serial within the trade", 1});
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("platform", self.platform, Spec{"Platform that metered it; absent where seller and buyer signed"});
    visit("from", self.from, Spec{"First day"});
    visit("to", self.to, Spec{"Last day"});
    visit("calls", self.calls, Spec{"Calls"});
    visit("volume_mb", self.volume_mb, Spec{"Volume in MB"});
    visit("units", self.units, Spec{"Calls or periods, as the price counts them"});
    visit("worth_fen", self.worth_fen, Spec{"The units at the trade's unit price"});
    visit("log_hash", self.log_hash, Spec{"SHA-256 of the metering log"});
    visit("certificate", self.certificate, Spec{"ZS number of the certificate in force at the end of the period"});
    visit("seq", self.seq, Spec{"Entry that recorded it"});
  }

  std::string object_id() const { return id(trade, n); }
  static std::string id(const RegNo& trade, std::int64_t n);       // "<JY no.>-U<n in six digits>"
  static void indexes(const UsageRecord& usage, IndexSink& sink);  // trade
  std::vector<OrgId> readers() const;
  static void extend_json(const UsageRecord& usage, const ReadView& view, LedgerTime now, Json& json);  // adds id
};

struct DeliverBody {
  RegNo trade;
  std::string what;
  Hash32 hash;
  std::optional<std::int64_t> quantity;
  std::optional<std::int64_t> bytes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("what", self.what, Spec{"What was delivered", 1, 300});
    visit("hash", self.hash, Spec{"SHA-256 of it, such as the root of its manifest"});
    visit("quantity", self.quantity, Spec{"Quantity, in the unit of the trade", 1});
    visit("bytes", self.bytes, Spec{"Size in bytes"});
  }
};

struct AcceptBody {
  std::string delivery;
  AcceptOutcome outcome = AcceptOutcome::whole;
  std::optional<std::int64_t> quantity;
  std::optional<std::string> reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("delivery", self.delivery, Spec{"Id of the delivery, such as JY32050020260000001F-D000001", 28, 28});
    visit("outcome", self.outcome, Spec{"Accepted whole, in part so far, or refused"});
    visit("quantity", self.quantity, Spec{"Quantity accepted so far, with part only", 1});
    visit("reason", self.reason, Spec{"Why, unless it is accepted whole", 1, 300});
  }
};

// Signed by the platform alone, or by seller and buyer.
struct UsageBody {
  RegNo trade;
  Date from;
  Date to;
  std::optional<std::int64_t> calls;
  std::optional<std::int64_t> volume_mb;
  std::optional<std::int64_t> periods;
  std::optional<Hash32> log_hash;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("trade", self.trade, Spec{"JY number"});
    visit("from", self.from, Spec{"First day, after the last one recorded"});
    visit("to", self.to, Spec{"Last day"});
    visit("calls", self.calls, Spec{"Calls; needed where the price is per call"});
    visit("volume_mb", self.volume_mb, Spec{"Volume in MB"});
    visit("periods", self.periods, Spec{"Periods, where the price is per period; absent: one", 1, 1000});
    visit("log_hash", self.log_hash, Spec{"SHA-256 of the metering log"});
  }
};

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::DeliveryStatus> {
  static constexpr std::array names{"delivered", "part_accepted", "accepted", "refused"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::AcceptOutcome> {
  static constexpr std::array names{"whole", "part", "refused"};
};
