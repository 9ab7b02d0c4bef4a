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
#define IN(place, member, enter) {member, Place::place, Place::enter, Known::none, 0},
#define AS(place, member, known) {member, Place::place, Place::none, Known::known, 0},
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

std::uint64_t slot_of(Place place, std::uint64_t hash) { return hash + static_cast<std::uint64_t>(place) * 97; }

// Open addressing; at most a quarter full.
class Table {
public:
    Table() {
        for (const Entry& entry : kShapes) add(entry);
        for (std::size_t i = 1; i < std::size(kKnown); ++i)
            for (const Place place : {Place::top, Place::data, Place::system})
                if (find(place, kKnown[i].name, name_hash(kKnown[i].name)) == nullptr) add({kKnown[i].name, place, Place::none, static_cast<Known>(i), 0});
    }
    [[nodiscard]] const Entry* find(Place place, std::string_view member, std::uint64_t hash) const {
        for (std::uint64_t slot = slot_of(place, hash) % kSize;; slot = (slot + 1) % kSize) {
            const Entry& entry = entries_[slot];
            if (entry.hash == hash && entry.place == place && entry.name == member) return &entry;
            if (entry.name.empty()) return nullptr;
        }
    }

private:
    static constexpr std::size_t kSize = 2048;
    void add(const Entry& entry) {
        CHECK(++count_ <= kSize / 4, "the table of Windows names must stay sparse");
        const std::uint64_t hash = name_hash(entry.name);
        std::uint64_t slot = slot_of(entry.place, hash) % kSize;
        while (!entries_[slot].name.empty()) slot = (slot + 1) % kSize;
        entries_[slot] = entry;
        entries_[slot].hash = hash;
    }
    std::vector<Entry> entries_ = std::vector<Entry>(kSize);
    std::size_t count_ = 0;
};

}  // namespace

const KnownInfo& info(Known known) { return kKnown[static_cast<std::size_t>(known)]; }

std::uint64_t hash_of(Known known) {
    static const auto* const hashes = [] {
        auto* made = new std::array<std::uint64_t, std::size(kKnown)>;
        for (std::size_t i = 0; i < made->size(); ++i) (*made)[i] = name_hash(kKnown[i].name);
        return made;
    }();
    return (*hashes)[static_cast<std::size_t>(known)];
}

const Entry* find(Place place, std::string_view member, std::uint64_t hash) {
    static const auto* const table = new Table;
    return table->find(place, member, hash);
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
