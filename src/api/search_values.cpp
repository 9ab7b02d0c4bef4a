#include "api/search_values.h"

#include <algorithm>

#include "api/masking.h"
#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "hunts/found_event.h"

namespace vg::api {

namespace {

// What stands for a personal value while a query is evaluated: one word, so that the words around it do not become
// neighbours, of letters that nobody writes, and longer than any pattern of '?' may be.
const std::string& hidden_word() {
    static const std::string word = [] {
        std::string out;
        for (int i = 0; i < 300; ++i) out += "\uA66E";
        return out;
    }();
    return word;
}

json::Value without_persons(const store::FoundEvent& event, std::string_view with) {
    // What was not understood cannot be masked by field: its text is hidden as a whole.
    if (!event.unparsed.empty()) return json::object({{"message", with}});
    return masked_fields(event.fields, with);
}

bool matches_fields(const search::Query& query, const store::FoundEvent& found, const json::Value& fields, std::string_view journal) {
    Arena arena;
    const event::Event event = hunts::event_with(found, fields, arena);
    const std::string source = found.source.text(), organisation = found.organisation.text();
    return search::matches(query, event,
                           {.source = source, .organisation = organisation, .peer = found.peer, .unparsed = found.unparsed, .position = found.position, .journal = journal});
}

}  // namespace

void mask(store::FoundEvent& event) { event.fields = without_persons(event, kMask); }

bool holds_personal(const store::FoundEvent& event) { return !event.unparsed.empty() || without_persons(event, kMask) != event.fields; }

bool matches_hidden(const search::Query& query, const store::FoundEvent& found, std::string_view journal) {
    return matches_fields(query, found, without_persons(found, hidden_word()), journal);
}

bool matches_event(const search::Query& query, const store::FoundEvent& found, std::string_view journal) { return matches_fields(query, found, found.fields, journal); }

std::vector<std::string> values_in(const store::FoundEvent& event, const search::Target& target) {
    std::vector<std::string> out;
    const auto add = [&](const json::Value& value) {
        if (value.is_null()) return;
        std::string text = hunts::text_of_field(value);
        if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
    };
    if (target.kind == search::Target::Kind::own) {
        switch (target.own) {
            case search::Own::source: add(event.source.text()); break;
            case search::Own::organisation: add(event.organisation.text()); break;
            case search::Own::format: if (!event.format.empty()) add(event.format); break;
            case search::Own::peer: if (!event.peer.empty()) add(event.peer); break;
            case search::Own::unparsed: if (!event.unparsed.empty()) add(event.unparsed); break;
            case search::Own::id: add(static_cast<std::int64_t>(event.position.value)); break;
            case search::Own::received: add(to_rfc3339(event.received)); break;
            case search::Own::occurred: add(to_rfc3339(event.occurred)); break;
        }
        return out;
    }
    if (!event.fields.is_object()) return out;
    for (const auto& [name, value] : event.fields.as_object()) {
        const bool meant = target.kind == search::Target::Kind::ecs ? name == target.name : target.kind == search::Target::Kind::native && target.names(name);
        if (!meant) continue;
        if (value.is_array())
            for (const json::Value& item : value.as_array()) add(item);
        else
            add(value);
    }
    return out;
}

}  // namespace vg::api
