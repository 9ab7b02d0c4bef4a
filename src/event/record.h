// Record: the raw bytes as they came, with what the intake knows about them. It is what the journal keeps; nothing in
// it was understood from the bytes. Made by ingest, kept by store::Journal, read by formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace vg::event {

enum class Kind : std::uint8_t {
    data = 0,     // bytes from a source
    control = 1,  // our own: rule set changed, directory changed, tick; raw is a JSON object with a "control" member
};

// Everything about a record but its bytes. Strings are short: at most 255 bytes each.
struct Envelope {
    Kind kind = Kind::data;
    SourceId source;                // nil for control records
    OrganisationId organisation;    // of the source, when the record came in: decides who may see it
    Time received;
    std::string format;             // pinned format name, empty: sniff
    std::string zone;               // IANA zone for times without an offset, empty: UTC
    std::string peer;               // who sent it, as text: "192.0.2.7", a file name, empty when unknown
};

struct Record {
    Envelope envelope;
    std::string raw;
};

// Where a record stands in a journal: the identity of its event. Positions count records from 0.
struct Position {
    std::uint64_t value = 0;
    friend auto operator<=>(const Position&, const Position&) = default;
};

// An event's id as users see it: "JOURNAL-UUID:POSITION".
struct EventId {
    Uuid journal{};
    Position position;
    friend auto operator<=>(const EventId&, const EventId&) = default;
    [[nodiscard]] std::string text() const;
    static Result<EventId> parse(std::string_view text);
};

}  // namespace vg::event
