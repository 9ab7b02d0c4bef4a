// The indicators in force, asked about events: a base and, over it, what changed since the base was built. Immutable, handed
// in as a whole; any number of threads, each with a Scratch of its own. Time comes from the event.
//
//   auto set = Set::make("2026-11-30T04:00", base, overlay);
//   set->match(event, scratch, hits);
//
// A hit counts what was true when the event happened: an indicator that was not yet, or no longer, valid then says nothing; a
// value that somebody allowed, or that lies below or within such a one, never hits. In a hunt through the past `valid from`
// is not asked: what is known today is asked of then.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "detect/kinds/indicator/table.h"
#include "detect/kinds/stix/patterns.h"
#include "detect/match.h"
#include "event/event.h"

namespace vg::detect::indicator {

// contacts: a machine of ours went there, or asked for its name. contacted: it came to us. present: neither, it was seen.
enum class Direction : std::uint8_t { contacts, contacted, present };
std::string_view name_of(Direction direction);
// What became of it, as the event says.
enum class Outcome : std::uint8_t { unknown, allowed, refused };
std::string_view name_of(Outcome outcome);

struct Hit {
    const RuleInfo* rule = nullptr;  // by family, direction and level; lives as long as the set
    Entry entry;                     // with the attributions that hold
    Attribution strongest;           // its warning is the gravest of all
    int confidence = 0;              // of the strongest, at that time
    bool warned = false;             // likely a false positive: the finding weighs next to nothing
    std::string field, found;        // of the event, as it stood there
    Direction direction = Direction::present;
    Outcome outcome = Outcome::unknown;
};

enum class When : std::uint8_t { live, hunt };

struct SetStats {
    std::size_t indicators = 0, changed = 0, resident_bytes = 0;
    std::size_t patterns = 0, patterns_not_asked = 0;  // not asked: beyond what a set may have
};

// A pattern of several observations, of which the event fulfils a part (stix/watch.h). The hits are those that it would be.
struct PatternPart {
    const stix::Asked* asked = nullptr;  // lives as long as the set, like the text
    const std::string* text = nullptr;
    std::uint64_t bits = 0;
    std::vector<Hit> hits;
};

// What patterns say of an event beside the hits.
struct Asides {
    bool cut = false;  // the steps did not suffice: some patterns were not asked
    std::vector<PatternPart> parts;
};

class Set {
public:
    // Either may be null. An overlay's entry replaces the base's of the same value; one without attributions takes it away.
    static std::shared_ptr<const Set> make(std::string name, std::shared_ptr<const Table> base, std::shared_ptr<const Table> overlay);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool empty() const;
    [[nodiscard]] SetStats stats() const;
    [[nodiscard]] std::size_t count(Kind kind) const;

    // Appends the hits, at most one for each family, direction and value. An error: a file could not be read, or is damaged; the
    // hits until then stand.
    Status match(const event::Event& event, std::vector<Hit>& hits, When when = When::live, Asides* asides = nullptr) const;
    // Whether a value of that field may be what a hit is made of, whatever its time: false is certain, but for JA4 and patterns. Quick.
    [[nodiscard]] bool may_match(event::Ecs field, std::string_view text) const;
    // All that is said about a value: itself, the names above it, the networks around it, the host of a URL. Whatever its time.
    [[nodiscard]] Result<std::vector<Entry>> look_up(const Value& value) const;

    class Asking;  // one event's way through the set

private:
    Set(std::string name, std::shared_ptr<const Table> base, std::shared_ptr<const Table> overlay);
    friend class Asking;
    [[nodiscard]] const RuleInfo* rule_of(const std::string& family, Direction direction, Level level) const;
    // The entry in force for a value that one of the tables may have.
    [[nodiscard]] Result<std::optional<Entry>> find(Kind kind, std::string_view text) const;
    Status networks(const Address& address, std::vector<Entry>& out) const;
    Status load_patterns();

    const std::string name_;
    const std::shared_ptr<const Table> base_, overlay_;
    // constant after make()
    std::vector<Entry> pattern_entries_;
    std::size_t patterns_beyond_ = 0;
    std::shared_ptr<const stix::Patterns> patterns_;  // numbered as the entries
    Status patterns_read_;
    mutable std::mutex mutex_;
    mutable std::map<std::tuple<std::string, Direction, Level>, std::unique_ptr<RuleInfo>> rules_;  // guarded by mutex_
};

// The fields of ECS in which a value of that kind is looked for; none for JA4, which has no name there.
std::vector<event::Ecs> fields_asked_for(Kind kind);

// The rule that findings of a family and a direction stand under; families are many, so rules are made when first needed.
RuleInfo rule_for(std::string_view family, Direction direction, Level level);
Level level_of(int confidence, Direction direction, Outcome outcome, bool warned);

}  // namespace vg::detect::indicator
