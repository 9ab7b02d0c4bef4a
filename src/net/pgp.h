// OpenPGP (RFC 4880): a public key that came from outside, and what is encrypted to it. Parsing and cryptography are librnp's. Any thread.
//
//   const PgpKey key = TRY(read_pgp_key(bytes, now));       // its fingerprint is what people compare
//   const std::string armoured = TRY(pgp_encrypted(text, bytes));
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace vg::net {

struct PgpKey {
    std::string fingerprint;  // 40 hex digits in capitals
    std::string user;         // "Trực ban <truc@don-vi.example>", as the key says; may be empty
};
inline constexpr std::size_t kMostPgpKey = std::size_t{64} << 10;  // bytes

// Exactly one public key, armoured. Code::bad_input: it is none, holds a secret, is several, is revoked or over at that time, or cannot
// encrypt.
Result<PgpKey> read_pgp_key(std::string_view bytes, Time now);

// Armoured, to the key's own part for encryption. The same text gives other bytes each time.
Result<std::string> pgp_encrypted(std::string_view text, std::string_view key);

}  // namespace vg::net
