// Filings of deals done off the platform: one party declares, the other confirms by repeating the fields. A filing
// proves that these parties declared these hashes at this time, not delivery or title. A deal is known by (contract
// hash, seller, buyer, order no.), so that nobody can block a deal by filing its hash under other names. Verdicts 701
// to 799.
//
//   declared (one-sided, and labelled so) → confirmed | mismatched, the fields listed; the other party may dispute any
//   of them; ends: withdrawn (by the declarant; a confirmed one by both), revoked (by the platform)
//
// What one side alone says, what both say and what is traded on the platform are three volumes: every figure here
// carries its label and none is a sum of two of them. Periods of a running contract: filing_periods.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/common/policy_forms.hpp"
#include "ledger/state/registry.hpp"

namespace dengji::contracts {

enum class FilingVerdict : std::uint16_t {
  declarant_not_party = 701,
  not_other_party,
  party_id_form,
  already_filed,
  confirmed_already,
  subject_missing,
  term_order,
  filing_status,
  not_the_declarant,
  deal_identity,
  confirmer_missing,
  platform_in_deal,
  not_deal_party,
  not_periodic,
  period_order,
  period_outside,
  period_not_over,
  period_overlaps,
  period_filed,
};

enum class FilingTerm : std::uint8_t { one_off, periodic };
enum class FilingKind : std::uint8_t { dataset, product, api, service };
enum class FilingPricing : std::uint8_t { fixed, per_call, per_volume, per_period, revenue_share, free };
// declared = one-sided so far, and labelled so.
enum class FilingStatus : std::uint8_t { declared, confirmed, mismatched, disputed, withdrawn, revoked };

// What both parties must say alike.
struct Deal {
  OrgId seller;
  OrgId buyer;
  Hash32 contract_hash;
  std::optional<std::string> order_no;
  FilingTerm term = FilingTerm::one_off;
  std::string product;
  FilingKind product_kind = FilingKind::dataset;
  std::optional<RegNo> registration;
  std::optional<Hash32> manifest_root;
  FilingPricing pricing = FilingPricing::fixed;
  std::string use;
  Date starts_on;
  std::optional<Date> ends_on;
  Fen amount_fen;
  std::optional<std::int64_t> volume_mb;
  std::optional<std::int64_t> calls;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("seller", self.seller, Spec{"Seller"});
    visit("buyer", self.buyer, Spec{"Buyer"});
    visit("contract_hash", self.contract_hash, Spec{"SHA-256 of the signed contract"});
    visit("order_no", self.order_no, Spec{"Order number under that contract", 1, 64});
    visit("term", self.term, Spec{"One-off or periodic"});
    visit("product", self.product, Spec{"Name of the product", 1, 200});
    visit("product_kind", self.product_kind, Spec{"Kind of product"});
    visit("registration", self.registration, Spec{"DJ number of the data set, where it is registered"});
    visit("manifest_root", self.manifest_root, Spec{"Manifest root, where it is not"});
    visit("pricing", self.pricing, Spec{"Pricing model"});
    visit("use", self.use, Spec{"What the data is used for", 1, 300});
    visit("starts_on", self.starts_on, Spec{"First day of the contract"});
    visit("ends_on", self.ends_on, Spec{"Last day of the contract"});
    visit("amount_fen", self.amount_fen, Spec{"Amount of the contract"});
    visit("volume_mb", self.volume_mb, Spec{"Volume in megabytes"});
    visit("calls", self.calls, Spec{"Number of calls"});
  }
};

struct DeclareBody {
  Side side = Side::seller;
  Deal deal;  // its members stand beside `side`
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("side", self.side, Spec{"Side on which the declarant stands"});
    Deal::fields(self.deal, visit);
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of papers that support it", .items_max = 16});
  }
};

struct ConfirmBody {
  RegNo filing;
  Deal deal;
  std::optional<std::vector<Hash32>> evidence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("filing", self.filing, Spec{"BA number"});
    Deal::fields(self.deal, visit);
    visit("evidence", self.evidence, Spec{.doc = "SHA-256 of papers that support it", .items_max = 16});
  }
};

struct Mismatch {
  std::string member;
  std::optional<std::string> declared;
  std::optional<std::string> confirmed;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("member", self.member, Spec{"Member on which the parties differ", 1, 64});
    visit("declared", self.declared, Spec{"What the declarant said, as JSON; absent if nothing"});
    visit("confirmed", self.confirmed, Spec{"What the other party said, as JSON; absent if nothing"});
  }
};

// What the periods of a running contract come to so far, one figure per label.
struct PeriodTotals {
  std::int64_t periods = 0;
  Date from;
  Date to;
  Fen confirmed_fen;
  Fen one_sided_fen;
  Fen mismatched_fen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("periods", self.periods, Spec{"Number of periods"});
    visit("from", self.from, Spec{"First day of the earliest"});
    visit("to", self.to, Spec{"Last day of the latest"});
    visit("confirmed_fen", self.confirmed_fen, Spec{"Of periods on which both parties agree"});
    visit("one_sided_fen", self.one_sided_fen, Spec{"Of periods that one party alone reported"});
    visit("mismatched_fen", self.mismatched_fen, Spec{"Of periods on which they differ, as first reported"});
  }
};

struct Filing {
  static constexpr std::string_view kKind = "filing";

  RegNo no;  // BA number, in the declarant's region
  FilingStatus status = FilingStatus::declared;
  Side side = Side::seller;  // of the declarant
  OrgId declarant;
  Deal deal;  // as declared
  std::optional<std::vector<Hash32>> evidence;
  LedgerTime declared_at;
  std::int64_t declared_seq = 0;
  std::optional<LedgerTime> answered_at;  // by the other party, last
  std::optional<std::vector<Hash32>> answer_evidence;
  std::vector<Mismatch> mismatches;
  std::vector<RegNo> suspected_duplicates;  // same parties, first day and amount under other hashes
  std::optional<std::int64_t> amendments;
  std::optional<LedgerTime> changed_at;  // by an amendment, dispute, withdrawal or revocation
  std::optional<std::string> reason;     // of that
  std::optional<std::vector<Hash32>> dispute_evidence;
  std::optional<PeriodTotals> reported;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("no", self.no, Spec{"BA number"});
    visit("status", self.status, Spec{"Status"});
    visit("side", self.side, Spec{"Side of the declarant"});
    visit("declarant", self.declarant, Spec{"Who declared first"});
    visit("deal", self.deal, Spec{"The deal as declared"});
    visit("evidence", self.evidence, Spec{"The declarant's evidence"});
    visit("declared_at", self.declared_at, Spec{"Ledger time of the declaration"});
    visit("declared_seq", self.declared_seq, Spec{"Entry of the declaration"});
    visit("answered_at", self.answered_at, Spec{"Ledger time of the other party's last answer"});
    visit("answer_evidence", self.answer_evidence, Spec{"The other party's evidence"});
    visit("mismatches", self.mismatches, Spec{"Where the parties differ"});
    visit("suspected_duplicates", self.suspected_duplicates,
          Spec{"Filings of the same parties, first day and amount under other hashes"});
    visit("amendments", self.amendments, Spec{"How often the declarant amended it"});
    visit("changed_at", self.changed_at, Spec{"Ledger time of the last amendment, dispute, withdrawal or revocation"});
    visit("reason", self.reason, Spec{"Reason of that", 1, 500});
    visit("dispute_evidence", self.dispute_evidence, Spec{"Evidence of the party that disputes it"});
    visit("reported", self.reported, Spec{"What its periods come to, one figure per label"});
  }

  std::string object_id() const { return no.text; }
  static void indexes(const Filing& filing, IndexSink& sink);
  std::vector<OrgId> readers() const { return {deal.seller, deal.buyer}; }
  // Adds label, one_sided and what the filing proves.
  static void extend_json(const Filing& filing, const ReadView& view, LedgerTime now, Json& json);

  const OrgId& other_party() const { return side == Side::seller ? deal.buyer : deal.seller; }
};

// Under what heading a figure of this status stands: filed, one_sided, mismatched, disputed, withdrawn or revoked.
std::string_view volume_label(FilingStatus status);

// At most so many look-alikes are listed with a filing.
inline constexpr std::size_t kMaxLookAlikes = 16;

const Area& filing_area();

}  // namespace dengji::contracts

template <>
struct dengji::state::EnumNames<dengji::contracts::FilingTerm> {
  static constexpr std::array names{"one_off", "periodic"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FilingKind> {
  static constexpr std::array names{"dataset", "product", "api", "service"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FilingPricing> {
  static constexpr std::array names{"fixed", "per_call", "per_volume", "per_period", "revenue_share", "free"};
};
template <>
struct dengji::state::EnumNames<dengji::contracts::FilingStatus> {
  static constexpr std::array names{"declared", "confirmed", "mismatched", "disputed", "withdrawn", "revoked"};
};
