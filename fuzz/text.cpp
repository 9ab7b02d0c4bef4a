// base/text, time, ip, bytes: no crash on any bytes, and the laws that their comments state.
#include "base/text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/ip.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 64 << 10) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string valid = vg::to_valid_utf8(text);
    CHECK(vg::is_utf8(valid), "repair gives UTF-8");
    const std::string normal = vg::nfc(valid);
    CHECK(vg::is_nfc(normal) && vg::nfc(normal) == normal, "NFC is idempotent");
    CHECK(vg::fold(vg::fold(valid)) == vg::fold(valid), "folding is idempotent");
    CHECK(vg::is_utf8(vg::from_utf16(text)) && vg::is_utf8(vg::from_utf16(text, true)), "UTF-16 becomes UTF-8");
    CHECK(vg::from_utf16(vg::to_utf16le(valid)) == valid, "UTF-8 to UTF-16 and back");
    CHECK(vg::from_base64(vg::to_base64(text)).value() == text && vg::from_base64(vg::to_base64url(text)).value() == text, "base64 and back");
    CHECK(vg::from_hex(vg::to_hex(text)).value() == text, "hexadecimal and back");
    (void)vg::from_base64(text);
    if (const auto time = vg::parse_time(text)) CHECK(vg::parse_time(vg::to_rfc3339(*time)) == time, "a time and back");
    (void)vg::parse_time(text, "Asia/Ho_Chi_Minh");
    if (const auto address = vg::parse_address(text)) CHECK(vg::parse_address(address->text()) == address, "an address and back");
    if (const auto network = vg::parse_network(text)) CHECK(vg::parse_network(network->text()) == network, "a network and back");
    CHECK(vg::shorten(valid, 10).size() <= 13, "shortened");
    (void)vg::parse_span(text);
    return 0;
}
