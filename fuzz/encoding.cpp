// Text of strangers in an encoding that is found or declared: what comes is UTF-8 in NFC, and reading it once more changes nothing.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "tables/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto try_out = [&](const tables::DecodeOptions& options) {
        const auto decoded = tables::to_text(bytes, options);
        if (!decoded) {
            CHECK(!decoded.error().text.empty() && is_utf8(decoded.error().text), "a refusal has a reason that can be shown");
            return;
        }
        CHECK(is_utf8(decoded->text) && is_nfc(decoded->text), "the text is UTF-8 in NFC");
        CHECK(decoded->text.find('\0') == std::string::npos, "text has no NUL");
        CHECK(!options.declared || decoded->encoding == *options.declared, "what is declared holds");
        CHECK(decoded->certainty > 0 && decoded->certainty <= 1, "certainty is a share");
        CHECK(decoded->replaced == 0 || decoded->first_replaced < bytes.size(), "the first that was replaced is in the bytes");
        CHECK(decoded->grounds != tables::Grounds::counted || decoded->replaced == 0, "nothing is replaced where the encoding was counted out");
        if (decoded->text.starts_with("\xEF\xBB\xBF")) return;  // a second mark
        const auto again = tables::to_text(decoded->text, {.declared = tables::Encoding::utf8});
        CHECK(again && again->text == decoded->text && again->replaced == 0, "text is read as it was given");
    };
    try_out({});
    for (const tables::Encoding encoding : tables::kEncodings) try_out({.declared = encoding});
    return 0;
}
