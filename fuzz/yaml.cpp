// base/yaml: hostile rules and mappings end in a value or an error, in bounded time and memory.
#include "base/yaml.h"

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16 << 10) return 0;
    const auto documents = vg::yaml::parse({reinterpret_cast<const char*>(data), size});
    if (!documents) {
        CHECK(!documents.error().text.empty(), "an error says why");
        return 0;
    }
    for (const vg::yaml::Document& document : *documents) CHECK(document.line >= 1, "lines count from 1");
    return 0;
}
