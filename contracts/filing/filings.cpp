#include "contracts/filing/filings.hpp"

#include <algorithm>
#include <array>

#include "contracts/filing/filing_acts.hpp"
#include "contracts/filing/filing_periods.hpp"
#include "crypto/base64.hpp"
#include "ledger/base/assert.hpp"

namespace dengji::contracts {
namespace {

using V = FilingVerdict;

constexpr VerdictRow row(V verdict, std::string_view slug, std::string_view en, std::string_view zh, int http = 422) {
  return {static_cast<std::uint16_t>(verdict), slug, http, en, zh};
}

constexpr std::array kVerdicts = {
    row(V::declarant_not_party, "declarant_not_party", "The declarant is not the party on the side that it names",
        "申报人不是所称一方", 403),
    row(V::not_other_party, "not_other_party", "Only the other party of the deal confirms a filing",
        "只有交易另一方可以确认备案", 403),
    row(V::party_id_form, "party_id_form", "A party's id is no valid USCC or foreign id", "交易方主体代码校验不通过"),
    row(V::already_filed, "already_filed", "This side has filed the deal already", "该方已就此交易备案"),
    row(V::confirmed_already, "confirmed_already", "The filing is confirmed already", "备案已确认"),
    row(V::subject_missing, "filing_subject_missing",
        "A filing names the registration number or the manifest root of the data", "备案须写明登记编号或清单根"),
    row(V::term_order, "filing_term_order", "The contract ends before it starts", "合同止日早于起日"),
    row(V::filing_status, "filing_status", "The filing's status does not allow this", "备案当前状态不允许此操作"),
    row(V::not_the_declarant, "not_the_declarant", "Only the party that declared the filing may do this",
        "仅申报方可以办理", 403),
    row(V::deal_identity, "filing_deal_identity", "An amendment keeps seller, buyer, contract hash and order number",
        "变更不得改动买卖双方、合同哈希与订单号"),
    row(V::confirmer_missing, "filing_confirmer_missing", "A confirmed filing is withdrawn by both parties together",
        "已确认的备案须由双方共同撤回"),
    row(V::platform_in_deal, "filing_platform_in_deal", "A platform does not decide about a filing of its own deal",
        "平台不得处理自己参与的备案", 403),
    row(V::not_deal_party, "not_deal_party", "Only the seller or the buyer of the deal may do this",
        "仅交易双方可以办理", 403),
    row(V::not_periodic, "filing_not_periodic", "Periods are reported of a periodic contract only",
        "仅持续性合同可按期申报"),
    row(V::period_order, "filing_period_order", "The period ends before it starts or is longer than 366 days",
        "期间首尾颠倒或超过366天"),
    row(V::period_outside, "filing_period_outside", "The period lies outside the contract's term", "期间超出合同期限"),
    row(V::period_not_over, "filing_period_not_over", "The period has not ended yet", "期间尚未届满"),
    row(V::period_overlaps, "filing_period_overlaps", "The period overlaps one that was reported", "与已申报期间重叠"),
    row(V::period_filed, "filing_period_filed", "This side has reported the period already, or both agree on it",
        "该方已申报此期间或双方已一致"),
};

// What two filings of one deal under different hashes would have in common.
std::string same_deal_value(const Deal& deal) {
  return deal.seller.text + "/" + deal.buyer.text + "/" + format_date(deal.starts_on) + "/" +
         std::to_string(deal.amount_fen.value());
}

const OrgId& party_on(const Deal& deal, Side side) {
  return side == Side::seller ? deal.seller : deal.buyer;
}

std::optional<std::string> text_of(const Json& object, const std::string& member) {
  const auto found = object.find(member);
  if (found == object.end()) return std::nullopt;
  return json::write_canonical(*found);
}

// The other party has spoken: confirmed if it says the same, mismatched with the members listed if not.
Verdict answer(EntryTx& tx, Filing& filing, const Deal& deal, const std::optional<std::vector<Hash32>>& evidence) {
  filing.mismatches = compare_members(to_json(filing.deal), to_json(deal));
  const FilingStatus next = filing.mismatches.empty() ? FilingStatus::confirmed : FilingStatus::mismatched;
  if (next != filing.status) tx.status(Filing::kKind, filing.no.text, name_of(filing.status), name_of(next));
  if (next == FilingStatus::mismatched) {
    std::vector<std::string> members;
    for (const Mismatch& mismatch : filing.mismatches) members.push_back(mismatch.member);
    tx.flag(Filing::kKind, filing.no.text, "mismatched", std::move(members));
  }
  filing.status = next;
  filing.answered_at = tx.context().time;
  filing.answer_evidence = evidence;
  tx.put(filing);
  about_filing(tx, filing);
  return {};
}

// Filings of the same parties, first day and amount that still stand: another hash for what may be the same deal.
std::vector<RegNo> look_alikes(const ReadView& view, const Filing& filing) {
  const std::string prefix = index_prefix(Filing::kKind, "same_deal", same_deal_value(filing.deal));
  std::vector<RegNo> found;
  view.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
    RegNo no(key.substr(prefix.size()));
    const auto other = find_object<Filing>(view, no.text);
    const bool ended = other->status == FilingStatus::withdrawn || other->status == FilingStatus::revoked;
    if (!ended && no != filing.no && other->deal.contract_hash != filing.deal.contract_hash) {
      found.push_back(std::move(no));
    }
    return found.size() < kMaxLookAlikes;
  });
  return found;
}

// The earlier filing names the new one too, while its list has room.
void name_in(EntryTx& tx, const RegNo& other, const RegNo& duplicate) {
  auto filing = tx.find<Filing>(other.text);
  LEDGER_ASSERT(filing);
  auto& list = filing->suspected_duplicates;
  if (list.size() >= kMaxLookAlikes || std::find(list.begin(), list.end(), duplicate) != list.end()) return;
  list.push_back(duplicate);
  tx.put(*filing);
}

Verdict declare_first(EntryTx& tx, const DeclareBody& body) {
  const auto declarant = tx.find<Org>(party_on(body.deal, body.side).text);
  LEDGER_ASSERT(declarant);  // the engine asked for a registered party
  auto no = tx.assign_number("BA", Filing::kKind, declarant->region);
  if (!no) return std::unexpected(std::move(no.error()));
  Filing filing{.no = *no,
                .side = body.side,
                .declarant = declarant->id,
                .deal = body.deal,
                .evidence = body.evidence,
                .declared_at = tx.context().time,
                .declared_seq = static_cast<std::int64_t>(tx.context().seq.value)};
  tx.status(Filing::kKind, no->text, "", name_of(filing.status));
  flag_look_alikes(tx, filing);
  tx.put(filing);
  tx.alias(Filing::kKind, filed_deal_key(body.deal), no->text);
  about_filing(tx, filing);
  return {};
}

Verdict apply_declare(EntryTx& tx, const DeclareBody& body) {
  const OrgId& declarant = tx.context().org("declarant");
  const OrgId& party = party_on(body.deal, body.side);
  if (declarant != party) {
    return refuse(V::declarant_not_party,
                  declarant.text + " declares as " + std::string(name_of(body.side)) + ", which is " + party.text,
                  "/body/side");
  }
  const std::string key = filed_deal_key(body.deal);
  const std::string no = resolve_alias(tx.view(), Filing::kKind, key);
  if (no == key) {
    DENGJI_TRY(check_filed_deal(body.deal));
    return declare_first(tx, body);
  }
  auto filing = tx.find<Filing>(no);
  LEDGER_ASSERT(filing);
  if (filing->side == body.side || filing->answered_at) {
    const bool open = filing->status == FilingStatus::mismatched || filing->status == FilingStatus::disputed;
    return refuse(V::already_filed,
                  "filing " + no + " is " + std::string(name_of(filing->status)) +
                      (open ? "; filing.confirm by the other party can settle it" : ""),
                  "/body/contract_hash");
  }
  DENGJI_TRY(check_filed_deal(body.deal));
  return answer(tx, *filing, body.deal, body.evidence);
}

Verdict apply_confirm(EntryTx& tx, const ConfirmBody& body) {
  auto filing = tx.find<Filing>(body.filing.text);
  if (!filing) return refuse(General::object_unknown, "filing " + body.filing.text, "/body/filing");
  const OrgId& confirmer = tx.context().org("confirmer");
  if (confirmer != filing->other_party()) {
    return refuse(V::not_other_party, "the other party of " + body.filing.text + " is " + filing->other_party().text,
                  "/parties/0/org");
  }
  if (filing->status == FilingStatus::confirmed) {
    return refuse(V::confirmed_already, "filing " + body.filing.text, "/body/filing");
  }
  DENGJI_TRY(
      check_filing_status(tx, *filing, {FilingStatus::declared, FilingStatus::mismatched, FilingStatus::disputed}));
  DENGJI_TRY(check_filed_deal(body.deal));
  return answer(tx, *filing, body.deal, body.evidence);
}

std::vector<EntryTypeInfo> make_types() {
  constexpr std::string_view kArea = "filing";
  constexpr auto kParties = Visibility::parties;
  std::vector<EntryTypeInfo> types{
      entry_type<DeclareBody, &apply_declare>(
          "filing.declare", kArea,
          {"One party declares a deal done off the platform; by the second party it is the answer",
           "一方申报场外交易备案"},
          {{{"declarant"}, 1, 1}}, kParties),
      entry_type<ConfirmBody, &apply_confirm>(
          "filing.confirm", kArea,
          {"The other party repeats the fields: confirmed if they agree, mismatched if not",
           "另一方复述要素，一致即确认"},
          {{{"confirmer"}, 1, 1}}, kParties),
  };
  add_filing_period_types(types);
  add_filing_change_types(types);
  return types;
}

}  // namespace

// Known to the ledger alone by its own parties, so that nobody else's filing of the hash stands in its way.
std::string filed_deal_key(const Deal& deal) {
  return join_key({crypto::to_b64(deal.contract_hash), deal.seller.text, deal.buyer.text,
                   deal.order_no ? std::string_view(*deal.order_no) : std::string_view()});
}

// Object and state come before time in both types; what the deal itself must fulfil is the same.
Verdict check_filed_deal(const Deal& deal) {
  if (deal.seller == deal.buyer) {
    return refuse(General::same_party, "seller and buyer are both " + deal.seller.text, "/body/buyer");
  }
  if (!is_org_id(deal.seller.text)) return refuse(V::party_id_form, deal.seller.text, "/body/seller");
  if (!is_org_id(deal.buyer.text)) return refuse(V::party_id_form, deal.buyer.text, "/body/buyer");
  if (!deal.registration && !deal.manifest_root) {
    return refuse(V::subject_missing, "give registration, or manifest_root for data that is not registered", "/body");
  }
  if (deal.ends_on && *deal.ends_on < deal.starts_on) {
    return refuse(V::term_order, format_date(deal.starts_on) + " to " + format_date(*deal.ends_on), "/body/ends_on");
  }
  return {};
}

// Member by member, in the order of their names.
std::vector<Mismatch> compare_members(const Json& ours, const Json& theirs) {
  std::vector<std::string> members;
  for (const auto& item : ours.items()) members.push_back(item.key());
  for (const auto& item : theirs.items()) members.push_back(item.key());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  std::vector<Mismatch> differences;
  for (std::string& member : members) {
    auto mine = text_of(ours, member);
    auto other = text_of(theirs, member);
    if (mine != other) differences.push_back({std::move(member), std::move(mine), std::move(other)});
  }
  return differences;
}

void about_filing(EntryTx& tx, const Filing& filing) {
  tx.subject(Filing::kKind, filing.no.text);
  tx.reader(filing.deal.seller);
  tx.reader(filing.deal.buyer);
}

Verdict check_filing_status(const EntryTx& tx, const Filing& filing, std::initializer_list<FilingStatus> allowed) {
  if (std::find(allowed.begin(), allowed.end(), filing.status) != allowed.end()) return {};
  std::string names;
  for (const FilingStatus status : allowed) names.append(names.empty() ? "" : " or ").append(name_of(status));
  return refuse(V::filing_status,
                "filing " + filing.no.text + " is " + std::string(name_of(filing.status)) + "; " +
                    std::string(tx.context().type) + " needs " + names,
                "/body/filing");
}

void flag_look_alikes(EntryTx& tx, Filing& filing) {
  filing.suspected_duplicates = look_alikes(tx.view(), filing);
  if (filing.suspected_duplicates.empty()) return;
  std::vector<std::string> members;
  for (const RegNo& other : filing.suspected_duplicates) {
    members.push_back(other.text);
    name_in(tx, other, filing.no);
  }
  tx.flag(Filing::kKind, filing.no.text, "suspected_duplicate", std::move(members));
}

std::string_view volume_label(FilingStatus status) {
  if (status == FilingStatus::declared) return "one_sided";
  return status == FilingStatus::confirmed ? "filed" : name_of(status);
}

void Filing::indexes(const Filing& filing, IndexSink& sink) {
  sink.add("seller", filing.deal.seller.text);
  sink.add("buyer", filing.deal.buyer.text);
  sink.add("status", name_of(filing.status));
  sink.add("same_deal", same_deal_value(filing.deal));
  sink.add("contract_hash", crypto::to_b64(filing.deal.contract_hash));
}

void Filing::extend_json(const Filing& filing, const ReadView&, LedgerTime, Json& json) {
  json["label"] = std::string(volume_label(filing.status));
  json["one_sided"] = filing.status == FilingStatus::declared;
  json["proves"] =
      "that these parties declared these hashes at this time, not delivery or title / "
      "仅证明双方在该时间申报了这些哈希，"
      "不证明交付或权属";
}

const Area& filing_area() {
  static const std::vector<EntryTypeInfo> types = make_types();
  static const std::vector<ObjectKindInfo> kinds{
      object_kind<Filing>("filings", {"Filings of deals done off the platform, by BA number", "备案"},
                          Visibility::parties,
                          {{"seller", "Seller"},
                           {"buyer", "Buyer"},
                           {"status", "declared, confirmed, mismatched, disputed, withdrawn or revoked"},
                           {"same_deal", "<seller>/<buyer>/<first day>/<amount in fen>"},
                           {"contract_hash", "SHA-256 of the contract, whoever filed it"}}),
      object_kind<FilingPeriod>(
          "filing_periods", {"Periods of filed contracts, by BA number and first day", "按期申报"}, Visibility::parties,
          {{"filing", "BA number"},
           {"seller", "Seller"},
           {"buyer", "Buyer"},
           {"status", "declared, confirmed or mismatched"}}),
  };
  static const Area area{"filing", 700, types, kinds, kVerdicts};
  return area;
}

}  // namespace dengji::contracts
