#include "access/totp.h"

#include <liboath/oath.h>

#include <array>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"

namespace vg::access::totp {

namespace {

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos)
            out += c;
        else
            out += format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return out;
}

}  // namespace

std::string make_secret(Random& random) {
    std::string secret(20, '\0');
    random.fill(reinterpret_cast<std::uint8_t*>(secret.data()), secret.size());
    return secret;
}

std::string to_base32(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 5; bits -= 5) out += kAlphabet[(held >> (bits - 5)) & 31];
    }
    if (bits > 0) out += kAlphabet[(held << (5 - bits)) & 31];
    return out;
}

std::string code_at(std::string_view secret, std::int64_t step, int digits) {
    CHECK(digits >= 6 && digits <= 8, "liboath knows 6 to 8 digits");
    std::array<char, 10> code{};
    const int answer = oath_hotp_generate(secret.data(), secret.size(), static_cast<std::uint64_t>(step), static_cast<unsigned>(digits), false,
                                          OATH_HOTP_DYNAMIC_TRUNCATION, code.data());
    CHECK(answer == OATH_OK, "a code can be computed from any secret");
    return code.data();
}

std::optional<std::int64_t> step_of(std::string_view secret, std::string_view code, Time now, std::int64_t last_used) {
    std::string digits;
    for (const char c : code.substr(0, 16))
        if (c != ' ') digits += c;
    if (digits.size() != 6) return std::nullopt;
    const std::int64_t present = now.micros / 1'000'000 / kStep;
    std::optional<std::int64_t> found;
    for (std::int64_t step = present - 1; step <= present + 1; ++step)
        if (step >= 0 && step > last_used && equal_in_constant_time(code_at(secret, step), digits)) found = step;
    return found;
}

std::string uri(std::string_view issuer, std::string_view name, std::string_view secret) {
    return format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period={}", percent_encode(issuer), percent_encode(name),
                  to_base32(secret), percent_encode(issuer), kStep);
}

}  // namespace vg::access::totp
