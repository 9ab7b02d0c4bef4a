// All mappings of a library: which one is for an event, and what it adds. Names are looked up once per field of the
// event, whatever the number of mappings. Immutable; called by to_event from many threads.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/mapping.h"

namespace vg::formats {

class MappingSet {
public:
    // What the set has looked up of the event in hand; kept from one call to the next, so that no field is looked up twice.
    // Each thread has one and forgets it before it reads another record.
    class Seen {
    public:
        void forget() { fields_ = 0; }

    private:
        friend class MappingSet;
        std::size_t fields_ = 0;               // so many were looked at
        std::vector<std::uint16_t> first_;     // by id of a name: index of the first field that has it, plus one
        std::array<std::uint16_t, 1024> ecs_first_{}, ecs_last_{};  // by ECS field, plus one as well
        std::vector<const Section*> variants_;  // that match
    };

    explicit MappingSet(std::vector<std::unique_ptr<Mapping>> mappings);

    [[nodiscard]] const Mapping* find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::unique_ptr<Mapping>>& all() const { return mappings_; }

    // After the format `reads` has read the record: applies the narrowest mapping that matches; nullptr: none does.
    const Mapping* apply_matching(std::string_view reads, const Context& context, Parsed& parsed, Seen& seen) const;
    // Applies this one, whatever its conditions say. False: the record does not have the columns that it names.
    bool apply(const Mapping& mapping, const Context& context, Parsed& parsed, Seen& seen) const;
    // Names that rules for the event's categories and service use beside ECS.
    void add_aliases(Parsed& parsed, Seen& seen) const;

private:
    struct Slot {
        std::string_view name;  // empty: free
        std::uint16_t id = 0;
    };
    class Work;

    void intern(NativeName& name);
    [[nodiscard]] std::uint16_t id_of(std::string_view name) const;  // 0: no mapping speaks of it
    void grow();

    // All constant after construction.
    std::vector<std::unique_ptr<Mapping>> mappings_;  // narrow ones first, then by name
    std::vector<std::pair<std::string_view, std::vector<const Mapping*>>> by_reads_;  // those with conditions, in that order
    std::vector<Slot> slots_;                         // a power of two, sparse
    std::vector<std::string_view> names_;             // by id
    std::vector<const Aliases*> aliases_;
};

}  // namespace vg::formats
