// The archive part by part, newest first: for what runs through all of it in the background and has to know how far it came
// (hunts). A part is a segment, or the tail that is in none yet. Positions say what was asked: parts may be joined or dropped
// between two calls, and what lies below a position stays the same events.
//
//   for (event::Position below = end;;) {
//       auto part = TRY(segments.newest(question, below));
//       if (part == nullptr) break;
//       for (const Stretch& stretch : part->stretches(nullptr)) TRY(part->read(stretch, take));
//       below = part->place().from;
//   }
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "event/event.h"
#include "store/archive.h"
#include "store/archive/filter.h"

namespace vg::store {

// Positions first..last, and about how many events they have.
struct Stretch {
    event::Position first, last;
    std::uint64_t rows = 0;
};

// What makes an event of a stretch worth being read whole: a value of one of these text fields that the test takes. It is asked of
// each distinct value once where the file lists them. What is not where its field's values stand is worth it without being asked.
struct Worth {
    std::vector<event::Ecs> fields;
    std::function<bool(event::Ecs, std::string_view)> test;
};

struct PartPlace {
    event::Position from, to;      // covers from <= position < to
    std::uint64_t events = 0;
    Time occurred_first, occurred_last;
    bool tail = false;
};

// One part, as it was when it was asked for. One thread.
class PartOfArchive {
public:
    virtual ~PartOfArchive() = default;
    [[nodiscard]] virtual const PartPlace& place() const = 0;
    // Parts of the question from this one on, with their events: what is still to be done.
    [[nodiscard]] virtual std::uint64_t parts_left() const = 0;
    // What an answer about the question lacks.
    [[nodiscard]] virtual const Unseen& unseen() const = 0;
    // An error: it has none, or it is damaged; then every event has to be read.
    [[nodiscard]] virtual Result<std::shared_ptr<const archive::FilterView>> filter() const = 0;
    // What these blocks of the filter hold (null: all of it), newest first, each of at most some thousand events.
    [[nodiscard]] virtual std::vector<Stretch> stretches(const archive::BlockSet* blocks) const = 0;
    // The events of a stretch that the question is about, in no order; with `worth` (else null) at least those that are worth it.
    virtual Status read(const Stretch& stretch, const Worth* worth, const std::function<Status(FoundEvent&&)>& take) = 0;
    Status read(const Stretch& stretch, const std::function<Status(FoundEvent&&)>& take) { return read(stretch, nullptr, take); }
    // By source, how many of its events in this part have a value of each field.
    struct Sent {
        std::uint64_t events = 0;
        std::vector<std::uint64_t> with;  // in the order of the fields
    };
    virtual Result<std::map<SourceId, Sent>> sent(std::span<const event::Ecs> fields) = 0;
};

class Segments {
public:
    virtual ~Segments() = default;
    // Where the oldest part begins.
    [[nodiscard]] virtual event::Position begin() const = 0;
    // The newest part with events before that position that the question may be about: by its time and organisations. Its
    // stop and limit of time hold for what is read. Null: there is none.
    [[nodiscard]] virtual Result<std::unique_ptr<PartOfArchive>> newest(const Question& question, event::Position before) = 0;
};

// Null: that archive cannot be read so.
Segments* segments_of(Archive& archive);

}  // namespace vg::store
