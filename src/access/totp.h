// Time-based one-time passwords (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits), by liboath. Pure; called by accounts and gate.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"

namespace vg::access::totp {

inline constexpr std::int64_t kStep = 30;  // seconds

std::string make_secret(Random& random);  // 20 bytes, as RFC 4226 section 4 advises for SHA-1
std::string to_base32(std::string_view bytes);  // RFC 4648 section 6, without padding
// The code of one step (seconds since 1970 / 30).
std::string code_at(std::string_view secret, std::int64_t step, int digits = 6);
// The step whose code this is: the present one, or one before or after (clocks differ). Steps up to `last_used` do not
// count, so that a code that was seen is worth nothing. Spaces in the code are ignored.
std::optional<std::int64_t> step_of(std::string_view secret, std::string_view code, Time now, std::int64_t last_used);
// "otpauth://totp/ISSUER:NAME?secret=...": what authenticator programs read from a QR code.
std::string uri(std::string_view issuer, std::string_view name, std::string_view secret);

}  // namespace vg::access::totp
