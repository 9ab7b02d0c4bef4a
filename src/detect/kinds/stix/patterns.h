// Patterns in force, asked about events one by one. Immutable; any number of threads. A pattern that one observation can fulfil is
// answered at once; of one that asks for several (AND, FOLLOWEDBY, REPEATS) it is told which of its [ ] the event fulfils, and
// who keeps observations decides (watch.h).
//
//   const auto patterns = Patterns::make({"[process:command_line LIKE '%-enc%']", ...});
//   patterns->ask(event, {}, told);
//
// So that thousands may stand, each [ ] is looked at only when the event has a value that it needs: an equal one where it asks
// for equality, any at that path else. What is left takes steps; beyond so many the rest is not asked, and that is told.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "detect/kinds/stix/evaluate.h"
#include "detect/kinds/stix/objects.h"
#include "event/event.h"

namespace vg::detect::stix {

inline constexpr std::size_t kMostPatterns = 5'000;         // of a set that are asked
inline constexpr std::size_t kMostStepsOfEvent = 50'000;    // looks at a value, for all patterns together
inline constexpr std::size_t kMostTogether = 128;           // observations that a pattern may ask for
inline constexpr Span kLongestWindow = days(7);             // between the observations of one pattern, whatever it says

// One pattern, ready to be asked of events.
struct Asked {
    Pattern pattern;
    std::vector<const Comparison*> comparisons;  // of `pattern`
    bool alone = true;                           // each way of fulfilling it takes one observation
    Span window;                                 // of observations that may belong together; 0 when alone
    std::uint32_t types = 0;                     // of objects
    std::vector<std::string> untold;             // types of objects that no event tells of
};
// Code::bad_input, Code::too_large: why it is not asked.
Result<std::unique_ptr<const Asked>> prepare(std::string_view text);

// A value that must stand in an event for a [ ] to hold, in the form of the objects.
struct NeededValue {
    enum class Kind : std::uint8_t { host, hash, email, file_name };
    Kind kind = Kind::host;
    std::string text;
};
// So that an event without any of them need not be asked. Nothing: events have to be asked about the pattern one by one.
std::optional<std::vector<NeededValue>> needed_values(const Asked& asked);

// What one event is to one pattern.
struct Told {
    std::uint32_t pattern = 0;  // its number in the set
    std::uint64_t bits = 0;     // the [ ] that the event fulfils
    bool holds = false;         // the pattern does, by this event alone
    Side side = Side::thing;
    std::string path, found;    // a value that fulfilled it: "process:command_line"; of personal data the field's name
};

class Patterns {
public:
    // Numbered as given. Those that cannot be asked, and those beyond kMostPatterns, are never told of.
    static std::shared_ptr<const Patterns> make(const std::vector<std::string>& texts);

    // Appends what is told, in the order of the numbers. False: the steps did not suffice, some patterns were not asked.
    bool ask(const event::Event& event, std::vector<Told>& told, std::size_t steps = kMostStepsOfEvent) const;
    [[nodiscard]] const Asked* at(std::uint32_t number) const { return patterns_[number].get(); }  // nullptr: not asked
    [[nodiscard]] std::size_t size() const { return patterns_.size(); }
    [[nodiscard]] std::size_t asked() const { return asked_; }
    [[nodiscard]] std::uint32_t types() const { return types_; }

private:
    struct One {  // a [ ]
        std::uint32_t pattern;
        std::uint32_t number;
        const Comparison* comparison;
    };
    // What stands at one path decides which of them are looked at.
    struct Group {
        Path path;
        std::uint32_t type = 0;
        std::unordered_map<std::string, std::vector<std::uint32_t>> equal;
        std::vector<std::uint32_t> present;
    };
    void index(std::uint32_t one, std::unordered_map<std::string, std::size_t>& known);

    std::vector<std::unique_ptr<const Asked>> patterns_;
    std::size_t asked_ = 0;
    std::uint32_t types_ = 0;
    std::vector<One> ones_;
    std::vector<Group> groups_;
};

}  // namespace vg::detect::stix
