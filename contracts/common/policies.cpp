#include "contracts/common/policies.hpp"

#include <algorithm>

#include "contracts/common/policy_directory.hpp"

namespace dengji::contracts {
namespace {

// The version of each code whose first day has come and that no later one has taken over, if it is still in force; by
// code.
std::vector<std::string> rules_in_force(const std::vector<PolicySpan>& spans, Date day, std::size_t most) {
  std::vector<std::string> rules;
  const auto in_force = [day](const PolicySpan& span) { return !span.to || *span.to >= day; };
  for (std::size_t i = 0; i < spans.size() && rules.size() < most;) {
    const PolicySpan* latest = nullptr;
    const std::string& code = spans[i].code;
    for (; i < spans.size() && spans[i].code == code; ++i) {
      if (spans[i].from <= day) latest = &spans[i];
    }
    if (latest && in_force(*latest)) rules.push_back(latest->rule());
  }
  return rules;
}

// The smallest code's.
std::optional<std::string> pick(const std::vector<PolicySpan>& spans, Date day) {
  auto rules = rules_in_force(spans, day, 1);
  if (rules.empty()) return std::nullopt;
  return std::move(rules.front());
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
  if (policy.subsidy_line && policy.subsidy_line->joint_cap) {
    sink.add("joint_cap", policy.subsidy_line->joint_cap->code);
  }
  if (const auto last = policy.last_day()) index_lapse(sink, *last);
  if (policy.measure) index_lapse(sink, policy.measure->by);
  if (!policy.subsidy_line) return;
  if (policy.subsidy_line->window_to) index_lapse(sink, *policy.subsidy_line->window_to);
  // Of the years, each has its own last day.
  if (policy.subsidy_line->claim_deadline_days) index_open(sink);
}

std::optional<Date> Policy::last_day() const {
  if (!retired_to) return effective_to;
  return effective_to ? std::min(*effective_to, *retired_to) : retired_to;
}

std::string_view Policy::topic() const {
  return vocabulary ? name_of(vocabulary->name) : std::string_view();
}

std::string policy_kind_key(PolicyKind kind, std::string_view jurisdiction, std::string_view topic) {
  if (topic.empty()) return join_key({"policy", "kind", name_of(kind), jurisdiction});
  return join_key({"policy", "kind", name_of(kind), jurisdiction, topic});
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

void end_policy_span(EntryTx& tx, const std::string& key, const PolicySpan& span, Date last) {
  PolicyDirectory all{directory(tx.view(), key)};
  const auto same = [&](const PolicySpan& one) { return one.code == span.code && one.version == span.version; };
  if (last < span.from) {
    std::erase_if(all.spans, same);
  } else {
    for (PolicySpan& one : all.spans) {
      if (same(one)) one.to = last;
    }
  }
  tx.put_raw(key, encode(all));
}

std::optional<Policy> policy_in_force(const ReadView& view, PolicyKind kind, std::string_view region, Date day,
                                      std::string_view topic) {
  std::string tried;
  // The district's, the city's, the province's.
  for (const std::size_t digits : {std::size_t{6}, std::size_t{4}, std::size_t{2}}) {
    std::string jurisdiction(region.substr(0, digits));
    jurisdiction.resize(6, '0');
    if (jurisdiction == tried) continue;
    if (const auto rule = pick(directory(view, policy_kind_key(kind, jurisdiction, topic)), day)) {
      return policy_by_rule(view, *rule);
    }
    tried = std::move(jurisdiction);
  }
  return std::nullopt;
}

std::vector<Policy> policies_in_force(const ReadView& view, PolicyKind kind, std::string_view jurisdiction, Date day) {
  std::vector<Policy> policies;
  const auto spans = directory(view, policy_kind_key(kind, jurisdiction));
  for (const std::string& rule : rules_in_force(spans, day, spans.size())) {
    policies.push_back(*policy_by_rule(view, rule));
  }
  return policies;
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
