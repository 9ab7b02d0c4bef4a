#include "formats/windows_tables.h"

#include <array>
#include <vector>

#include "base/check.h"
#include "formats/flat.h"

namespace vg::formats::windows_tables {

namespace {

constexpr KnownInfo kKnown[] = {
    {},
#define KNOWN(identifier, name, kind) {name, Kind::kind},
#include "formats/windows_names.inc"
#undef KNOWN
};

constexpr Entry kShapes[] = {
#define IN(place, member, enter) {member, Place::place, Place::enter, Known::none},
#define AS(place, member, known) {member, Place::place, Place::none, Known::known},
#include "formats/windows_shapes.inc"
#undef IN
#undef AS
};

struct Named {
    std::string_view name;
    std::string_view service;
};
constexpr Named kChannels[] = {
#define CHANNEL(name, service) {name, service},
#define PROVIDER(name, service)
#include "formats/windows_channels.inc"
#undef CHANNEL
#undef PROVIDER
};
constexpr Named kProviders[] = {
#define CHANNEL(name, service)
#define PROVIDER(name, service) {name, service},
#include "formats/windows_channels.inc"
#undef CHANNEL
#undef PROVIDER
};

struct Category {
    std::string_view service;
    std::int64_t event_id;
    std::array<std::string_view, 3> names;
};
constexpr Category kCategories[] = {
#define CATEGORY(service, event_id, ...) {service, event_id, {__VA_ARGS__}},
#include "formats/windows_categories.inc"
#undef CATEGORY
};

std::uint64_t slot_of(Place place, std::string_view member) { return name_hash(member) + static_cast<std::uint64_t>(place) * 97; }

// Open addressing; at most a quarter full.
class Table {
public:
    Table() {
        for (const Entry& entry : kShapes) add(entry);
        for (std::size_t i = 1; i < std::size(kKnown); ++i)
            for (const Place place : {Place::top, Place::data, Place::system})
                if (find(place, kKnown[i].name) == nullptr) add({kKnown[i].name, place, Place::none, static_cast<Known>(i)});
    }
    [[nodiscard]] const Entry* find(Place place, std::string_view member) const {
        for (std::uint64_t slot = slot_of(place, member) % kSize;; slot = (slot + 1) % kSize) {
            const Entry& entry = entries_[slot];
            if (entry.name.empty()) return nullptr;
            if (entry.place == place && entry.name == member) return &entry;
        }
    }

private:
    static constexpr std::size_t kSize = 2048;
    void add(const Entry& entry) {
        CHECK(++count_ <= kSize / 4, "the table of Windows names must stay sparse");
        std::uint64_t slot = slot_of(entry.place, entry.name) % kSize;
        while (!entries_[slot].name.empty()) slot = (slot + 1) % kSize;
        entries_[slot] = entry;
    }
    std::vector<Entry> entries_ = std::vector<Entry>(kSize);
    std::size_t count_ = 0;
};

}  // namespace

const KnownInfo& info(Known known) { return kKnown[static_cast<std::size_t>(known)]; }

const Entry* find(Place place, std::string_view member) {
    static const auto* const table = new Table;
    return table->find(place, member);
}

std::string_view service_of_channel(std::string_view channel) {
    for (const Named& named : kChannels)
        if (named.name == channel) return named.service;
    return {};
}

std::string_view service_of_provider(std::string_view provider) {
    for (const Named& named : kProviders)
        if (named.name == provider) return named.service;
    return {};
}

std::array<std::string_view, 3> categories_of(std::string_view service, std::int64_t event_id) {
    for (const Category& category : kCategories)
        if (category.event_id == event_id && category.service == service) return category.names;
    return {};
}

}  // namespace vg::formats::windows_tables
