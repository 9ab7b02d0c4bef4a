// The tree of a query. Made by parse(); read by matches(), by the archive (which turns it into SQL) and by its filters.
//
// Meaning: a term holds for an event when one of the values of its target fits the predicate. Values that are null do not
// exist. all_of, any_of and negation are of two values: a term about a field that an event has not does not hold, its negation does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "search/predicate.h"

namespace vg::search {

// The language's own words.
enum class Own : std::uint8_t {
    source,        // id of the source as text
    organisation,  // id of its organisation as text
    format,        // that understood the record; does not exist when it is empty
    peer,          // who sent it; does not exist when it is empty
    unparsed,      // why no format understood it; does not exist when one did
    id,            // position in the journal, an integer
    received,      // time
    occurred,      // time: @timestamp
};

struct Target {
    enum class Kind : std::uint8_t {
        any,     // every value of the event's fields but times of the dictionary; numbers of the dictionary as decimal text
        own,
        ecs,     // a field of the dictionary; fields that only have the same name are not meant
        native,  // every other field, by its name without regard to ASCII case, or exactly when it was quoted
    };
    Kind kind = Kind::any;
    Own own = Own::source;
    event::Ecs ecs = event::Ecs::none;
    std::string name;         // as it is shown: of own, ecs and native
    bool exact_name = false;  // of native

    // What Predicate's functions are asked: integer(), time() or text().
    [[nodiscard]] event::Type type() const;
    // Whether a native field of that name is meant.
    [[nodiscard]] bool names(std::string_view native) const;
    friend bool operator==(const Target&, const Target&) = default;
};

struct Term {
    Target target;
    Predicate predicate;
    // id only: the journal of "JOURNAL:POSITION" where one was named, as it was written. Another one holds for no event.
    std::string journal;
};

struct Node {
    enum class Kind : std::uint8_t { everything, all_of, any_of, negation, term };
    Kind kind = Kind::everything;
    std::vector<Node> parts;           // of negation: one
    std::shared_ptr<const Term> term;  // of term
    std::size_t offset = 0, length = 0;  // where it stands in the text, with its brackets
    bool open = false;                 // written with OR and without brackets around it
};

// An own word's name; the own word of a name.
std::string_view name_of(Own own);
// The target that a field name in a query means. `quoted`: a native field of exactly that name.
Target target_of(std::string_view name, bool quoted = false);
// The name as it must be written in a query to mean this field of an event: in quotes where it would mean another one.
std::string written(const Target& target);

}  // namespace vg::search
