#include <algorithm>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "intel/readers/misp.h"
#include "intel/readers/reader.h"

namespace vg::intel {
namespace {
constexpr std::size_t kMostEvents = 1'000'000, kMostHashes = 50'000'000;
}

Result<std::vector<MispFeedEvent>> read_misp_manifest(std::string_view bytes) {
    const json::Value document = TRY_IN("manifest.json: ", json::parse(bytes, {.bytes = std::size_t{256} << 20}));
    if (!document.is_object()) return fail(Code::bad_input, "manifest.json: it is no object of events");
    std::vector<MispFeedEvent> out;
    for (const auto& [uuid, event] : document.as_object()) {
        // The name becomes a part of an address: nothing but a UUID may stand there.
        if (!parse_uuid(uuid)) return fail(Code::bad_input, format("manifest.json: \"{}\" is no UUID", shorten(uuid, 60)));
        if (out.size() >= kMostEvents) return fail(Code::too_large, "manifest.json: more than 1,000,000 events");
        std::string stamp = event.text("timestamp").value_or("");
        if (const auto number = event.integer("timestamp")) stamp = format("{}", *number);
        out.push_back({.uuid = lower_ascii(uuid), .changed = parse_when(stamp).value_or(Time{}), .info = shorten(event.text("info").value_or(""), 500)});
    }
    return out;
}

MispFeedHashes read_misp_hashes(std::string_view bytes) {
    MispFeedHashes out;
    for_each_line(bytes, [&](std::size_t, std::string_view line) {
        line = trim(line);
        if (line.empty()) return true;
        const std::size_t comma = line.find(',');
        const auto hash = detect::indicator::canonical(Kind::hash, line.substr(0, comma));
        const std::string_view event = comma == std::string_view::npos ? std::string_view{} : trim(line.substr(comma + 1));
        if (!hash || hash->text.size() != 32 || !parse_uuid(event))
            ++out.refused;
        else
            out.rows.push_back({.md5 = hash->text, .event = lower_ascii(event)});
        return out.rows.size() < kMostHashes;
    });
    return out;
}

}  // namespace vg::intel
