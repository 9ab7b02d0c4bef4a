// Manifests and the description of a backup's key, as they may stand on a disk that others can write to: any bytes give an
// error, or a snapshot whose paths stay inside a data folder and that reads back as it was written.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/json.h"
#include "store/backup/seal.h"
#include "store/backup/snapshot.h"

namespace {

using namespace vg::store::backup;

void look(std::string_view text) {
    const auto snapshot = parse_manifest(text, Seal::plain());
    if (!snapshot) return;
    for (const Entry& entry : snapshot->entries) {
        CHECK(is_safe_path(entry.path), "no manifest names a path outside");
        CHECK(entry.path.find("..") == std::string::npos || !entry.path.starts_with(".."), "no way up");
    }
    const auto again = parse_manifest(manifest_text(*snapshot, Seal::plain()), Seal::plain());
    CHECK(again && again->entries == snapshot->entries && again->rows == snapshot->rows && again->end == snapshot->end, "what was read can be written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    look(text);
    auto value = vg::json::parse(text, {.depth = 8, .bytes = 1 << 20});
    if (!value || !value->is_object()) return 0;
    (void)Seal::open(*value, std::nullopt);
    // With the right sum, so that what is behind it is reached.
    std::erase_if(value->as_object(), [](const vg::json::Member& member) { return member.first == "sum" || member.first == "seal"; });
    value->set("sum", vg::sha256_hex(value->dump()));
    look(value->dump());
    return 0;
}
