// Any JSON object: every member becomes a field with its dotted name; ECS names get their types, and the time is looked
// for under its usual names. Mappings (mapping.h) go on from here.
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"

namespace vg::formats::of_json {

namespace {

// In this order: what means the event first, what means its arrival last.
constexpr std::string_view kTimes[] = {"@timestamp", "timestamp", "eventTime", "EventTime", "event_time", "time", "ts",
                                       "datetime", "date", "TimeGenerated", "TimeCreated", "_time", "event.created"};

bool take_time(const event::Field& field, const Context& context, Parsed& parsed) {
    std::optional<Time> time;
    switch (field.type) {
        case event::Type::time: time = Time{field.integer}; break;
        case event::Type::integer:
        case event::Type::real: time = read_epoch(field.text); break;
        case event::Type::text:
            time = read_time(field.text, context.zone, nullptr);
            if (!time) time = read_epoch(field.text);
            break;
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::address: break;
    }
    if (!time) return false;
    parsed.occurred = *time;
    parsed.occurred_known = true;
    return true;
}

int sniff(const Look& look) {
    const std::string_view raw = look.raw;
    for (const char c : raw.substr(0, 4096)) {
        if (c == '{') return 40;
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return 0;
    }
    return 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const JsonIndex index = TRY(index_json(raw, parsed.builder.arena()));
    JsonCursor cursor{index, parsed.builder.arena()};
    if (cursor.kind() != JsonKind::object) return fail(Code::bad_input, "not a JSON object");
    Flat flat{parsed.builder, cursor};
    flat.members({}, 0);
    if (cursor.failed() || !cursor.at_end()) return fail(Code::bad_input, "not JSON: a bracket, comma or value stands wrong");
    flat.finish();
    for (const std::string_view name : kTimes)
        if (const event::Field* field = parsed.builder.find(name); field != nullptr && take_time(*field, context, parsed)) break;
    return {};
}

}  // namespace

extern const Format json{.name = "json", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one JSON object"};

}  // namespace vg::formats::of_json
