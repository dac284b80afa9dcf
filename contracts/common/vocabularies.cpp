#include "contracts/common/vocabularies.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dengji::contracts {
namespace {

constexpr std::array kIndustries = {
    Word{"manufacturing", "Industrial manufacturing", "工业制造"},
    Word{"transport", "Transport", "交通运输"},
    Word{"finance", "Financial services", "金融服务"},
    Word{"health", "Health care", "医疗健康"},
    Word{"green", "Green and low-carbon", "绿色低碳"},
    Word{"city_governance", "City governance", "城市治理"},
    Word{"low_altitude", "Low-altitude economy", "低空经济"},
    Word{"embodied_ai", "Embodied intelligence", "具身智能"},
    Word{"smart_driving", "Intelligent driving", "智能驾驶"},
    Word{"smart_ocean", "Smart ocean", "智慧海洋"},
    Word{"biomanufacturing", "Biomanufacturing", "生物制造"},
    Word{"agriculture", "Agriculture and villages", "农业农村"},
    Word{"science", "Scientific research", "科学研究"},
    Word{"education", "Education", "教育教学"},
    Word{"culture_tourism", "Culture and tourism", "文化旅游"},
    Word{"government", "Government services", "政务服务"},
    Word{"social_security", "Social security", "社会保障"},
    Word{"environment", "Environmental protection", "生态环保"},
    Word{"credit", "Credit system", "信用体系"},
    Word{"safety", "Work safety", "安全生产"},
    Word{"other", "Other", "其他"},
};

constexpr std::array kModalities = {
    Word{"text", "Text", "文本"},
    Word{"image", "Images", "图像"},
    Word{"video", "Video", "视频"},
    Word{"audio", "Speech and sound", "语音"},
    Word{"point_cloud", "Point clouds", "点云"},
    Word{"tabular", "Tables", "表格"},
    Word{"time_series", "Time series", "时序"},
    Word{"geospatial", "Geospatial data", "地理空间"},
    Word{"graph", "Graphs", "图结构"},
    Word{"multimodal", "Several, aligned", "多模态"},
    Word{"other", "Other", "其他"},
};

constexpr std::array kStages = {
    Word{"pre_training", "Pre-training", "预训练"},
    Word{"instruction_tuning", "Instruction tuning", "指令微调"},
    Word{"evaluation", "Evaluation", "评测"},
    Word{"other", "Other", "其他"},
};

constexpr std::array kLabelMethods = {
    Word{"manual", "Manual", "人工标注"},
    Word{"automatic", "Automatic", "自动标注"},
    Word{"4d", "4D", "4D 标注"},
    Word{"synthetic", "Synthetic data", "数据合成"},
    Word{"expert", "By experts", "专家标注"},
    Word{"chain_of_thought", "Chain of thought", "思维链标注"},
    Word{"other", "Other", "其他"},
};

constexpr std::array kCategories = {
    Word{"general", "General knowledge", "通识"},
    Word{"industry_general", "General knowledge of an industry", "行业通识"},
    Word{"industry_special", "Special knowledge of an industry", "行业专识"},
};

constexpr std::array kSupplyModes = {
    Word{"assured", "Assured", "保障"},
    Word{"custom", "Custom", "定制"},
    Word{"catalogue", "Catalogue", "电商"},
    Word{"paired", "Paired", "结对子"},
};

}  // namespace

std::span<const Word> words(Vocabulary vocabulary) {
  switch (vocabulary) {
    case Vocabulary::industry:
      return kIndustries;
    case Vocabulary::modality:
      return kModalities;
    case Vocabulary::stage:
      return kStages;
    case Vocabulary::label_method:
      return kLabelMethods;
    case Vocabulary::category:
      return kCategories;
    case Vocabulary::supply_mode:
      return kSupplyModes;
    case Vocabulary::purpose:
      return {};
  }
  std::unreachable();
}

bool is_fixed(Vocabulary vocabulary) {
  return vocabulary == Vocabulary::category || vocabulary == Vocabulary::supply_mode;
}

const Word* find_word(Vocabulary vocabulary, std::string_view code) {
  const auto all = words(vocabulary);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Word& word) { return word.code == code; });
  return found == all.end() ? nullptr : &*found;
}

std::string codes_of(Vocabulary vocabulary) {
  std::string text;
  for (const Word& word : words(vocabulary)) text.append(text.empty() ? "" : ", ").append(word.code);
  return text;
}

}  // namespace dengji::contracts
