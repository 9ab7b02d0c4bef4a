// Signatures of papers that were signed elsewhere, with a token or a card: CMS (RFC 5652), detached, attached, or inside of a PDF
// (ISO 32000-1, section 12.8: the bytes of /ByteRange under the CMS of /Contents). What could be checked is told, and what could not:
// without the CA's certificates the chain is unknown, without revocation lists nobody knows whether a certificate was withdrawn.
// Pure but for the files of SignatureTrust; hostile input; any thread.
//
//   const SignatureCheck check = TRY(reports::check_detached(bytes, p7s, trust, now));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace vg::reports {

struct SignatureTrust {
    std::string ca_file;   // PEM with the CAs whose signatures count; empty: the chain is not checked
    std::string crl_file;  // PEM with their revocation lists; empty: revocation is not checked
};

struct SignatureCheck {
    std::string form;                      // "cms", "pdf", "none": the file bears no signature that can be checked, such as a scan
    std::vector<std::string> signers;      // "CN=Nguyễn Văn An,O=Sở KH&CN"
    std::optional<Time> claimed;           // when it was signed, as the signer's machine says
    bool chain_checked = false, revocation_checked = false;
    bool whole = true;                     // of a PDF: nothing stands behind what was signed
};
json::Value to_json(const SignatureCheck& check);

// Code::bad_input: no CMS, or it does not fit the bytes; denied: the chain does not end at a CA of the trust, or a certificate was withdrawn or
// was not valid at `now`; unavailable: a file of the trust cannot be read.
Result<SignatureCheck> check_detached(std::string_view bytes, std::string_view cms, const SignatureTrust& trust, Time now);
// A file that somebody uploads as the signed paper. A PDF without a signature and a DOCX give form "none".
Result<SignatureCheck> check_file(std::string_view file, const SignatureTrust& trust, Time now);

// What the bytes are by their beginning: "application/pdf", the type of DOCX, "application/pkcs7-mime", "image/png", "image/jpeg"; empty: none of these.
std::string media_of(std::string_view bytes);

}  // namespace vg::reports
