#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "formats/carried.h"
#include "formats/complete.h"
#include "formats/format.h"
#include "formats/mapping_set.h"

namespace vg::formats {

#define MEMBER(name) namespace of_##name { extern const Format name; }
#include "formats/list.inc"
#undef MEMBER

namespace {

constexpr std::size_t kMostAround = 500;  // fields of a record that may carry another

constexpr const Format* kAll[] = {
#define MEMBER(name) &of_##name::name,
#include "formats/list.inc"
#undef MEMBER
};

constexpr const Format* kJson[] = {&of_json::json, &of_windows::windows};  // whose records are JSON objects, in the order of the list

class MadeLibrary final : public Library {
public:
    explicit MadeLibrary(std::vector<std::unique_ptr<Mapping>> mappings) : mappings_(std::move(mappings)) {}

    [[nodiscard]] std::vector<std::string> names() const override {
        std::vector<std::string> all;
        for (const Format* format : kAll) all.emplace_back(format->name);
        for (const auto& mapping : mappings_.all())
            if (mapping->aliases.empty()) all.push_back(mapping->name);
        std::sort(all.begin(), all.end());
        return all;
    }
    [[nodiscard]] bool has(std::string_view name) const override {
        const Mapping* const found = mappings_.find(name);
        return find_format(name) != nullptr || (found != nullptr && found->aliases.empty());
    }

    [[nodiscard]] const MappingSet& mappings() const { return mappings_; }
    static const Format* find_format(std::string_view name) {
        for (const Format* format : kAll)
            if (format->name == name) return format;
        return nullptr;
    }

private:
    const MappingSet mappings_;
};

bool starts_as_object(std::string_view raw) {
    const std::size_t first = raw.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && raw[first] == '{';
}

// A field that was in an event before, as it was.
void again(const event::Field& field, event::Builder& builder) {
    const bool known = field.ecs != event::Ecs::none;
    switch (field.type) {
        case event::Type::null: builder.null(field.name); break;
        case event::Type::boolean: builder.boolean(field.name, field.integer != 0); break;
        case event::Type::integer: known ? builder.ecs_integer(field.ecs, field.integer, field.text) : builder.integer(field.name, field.integer, field.text); break;
        case event::Type::real: builder.real(field.name, field.real, field.text); break;
        case event::Type::text: known ? builder.ecs_nfc_text(field.ecs, field.text) : builder.nfc_text(field.name, field.text); break;
        case event::Type::time:
        case event::Type::address: builder.ecs(field.ecs, field.text); break;
    }
}

// Tries formats on one record.
class Attempt {
public:
    Attempt(const event::Record& record, const MadeLibrary& library, event::Builder& builder, MappingSet::Seen& seen)
        : record_(&record), library_(&library), context_{record.envelope.received, record.envelope.zone}, parsed_{.builder = builder, .names = &library.mappings().names()}, seen_(&seen) {
        seen.forget();
    }

    // True when the format understood the record, or what it carries.
    bool with(const Format& format) { return with(format, record_->raw); }
    bool with(const Format& format, std::string_view raw) {
        reset();
        if (&format != &of_json::json && &format != &of_windows::windows && !is_utf8(raw)) raw = parsed_.builder.arena().copy(to_valid_utf8(raw));
        const Status status = format.parse(raw, context_, parsed_);
        if (!status) {
            if (why_.empty()) why_ = vg::format("{}: {}", format.name, status.error().text);
            return false;
        }
        parsed_.format = format.name;
        return true;
    }
    bool with(const Mapping& mapping) {
        const Format* const format = MadeLibrary::find_format(mapping.reads);
        if (format == nullptr || !with(*format)) return false;
        if (library_->mappings().apply(mapping, context_, parsed_, *seen_)) return unwrap(mapping.carries), true;
        why_ = vg::format("{}: the record has not the {} columns that it names", mapping.name, mapping.columns.size());
        return false;
    }
    struct Guess {
        int sure;
        const Format* format;
    };
    using Guesses = std::array<Guess, std::size(kAll)>;
    // The formats that may be those of the bytes, the surest first; how many.
    static std::size_t guess(std::string_view raw, Guesses& guesses) {
        std::size_t count = 0;
        const auto look_for = [&guesses, &count](std::span<const Format* const> formats, const Look& look) {
            for (const Format* format : formats)
                if (const int sure = format->sniff(look); sure > 0) {
                    guesses[count++] = {sure, format};
                    if (sure >= 90) break;
                }
        };
        if (starts_as_object(raw)) look_for(kJson, {.raw = raw, .text = raw});  // no syslog header begins with a bracket
        else look_for(kAll, look_at(raw));
        // Few, and most often one: moved up past those that are less sure, which keeps the order of equals.
        for (std::size_t i = 1; i < count; ++i)
            for (std::size_t at = i; at > 0 && guesses[at - 1].sure < guesses[at].sure; --at) std::swap(guesses[at - 1], guesses[at]);
        return count;
    }
    bool by_sniffing() {
        Guesses guesses;
        const std::size_t count = guess(record_->raw, guesses);
        for (std::size_t i = 0; i < count; ++i) {
            const Format& format = *guesses[i].format;
            if (!with(format)) continue;
            sure_ = guesses[i].sure;
            const Mapping* const mapping = library_->mappings().apply_matching(format.name, context_, parsed_, *seen_);
            if (mapping != nullptr) sure_ = std::max(sure_, 90);
            else if (&format == &of_csv::csv) continue;  // columns without names say nothing
            unwrap(mapping != nullptr ? std::string_view{mapping->carries} : carried_by(format));
            return true;
        }
        sure_ = 0;
        if (why_.empty()) why_ = record_->raw.empty() ? "the record is empty" : "no format knows these bytes";
        return false;
    }
    // Formats in C++ whose records carry another.
    static std::string_view carried_by(const Format& format) { return &format == &of_journald::journald ? "MESSAGE" : ""; }
    // When a format knows what the member carries, that is the event; what stands around it stays beside it.
    void unwrap(std::string_view member) {
        if (member.empty() || parsed_.builder.size() > kMostAround) return;
        const std::string_view carried = carried_in(record_->raw, member, parsed_.occurred_known ? parsed_.occurred : context_.received, parsed_.builder);
        if (carried.empty()) return;
        thread_local std::vector<event::Field> around;
        around.assign(parsed_.builder.fields().begin(), parsed_.builder.fields().end());
        const auto [occurred, known, logsource, format] = std::tuple{parsed_.occurred, parsed_.occurred_known, parsed_.logsource, parsed_.format};
        event::Builder& builder = parsed_.builder;
        const bool inside = read_carried(carried) && builder.size() <= 4 * kMostAround;
        if (!inside) {
            reset();
            parsed_.logsource = logsource;
            parsed_.format = format;
        }
        if (!inside || !parsed_.occurred_known) {
            parsed_.occurred = occurred;
            parsed_.occurred_known = known;
        }
        const std::size_t own = builder.size();
        const auto is_there = [&](const event::Field& field) {
            if (field.name == member || (field.name.size() > member.size() && field.name[member.size()] == '.' && field.name.starts_with(member))) return true;
            for (const event::Field& one : builder.fields().first(own))
                if (one.name == field.name || (one.ecs != event::Ecs::none && one.ecs == field.ecs)) return true;
            return false;
        };
        for (const event::Field& field : around)
            if (!inside || !is_there(field)) again(field, builder);
    }
    bool read_carried(std::string_view raw) {
        Guesses guesses;
        const std::size_t count = guess(raw, guesses);
        for (std::size_t i = 0; i < count; ++i) {
            const Format& format = *guesses[i].format;
            if (!with(format, raw)) continue;
            if (library_->mappings().apply_matching(format.name, context_, parsed_, *seen_) != nullptr) return true;
            if (&format != &of_json::json && &format != &of_csv::csv && &format != &of_keyvalue::keyvalue) return true;  // these know anything
        }
        return false;
    }
    bool run() {
        const std::string& pinned = record_->envelope.format;
        if (pinned.empty()) return by_sniffing();
        sure_ = 100;
        if (const Format* format = MadeLibrary::find_format(pinned)) {
            if (!with(*format)) return false;
            unwrap(carried_by(*format));
            return true;
        }
        if (const Mapping* mapping = library_->mappings().find(pinned)) return with(*mapping);
        why_ = vg::format("there is no format named {}", shorten(pinned, 100));
        return false;
    }

    [[nodiscard]] int sure() const { return sure_; }
    [[nodiscard]] const std::string& why() const { return why_; }
    [[nodiscard]] const Parsed& parsed() const { return parsed_; }
    void finish() {
        complete(parsed_, *seen_);
        library_->mappings().add_aliases(parsed_, *seen_);
    }
    void reset() {
        seen_->forget();
        parsed_.builder.clear();
        parsed_.occurred = {};
        parsed_.occurred_known = false;
        parsed_.logsource = {};
        parsed_.format = {};
        parsed_.time_text = {};
    }

private:
    const event::Record* record_;
    const MadeLibrary* library_;
    Context context_;
    Parsed parsed_;
    MappingSet::Seen* seen_;
    std::string why_;  // of the format that was surest
    int sure_ = 0;
};

}  // namespace

std::span<const Format* const> all() { return kAll; }

Result<std::shared_ptr<const Library>> Library::make(std::span<const std::pair<std::string, std::string>> mappings) {
    std::vector<std::unique_ptr<Mapping>> made;
    std::set<std::string> names;
    for (const Format* format : kAll) names.emplace(format->name);
    for (const auto& [file, text] : mappings) {
        std::unique_ptr<Mapping> mapping = TRY(Mapping::make(file, text));
        if (!names.insert(mapping->name).second) return fail(Code::bad_input, vg::format("in mapping {}: the name {} is taken", file, mapping->name));
        if (MadeLibrary::find_format(mapping->reads) == nullptr) return fail(Code::bad_input, vg::format("in mapping {}: reads: there is no format named {}", file, mapping->reads));
        made.push_back(std::move(mapping));
    }
    return std::shared_ptr<const Library>{std::make_shared<MadeLibrary>(std::move(made))};
}

Outcome to_event(const event::Record& record, const Library& library, Arena& arena) {
    // The builder's memory is used again for each record of the thread; nothing of one record stays for the next.
    thread_local event::Builder builder{arena};
    thread_local MappingSet::Seen seen;
    builder.clear();
    builder.use(arena);
    Attempt attempt{record, static_cast<const MadeLibrary&>(library), builder, seen};
    const bool understood = attempt.run();
    Outcome outcome;
    if (understood) attempt.finish();
    if (!understood) {
        attempt.reset();
        std::string_view text = record.raw;
        if (!is_utf8(text)) text = arena.copy(to_valid_utf8(text));
        builder.ecs(event::Ecs::message, text);
        outcome.unparsed = arena.copy(attempt.why());
    }
    outcome.event.received = record.envelope.received;
    outcome.event.occurred_known = attempt.parsed().occurred_known;
    outcome.event.occurred = outcome.event.occurred_known ? attempt.parsed().occurred : record.envelope.received;
    outcome.event.format = attempt.parsed().format;
    outcome.event.logsource = attempt.parsed().logsource;
    outcome.event.fields = builder.finish();
    outcome.sure = understood ? attempt.sure() : 0;
    return outcome;
}

}  // namespace vg::formats
