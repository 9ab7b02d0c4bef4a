// Any JSON object: every member becomes a field with its dotted name; ECS names get their types, and the time is looked
// for under its usual names. Mappings (mapping.h) go on from here.
#include <array>

#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"

namespace vg::formats::of_json {

namespace {

// In this order: what means the event first, what means its arrival last.
enum When : std::size_t { kAtTimestamp, kTimestamp, kEventTimeSmall, kEventTime, kEventTimeLined, kTime, kTs, kDatetime, kDate, kTimeGenerated, kTimeCreated, kLinedTime, kEventCreated, kNoTime };

// Which of the usual names of times it is. By length first: most names are none.
When when_of(std::string_view name) {
    switch (name.size()) {
        case 2: return name == "ts" ? kTs : kNoTime;
        case 4: return name == "time" ? kTime : name == "date" ? kDate : kNoTime;
        case 5: return name == "_time" ? kLinedTime : kNoTime;
        case 8: return name == "datetime" ? kDatetime : kNoTime;
        case 9: return name == "timestamp" ? kTimestamp : name == "eventTime" ? kEventTimeSmall : name == "EventTime" ? kEventTime : kNoTime;
        case 10: return name == "@timestamp" ? kAtTimestamp : name == "event_time" ? kEventTimeLined : kNoTime;
        case 11: return name == "TimeCreated" ? kTimeCreated : kNoTime;
        case 13: return name == "TimeGenerated" ? kTimeGenerated : name == "event.created" ? kEventCreated : kNoTime;
        default: return kNoTime;
    }
}

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
    std::array<const event::Field*, kNoTime> times{};
    for (const event::Field& field : parsed.builder.fields())
        if (const When when = when_of(field.name); when != kNoTime && times[when] == nullptr) times[when] = &field;
    for (const event::Field* const field : times)
        if (field != nullptr && take_time(*field, context, parsed)) break;
    return {};
}

}  // namespace

extern const Format json{.name = "json", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one JSON object"};

}  // namespace vg::formats::of_json
