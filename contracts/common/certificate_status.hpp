// Writing the certificate status list (layout: contracts/certification/certification.hpp). Used by whatever changes a
// certificate.
#pragma once

#include "contracts/certification/certification.hpp"

namespace dengji::contracts {

// Index of the new certificate, which starts as valid.
std::int64_t append_to_status_list(EntryTx& tx);
void set_in_status_list(EntryTx& tx, std::int64_t index, CertificateStatus status);

}  // namespace dengji::contracts
