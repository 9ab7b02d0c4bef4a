#include "event/record.h"

#include "base/text.h"

namespace vg::event {

std::string EventId::text() const { return to_text(journal) + ":" + std::to_string(position.value); }

Result<EventId> EventId::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto position = colon == std::string_view::npos ? std::nullopt : parse_int(text.substr(colon + 1));
    if (!position || *position < 0) return fail(Code::bad_input, "an event id has the form JOURNAL:POSITION");
    return EventId{TRY(parse_uuid(text.substr(0, colon))), {static_cast<std::uint64_t>(*position)}};
}

}  // namespace vg::event
