#include "hunts/found_event.h"

namespace vg::hunts {

std::string text_of_field(const json::Value& value) { return value.is_text() ? value.as_text() : value.dump(); }

namespace {

void add_field(event::Builder& builder, Arena& arena, const std::string& name, const json::Value& value) {
    if (value.is_array()) {
        for (const json::Value& item : value.as_array())
            if (!item.is_array()) add_field(builder, arena, name, item);
        return;
    }
    const event::Ecs ecs = event::ecs_field(name);
    if (value.is_null()) {
        builder.null(arena.copy(name));
    } else if (ecs != event::Ecs::none) {
        builder.ecs(ecs, arena.copy(text_of_field(value)));
    } else if (value.is_int()) {
        builder.integer(arena.copy(name), value.as_int());
    } else if (value.is_real()) {
        builder.real(arena.copy(name), value.as_real());
    } else if (value.is_bool()) {
        builder.boolean(arena.copy(name), value.as_bool());
    } else {
        builder.text(arena.copy(name), arena.copy(text_of_field(value)));
    }
}

}  // namespace

event::Event event_with(const store::FoundEvent& found, const json::Value& fields, Arena& arena) {
    event::Builder builder{arena};
    if (fields.is_object())
        for (const auto& [name, value] : fields.as_object()) add_field(builder, arena, name, value);
    event::Event event;
    event.occurred = found.occurred;
    event.received = found.received;
    event.occurred_known = true;
    event.format = found.format;
    event.fields = builder.finish();
    return event;
}

event::Event event_of(const store::FoundEvent& found, Arena& arena) { return event_with(found, found.fields, arena); }

}  // namespace vg::hunts
