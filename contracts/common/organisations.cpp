#include "contracts/common/organisations.hpp"

#include <algorithm>
#include <array>

namespace dengji::contracts {
namespace {

constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::array<int, 17> kUsccWeights{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
constexpr std::array<int, 8> kBodyWeights{3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view kProvinces =
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82";

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// GB 11714: the nine characters of the organisation code inside a USCC; letters count A=10 … Z=35.
bool body_check_right(std::string_view nine) {
  int sum = 0;
  for (std::size_t i = 0; i < kBodyWeights.size(); ++i) {
    const char c = nine[i];
    if (!digit(c) && !upper(c)) return false;
    sum += (digit(c) ? c - '0' : c - 'A' + 10) * kBodyWeights[i];
  }
  const int check = (11 - sum % 11) % 11;
  return nine[8] == (check == 10 ? 'X' : static_cast<char>('0' + check));
}

struct Span {
  Date since;
  std::optional<Date> until;
};

bool touches(const Span& span, DayRange days) {
  return span.since <= days.to && (!span.until || *span.until >= days.from);
}

// Do the two spans share a day within `days`?
bool meet(const Span& a, const Span& b, DayRange days) {
  const Date from = std::max({a.since, b.since, days.from});
  Date to = days.to;
  if (a.until) to = std::min(to, *a.until);
  if (b.until) to = std::min(to, *b.until);
  return from <= to;
}

}  // namespace

void Org::indexes(const Org& org, IndexSink& sink) {
  sink.add("region", org.region);
  for (const Role role : org.roles) sink.add("role", name_of(role));
  for (const GroupSpan& span : org.groups) sink.add("group", span.group);
  if (org.place) sink.add("place", org.place->text);
  for (const Attestation& attestation : org.attestations) {
    sink.add("standard", attestation.standard);
    if (attestation.until) index_lapse(sink, *attestation.until);
  }
}

std::vector<Deadline> Org::deadlines(const Org& org, DeadlineCall&) {
  std::vector<Deadline> found;
  for (const Attestation& attestation : org.attestations) {
    if (attestation.until) {
      found.push_back({"attestation", attestation.from, *attestation.until, "holder", org.id, true});
    }
  }
  return found;
}

bool Org::has_role(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

const std::string* Org::group_on(Date day) const {
  for (const GroupSpan& span : groups) {
    if (touches({span.since, span.until}, {day, day})) return &span.group;
  }
  return nullptr;
}

void Key::indexes(const Key& key, IndexSink& sink) {
  sink.add("org", key.org.text);
  sink.add("status", name_of(key.status));
}

bool is_uscc(std::string_view text) {
  if (text.size() != 18) return false;
  int sum = 0;
  for (std::size_t i = 0; i < kUsccWeights.size(); ++i) {
    const auto value = kUsccAlphabet.find(text[i]);
    if (value == std::string_view::npos) return false;
    sum += static_cast<int>(value) * kUsccWeights[i];
  }
  const auto check = static_cast<std::size_t>((31 - sum % 31) % 31);
  return text[17] == kUsccAlphabet[check] && body_check_right(text.substr(8, 9));
}

bool is_org_id(std::string_view text) {
  if (!text.starts_with("F:")) return is_uscc(text);
  const auto rest = text.substr(2);
  const auto colon = rest.find(':', 3);
  return rest.size() > 4 && upper(rest[0]) && upper(rest[1]) && rest[2] == ':' && colon != std::string_view::npos &&
         colon > 3 && colon + 1 < rest.size();
}

bool is_region(std::string_view text) {
  return text.size() == 6 && std::all_of(text.begin(), text.end(), digit) &&
         (" " + std::string(kProvinces) + " ").find(" " + std::string(text.substr(0, 2)) + " ") != std::string::npos;
}

std::string_view region_group(std::string_view region) {
  if (!region.starts_with("32") || region.size() < 4) return {};
  const auto city = region.substr(0, 4);
  for (const std::string_view south : {"3201", "3202", "3204", "3205", "3211"}) {
    if (city == south) return "苏南";
  }
  for (const std::string_view middle : {"3206", "3210", "3212"}) {
    if (city == middle) return "苏中";
  }
  for (const std::string_view north : {"3203", "3207", "3208", "3209", "3213"}) {
    if (city == north) return "苏北";
  }
  return {};
}

bool same_province(std::string_view region_a, std::string_view region_b) {
  return region_a.substr(0, 2) == region_b.substr(0, 2);
}

bool related(const Org& a, const Org& b, DayRange days) {
  if (a.id == b.id) return true;
  for (const Tie& tie : a.ties) {
    if (tie.other == b.id && touches({tie.since, tie.until}, days)) return true;
  }
  for (const Tie& tie : b.ties) {
    if (tie.other == a.id && touches({tie.since, tie.until}, days)) return true;
  }
  for (const GroupSpan& mine : a.groups) {
    for (const GroupSpan& theirs : b.groups) {
      if (mine.group == theirs.group && meet({mine.since, mine.until}, {theirs.since, theirs.until}, days)) return true;
    }
  }
  return false;
}

}  // namespace dengji::contracts
