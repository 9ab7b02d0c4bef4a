// The archive's manifest, as it may stand on a damaged disk or one that others can write to: any bytes give an error, or a
// manifest whose segments are in order, whose names stay inside their folder, and that reads back as it was written.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "store/archive/manifest.h"

namespace {

using namespace vg::store::archive;

void look_at_manifest(std::string_view text) {
    const auto manifest = decode(text);
    if (!manifest) return;
    for (std::size_t i = 0; i < manifest->segments.size(); ++i) {
        const SegmentFacts& facts = manifest->segments[i];
        CHECK(!facts.name.empty() && facts.name.find_first_not_of("0123456789") == std::string::npos, "a name is of digits");
        CHECK(facts.from < facts.to, "a segment covers something");
        CHECK(i == 0 || manifest->segments[i - 1].to <= facts.from, "segments are in order");
    }
    const std::string written = encode(*manifest);
    const auto again = decode(written);
    CHECK(again && encode(*again) == written, "what was read can be written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text{reinterpret_cast<const char*>(data), size};
    look_at_manifest(text);
    // With the right checksum in place of the last line, so that what is behind it is reached.
    if (text.empty() || text.back() != '\n') return 0;
    text.resize(text.find_last_of('\n', text.size() - 2) + 1);
    look_at_manifest(text + vg::format("{{\"checksum\":\"{:016x}\"}}\n", vg::hash64(text)));
    return 0;
}
