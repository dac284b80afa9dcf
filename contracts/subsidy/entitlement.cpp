#include "contracts/subsidy/entitlement.hpp"

#include <algorithm>
#include <string>

namespace dengji::contracts {
namespace {

using Wide = __int128;

Fen saturated(Wide value) {
  return Fen(static_cast<std::int64_t>(std::min<Wide>(value, kMaxSafeInteger)));
}

// Parts per million of a fen: what tiers and bonus add up to before the one rounding.
struct Exact {
  Wide numerator = 0;

  std::string decimals() const {  // "699999.99"; empty if whole
    const auto rest = static_cast<std::int64_t>(numerator % kWholePpm);
    if (rest == 0) return {};
    std::string digits = std::to_string(kWholePpm + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    return std::to_string(static_cast<std::int64_t>(saturated(numerator / kWholePpm).value())) + "." + digits;
  }
};

WorkingStep rated(std::string step, Fen base, std::int64_t ppm, Exact exact) {
  WorkingStep made{
      .step = std::move(step), .base_fen = base, .ppm = ppm, .fen = saturated(exact.numerator / kWholePpm)};
  if (std::string text = exact.decimals(); !text.empty()) made.note = std::move(text);
  return made;
}

// Adds each part to `steps` if there are any to fill.
class Calculation {
 public:
  Calculation(const EntitlementTerms& terms, const BaseSum& sum, std::vector<WorkingStep>* steps)
      : terms_(terms), sum_(sum), steps_(steps) {}

  Fen run() {
    show({.step = "base", .fen = sum_.base});
    if (sum_.base < terms_.line.threshold_fen) {
      show({.step = "threshold", .base_fen = terms_.line.threshold_fen, .fen = Fen(0)});
      return Fen(0);
    }
    if (terms_.line.base == SubsidyBase::fixed) {
      total_.numerator = static_cast<Wide>(sum_.base.value()) * kWholePpm;
    } else {
      add_tiers();
      add_bonus();
    }
    return floor_and_cap(rounded());
  }

 private:
  void show(WorkingStep step) {
    if (steps_) steps_->push_back(std::move(step));
  }

  void add_tiers() {
    Fen below;
    for (const Tier& tier : terms_.line.tiers) {
      const Fen upto = tier.upto_fen ? std::min(*tier.upto_fen, sum_.base) : sum_.base;
      if (upto <= below) break;
      const Fen part(upto.value() - below.value());
      const Exact exact{static_cast<Wide>(part.value()) * tier.ppm};
      total_.numerator += exact.numerator;
      show(rated("tier", part, tier.ppm, exact));
      below = upto;
    }
  }

  void add_bonus() {
    const std::int64_t ppm = terms_.line.cross_province_bonus_ppm;
    if (ppm == 0 || sum_.cross == Fen(0)) return;
    const Exact exact{static_cast<Wide>(sum_.cross.value()) * ppm};
    total_.numerator += exact.numerator;
    show(rated("cross_province", sum_.cross, ppm, exact));
  }

  // Tiers, bonus and share go into this one rounding of the total.
  Fen rounded() {
    Wide denominator = kWholePpm;
    if (terms_.share_ppm != kWholePpm) {
      show({.step = "share", .ppm = terms_.share_ppm, .fen = saturated(total_.numerator / kWholePpm)});
      total_.numerator *= terms_.share_ppm;
      denominator *= kWholePpm;
    }
    const Fen fen =
        rounded_quotient(total_.numerator, denominator, terms_.line.rounding).value_or(Fen(kMaxSafeInteger));
    show({.step = "rounded", .fen = fen});
    return fen;
  }

  Fen floor_and_cap(Fen fen) {
    if (fen > Fen(0) && fen < terms_.line.floor_fen) {
      fen = terms_.line.floor_fen;
      show({.step = "floor", .fen = fen});
    }
    if (terms_.cap && fen > *terms_.cap) {
      fen = *terms_.cap;
      show({.step = "cap", .fen = fen});
    }
    return fen;
  }

  const EntitlementTerms& terms_;
  const BaseSum& sum_;
  std::vector<WorkingStep>* steps_;
  Exact total_;
};

}  // namespace

void BaseSum::add(Fen amount, bool cross_province) {
  base = saturated(static_cast<Wide>(base.value()) + amount.value());
  if (cross_province) cross = saturated(static_cast<Wide>(cross.value()) + amount.value());
}

Fen entitlement(const EntitlementTerms& terms, const BaseSum& sum) {
  return Calculation(terms, sum, nullptr).run();
}

std::vector<WorkingStep> entitlement_steps(const EntitlementTerms& terms, const BaseSum& sum) {
  std::vector<WorkingStep> steps;
  Calculation(terms, sum, &steps).run();
  return steps;
}

}  // namespace dengji::contracts
