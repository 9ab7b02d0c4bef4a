// ingest/frames/json_objects: objects are the same however the bytes are cut into pieces, and what is JSON one after
// another comes out whole.
#include <string>

#include "base/check.h"
#include "ingest/frames/json_objects.h"

namespace {

constexpr std::size_t kMostObject = 64;

std::string objects_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::JsonObjects objects{kMostObject, [&](const vg::ingest::JsonObjects::Object& object) {
                                        CHECK(object.text.size() <= kMostObject, "no object is longer than the bound");
                                        CHECK(object.too_long || (object.text.front() == '{' && object.text.size() >= 2), "an object begins with a brace");
                                        out += std::to_string(object.number) + (object.too_long ? "!" : ":" + std::string{object.text}) + "\x1e";
                                        return true;
                                    }};
    for (std::size_t i = 0; i < text.size(); i += step)
        if (!objects.feed(text.substr(i, step))) return out + "error";
    return objects.finish() ? out : out + "incomplete";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string whole = objects_of(text, 4096);
    CHECK(whole == objects_of(text, 1) && whole == objects_of(text, 7), "pieces do not matter");
    return 0;
}
