// base/json: what is parsed can be written, and what is written parses to the same value.
#include "base/json.h"

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto value = vg::json::parse(text, {.depth = 32, .bytes = 1 << 20});
    if (!value) return 0;
    const std::string written = value->dump();
    const auto again = vg::json::parse(written, {.depth = 32, .bytes = 8 << 20});
    CHECK(again, "our own JSON parses");
    CHECK(again->dump() == written, "writing is stable");
    CHECK(vg::json::parse(value->pretty(), {.depth = 32, .bytes = 64 << 20}).value().dump() == written, "pretty text holds the same value");
    return 0;
}
