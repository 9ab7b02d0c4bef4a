// Any JSON object: every member becomes a field with its dotted name; ECS names get their types, and the time is looked
// for under its usual names. Mappings (mapping.h) go on from here.
#include <array>

#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"

namespace vg::formats::of_json {

namespace {

// Names of times, in this order: what means the event first, what means its arrival last. 0: none.
constexpr std::size_t rank_of(std::uint16_t number) {
    if (number == static_cast<std::uint16_t>(event::Ecs::timestamp)) return 1;
    if (number >= kFirstTime && number < kFirstTime + std::size(kTimes)) return number - kFirstTime + 2U;
    return number == static_cast<std::uint16_t>(event::Ecs::event_created) ? std::size(kTimes) + 2 : 0;
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
    if (field.type != event::Type::time) parsed.time_text = field.text;
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
    const JsonIndex index = TRY(index_json(raw, parsed.builder.arena(), Special::marked));
    JsonCursor cursor{index, parsed.builder.arena()};
    if (cursor.kind() != JsonKind::object) return fail(Code::bad_input, "not a JSON object");
    Flat flat{parsed.builder, cursor, parsed.names != nullptr ? *parsed.names : base_names()};
    flat.members({}, 0);
    if (cursor.failed() || !cursor.at_end()) return fail(Code::bad_input, "not JSON: a bracket, comma or value stands wrong");
    flat.finish();
    std::array<const event::Field*, std::size(kTimes) + 3> times{};
    for (const event::Field& field : parsed.builder.fields())
        if (const std::size_t rank = rank_of(field.number); rank != 0 && times[rank] == nullptr) times[rank] = &field;
    for (const event::Field* const field : times)
        if (field != nullptr && take_time(*field, context, parsed)) break;
    return {};
}

}  // namespace

extern const Format json{.name = "json", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one JSON object"};

}  // namespace vg::formats::of_json
