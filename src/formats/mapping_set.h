// All mappings of a library: which one is for an event, and what it adds. Names are looked up once per field of the
// event, whatever the number of mappings. Immutable; called by to_event from many threads.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "formats/mapping.h"

namespace vg::formats {

class MappingSet {
public:
    explicit MappingSet(std::vector<std::unique_ptr<Mapping>> mappings);

    [[nodiscard]] const Mapping* find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::unique_ptr<Mapping>>& all() const { return mappings_; }

    // After the format `reads` has read the record: applies the narrowest mapping that matches; nullptr: none does.
    const Mapping* apply_matching(std::string_view reads, const Context& context, Parsed& parsed) const;
    // Applies this one, whatever its conditions say. False: the record does not have the columns that it names.
    bool apply(const Mapping& mapping, const Context& context, Parsed& parsed) const;
    // Names that rules for the event's categories and service use beside ECS.
    void add_aliases(Parsed& parsed) const;

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
    std::vector<Slot> slots_;                         // a power of two, sparse
    std::vector<std::string_view> names_;             // by id
    std::vector<const Aliases*> aliases_;
};

}  // namespace vg::formats
