// The controlled words of registrations and trades as the plan itself lists them: version 0, which holds until a policy
// of kind vocabulary says otherwise (reference_policies.hpp). Each word has its code (what an entry says) and its names
// (what people read). Codes are never renamed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dengji::contracts {

struct Word {
  std::string_view code;
  std::string_view en;
  std::string_view zh;
};

enum class Vocabulary : std::uint8_t { industry, modality, stage, label_method, category, supply_mode, purpose };

// Purposes have none: any text is one, until a policy lists them.
std::span<const Word> words(Vocabulary vocabulary);
// Its words are members of entry bodies: a policy can rename and narrow them, not add any.
bool is_fixed(Vocabulary vocabulary);
// nullptr if the code is not in the vocabulary.
const Word* find_word(Vocabulary vocabulary, std::string_view code);
// "manufacturing, transport, …": for refusals.
std::string codes_of(Vocabulary vocabulary);

}  // namespace dengji::contracts
