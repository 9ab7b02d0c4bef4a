// Watch: patterns that ask for several observations (AND, FOLLOWEDBY, REPEATS), over the events of one machine. It keeps of each event
// when it was and which [ ] it fulfils, for as long as the pattern allows, and says when all are together. Bounded; by event time; the
// same for the same events in the same order. Pure: no clock, no I/O. One thread; stats() any.
//
//   Watch watch{seed, Watch::Order::forward};
//   if (watch.see(*asked, text, who, {position, time, told.bits}, taken)) ...   // `taken`: the events that make it hold
//
// What is taken does not count again: three of REPEATS 3 TIMES are one match, and the next takes three others.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "detect/kinds/correlation/siphash.h"
#include "detect/kinds/stix/patterns.h"
#include "event/record.h"

namespace vg::detect::stix {

struct WatchLimits {
    std::size_t groups = 100'000;      // a pattern and a machine
    std::size_t sights = 1'000'000;    // of all groups; beyond either, the group that nothing was added to for longest is given up
    std::size_t in_group = 512;        // the oldest go first
    std::size_t steps = 20'000;        // of one evaluation
};

struct WatchStats {
    std::uint64_t groups = 0, sights = 0;
    std::uint64_t evicted = 0;     // groups given up for want of room
    std::uint64_t cut = 0;         // events that left a full group before their time
    std::uint64_t late = 0;        // that came after their group's window had passed
    std::uint64_t unanswered = 0;  // evaluations that would have taken too many steps
};

class Watch {
public:
    // forward: events come about as they happened. backward: the newest first, as hunts read.
    enum class Order : std::uint8_t { forward, backward };
    struct Sight {
        event::Position position;
        Time time;
        std::uint64_t bits = 0;
    };

    Watch(const correlation::Seed& seed, Order order, WatchLimits limits = {}) : seed_(seed), order_(order), limits_(limits) {}

    // `text` is the pattern's; `who` the machine, with its organisation; `received` when the event came, which falls from call to call
    // when the order is backward, and is not asked else. True: it holds by this event.
    bool see(const Asked& asked, std::string_view text, std::string_view who, const Sight& sight, Time received, std::vector<Sight>& taken);

    // Everything that answers depend on, with a checksum. Code::corrupt leaves it as it was.
    [[nodiscard]] std::string save() const;
    Status restore(std::string_view saved);
    [[nodiscard]] WatchStats stats() const;

private:
    struct Key {
        correlation::Hash128 hash;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return static_cast<std::size_t>(key.hash.low); }
    };
    struct Group {
        Key key;
        std::vector<Sight> sights;  // by time
    };
    using Groups = std::list<Group>;
    void drop(Groups::iterator group);
    void make_room(Groups::iterator kept);
    bool put_in(Group& group, const Asked& asked, const Sight& sight, Time received);
    void publish();

    correlation::Seed seed_;
    const Order order_;
    const WatchLimits limits_;
    Groups groups_;  // the one that was added to last at the end
    std::unordered_map<Key, Groups::iterator, KeyHash> known_;
    std::uint64_t sights_ = 0;
    // read by any thread
    std::atomic<std::uint64_t> shown_groups_{0}, shown_sights_{0}, evicted_{0}, cut_{0}, late_{0}, unanswered_{0};
};

}  // namespace vg::detect::stix
