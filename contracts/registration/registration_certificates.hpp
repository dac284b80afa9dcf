// What a change of a registration does to the certificate over it, and how long a certificate serves trades that were
// agreed before. Here because both areas are concerned: registration decides, certification keeps the record.
#pragma once

#include <string_view>

#include "contracts/certification/certification.hpp"

namespace dengji::contracts {

// After a transfer: the live certificate reads replaced, and one with a number of its own takes its place for the new
// holder, of the same scope, grade, standing and last day. Where the new holder is related to who issued it there is
// none until another platform issues one. `dataset` has its new holder; its `certificate` changes, the caller puts it.
Verdict replace_certificate(EntryTx& tx, Dataset& dataset, const Org& holder);
// After a cancellation or revocation: the latest certificate ends as the registration did. A revoked one stays so.
Verdict end_certificate(EntryTx& tx, const Dataset& dataset, CertificateStatus to, std::string_view reason);
// After the registration's last day came nearer: the live certificate ends no later, or is cancelled if it had still to
// begin then.
Verdict shorten_certificate(EntryTx& tx, const Dataset& dataset);

// May a trade agreed at `agreed` still be delivered or used at `at`? In force, or it ended after the agreement because
// its registration was transferred or cancelled: then what was agreed runs off, to the certificate's last day.
bool certificate_serves_trade(const ReadView& view, const Certificate& certificate, LedgerTime agreed, LedgerTime at);

}  // namespace dengji::contracts
