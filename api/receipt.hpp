// A receipt on the wire, as JSON and as a C2SP tlog-proof:
//   {"seq","entry_id","leaf_hash","inclusion":[…],"checkpoint":"<signed note>","leaf":{…}}
// The leaf stands in it byte for byte as it was hashed.
#pragma once

#include <string>

#include "api/ports.hpp"

namespace dengji::api {

std::string receipt_json(const Receipt& receipt);
std::string receipt_text(const Receipt& receipt);

// `text` as a JSON string, quotes included. The text must be valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace dengji::api
