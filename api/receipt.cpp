#include "api/receipt.hpp"

#include "crypto/base64.hpp"
#include "ledger/merkle/tlog_proof.hpp"

namespace dengji::api {

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out.append("\\u00");
          out += kDigits[static_cast<unsigned char>(c) >> 4];
          out += kDigits[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::string receipt_json(const Receipt& receipt) {
  std::string out;
  out.reserve(receipt.leaf.size() + receipt.checkpoint->note.size() + 64 + receipt.inclusion.size() * 46 + 256);
  out.append(R"({"seq":)").append(std::to_string(receipt.seq.value));
  out.append(R"(,"entry_id":")").append(crypto::to_b64(receipt.entry_id));
  out.append(R"(","leaf_hash":")").append(crypto::to_b64(receipt.leaf_hash));
  out.append(R"(","inclusion":[)");
  for (std::size_t i = 0; i < receipt.inclusion.size(); ++i) {
    out.append(i == 0 ? "\"" : ",\"").append(crypto::to_b64(receipt.inclusion[i])).append("\"");
  }
  out.append(R"(],"checkpoint":)");
  append_json_string(out, receipt.checkpoint->note);
  out.append(R"(,"leaf":)").append(receipt.leaf).append("}");
  return out;
}

std::string receipt_text(const Receipt& receipt) {
  return merkle::write_tlog_proof({.extra = receipt.leaf,
                                   .index = receipt.seq.value,
                                   .hashes = receipt.inclusion,
                                   .checkpoint = receipt.checkpoint->note});
}

}  // namespace dengji::api
