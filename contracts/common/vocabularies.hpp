// The controlled words of a registration: industries, modalities, stages, label methods. The plan's own lists, each
// word with its code (what an entry says) and its Chinese name (what people read). Codes are never renamed.
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

enum class Vocabulary : std::uint8_t { industry, modality, stage, label_method };

std::span<const Word> words(Vocabulary vocabulary);
// nullptr if the code is not in the vocabulary.
const Word* find_word(Vocabulary vocabulary, std::string_view code);
// "manufacturing, transport, …": for refusals.
std::string codes_of(Vocabulary vocabulary);

}  // namespace dengji::contracts
