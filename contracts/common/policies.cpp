#include "contracts/common/policies.hpp"

#include <algorithm>

#include "contracts/common/policy_directory.hpp"

namespace dengji::contracts {
namespace {

// The version of each code whose first day has come and that no later one has taken over; then the smallest code that
// is still in force.
std::optional<std::string> pick(const std::vector<PolicySpan>& spans, Date day) {
  const PolicySpan* best = nullptr;
  const auto in_force = [day](const PolicySpan& span) { return !span.to || *span.to >= day; };
  for (std::size_t i = 0; i < spans.size();) {
    const PolicySpan* latest = nullptr;
    const std::string& code = spans[i].code;
    for (; i < spans.size() && spans[i].code == code; ++i) {
      if (spans[i].from <= day) latest = &spans[i];
    }
    if (latest && in_force(*latest)) {
      best = latest;
      break;
    }
  }
  if (!best) return std::nullopt;
  return best->rule();
}

std::vector<PolicySpan> directory(const ReadView& view, const std::string& key) {
  const auto bytes = view.get(key);
  return bytes ? decode<PolicyDirectory>(*bytes).spans : std::vector<PolicySpan>{};
}

}  // namespace

void Policy::indexes(const Policy& policy, IndexSink& sink) {
  sink.add("kind", name_of(policy.kind));
  sink.add("code", policy.code);
  sink.add("jurisdiction", policy.jurisdiction);
}

std::string policy_kind_key(PolicyKind kind, std::string_view jurisdiction) {
  return join_key({"policy", "kind", name_of(kind), jurisdiction});
}

std::string policy_code_key(std::string_view code) {
  return join_key({"policy", "code", code});
}

std::vector<PolicySpan> policy_versions(const ReadView& view, std::string_view code) {
  return directory(view, policy_code_key(code));
}

void add_policy_span(EntryTx& tx, const std::string& key, const PolicySpan& span) {
  PolicyDirectory all{directory(tx.view(), key)};
  const auto place = std::upper_bound(all.spans.begin(), all.spans.end(), span);
  all.spans.insert(place, span);
  tx.put_raw(key, encode(all));
}

std::optional<Policy> policy_in_force(const ReadView& view, PolicyKind kind, std::string_view region, Date day) {
  std::string tried;
  // The district's, the city's, the province's.
  for (const std::size_t digits : {std::size_t{6}, std::size_t{4}, std::size_t{2}}) {
    std::string jurisdiction(region.substr(0, digits));
    jurisdiction.resize(6, '0');
    if (jurisdiction == tried) continue;
    if (const auto rule = pick(directory(view, policy_kind_key(kind, jurisdiction)), day)) {
      return policy_by_rule(view, *rule);
    }
    tried = std::move(jurisdiction);
  }
  return std::nullopt;
}

std::optional<Policy> policy_version_on(const ReadView& view, std::string_view code, Date day) {
  const auto rule = pick(policy_versions(view, code), day);
  return rule ? policy_by_rule(view, *rule) : std::nullopt;
}

std::optional<Policy> policy_by_rule(const ReadView& view, std::string_view rule) {
  return find_object<Policy>(view, rule);
}

TimeLimits time_limits_on(const ReadView& view, std::string_view region, Date day) {
  const auto policy = policy_in_force(view, PolicyKind::time_limits, region, day);
  return policy ? *policy->time_limits : TimeLimits{};
}

}  // namespace dengji::contracts
