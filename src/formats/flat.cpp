#include "formats/flat.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace vg::formats {

std::string_view field_name(JsonString name, Arena& arena) {
    if (name.nfc || is_nfc(name.text)) return name.text;
    return arena.copy(nfc(name.text));
}

std::string_view Flat::join(std::string_view prefix, std::string_view name) {
    if (prefix.empty()) return name;
    char* const memory = builder_->arena().take(prefix.size() + 1 + name.size());
    std::memcpy(memory, prefix.data(), prefix.size());
    memory[prefix.size()] = '.';
    std::copy(name.begin(), name.end(), memory + prefix.size() + 1);  // the name may be empty
    return {memory, prefix.size() + 1 + name.size()};
}

event::Ecs ecs_of(std::string_view name, std::uint64_t hash) {
    constexpr std::size_t kSize = 2048;
    struct Slot {
        std::string_view name;
        event::Ecs field = event::Ecs::none;
    };
    static const auto* const table = [] {
        auto* made = new std::vector<Slot>(kSize);
        CHECK(event::all_fields().size() < kSize / 4, "the table of ECS names must stay sparse");
        for (std::size_t i = 0; i < event::all_fields().size(); ++i) {
            const std::string_view field = event::all_fields()[i].name;
            std::size_t slot = name_hash(field) % kSize;
            while (!(*made)[slot].name.empty()) slot = (slot + 1) % kSize;
            (*made)[slot] = {field, static_cast<event::Ecs>(i + 1)};
        }
        return made;
    }();
    for (std::size_t slot = hash % kSize;; slot = (slot + 1) % kSize) {
        const Slot& found = (*table)[slot];
        if (found.name.empty()) return event::Ecs::none;
        if (found.name == name) return found.field;
    }
}

std::size_t Flat::last_of(std::string_view name) const {
    const std::span<event::Field> fields = builder_->fields();
    for (std::size_t i = fields.size(); i > 0; --i)
        if (fields[i - 1].name == name) return i;
    return 0;
}

std::size_t Flat::move_beside() {
    const std::span<event::Field> fields = builder_->fields();
    if (beside_ < fields.size() - 1) {
        std::rotate(fields.begin() + static_cast<std::ptrdiff_t>(beside_), fields.end() - 1, fields.end());
        moved_ = true;
    }
    return beside_;
}

bool Flat::add_ecs(std::string_view name, std::uint64_t hash, std::string_view value) {
    const event::Ecs field = ecs_of(name, hash);
    if (field == event::Ecs::none) return false;
    const std::size_t before = builder_->size();
    builder_->ecs(field, value);
    return builder_->size() > before;  // a value that does not fit the type stays as it is
}

void Flat::value(std::string_view name, std::uint64_t hash, int depth) {
    switch (at_->kind()) {
        case JsonKind::object:
            if (depth >= kMostDepth) {
                const std::string_view text = at_->skip();
                if (!admit(name, hash)) return;
                builder_->text(name, text);
                break;
            }
            members(name, depth + 1);
            return;
        case JsonKind::array:
            if (depth >= kMostDepth) {
                const std::string_view text = at_->skip();
                if (!admit(name, hash)) return;
                builder_->text(name, text);
                break;
            }
            for (bool more = at_->open('['); more; more = at_->next(']')) value(name, hash, depth + 1);
            return;
        case JsonKind::text: {
            const JsonString text = at_->text();
            if (!admit(name, hash)) return;
            if (add_ecs(name, hash, text.text)) break;
            if (text.nfc)
                builder_->nfc_text(name, text.text);
            else
                builder_->text(name, text.text);
            break;
        }
        case JsonKind::number: {
            const JsonNumber number = at_->number();
            if (!admit(name, hash)) return;
            if (add_ecs(name, hash, number.text)) break;
            if (number.whole) {
                if (const auto integer = parse_int(number.text)) {
                    builder_->integer(name, *integer, number.text);
                    break;
                }
            }
            builder_->real(name, parse_real(number.text).value_or(0), number.text);
            break;
        }
        case JsonKind::boolean: {
            const bool yes = at_->boolean();
            if (!admit(name, hash)) return;
            builder_->boolean(name, yes);
            break;
        }
        case JsonKind::null:
            at_->null();
            if (!admit(name, hash)) return;
            builder_->null(name);
            break;
        case JsonKind::none: at_->skip(); return;
    }
    settle();
}

void Flat::pair(std::string_view name, std::string_view text) {
    const std::uint64_t hash = name_hash(name);
    if (!admit(name, hash)) return;
    if (!add_ecs(name, hash, text)) builder_->text(name, text);
    settle();
}

void Flat::members(std::string_view prefix, int depth) {
    for (bool more = at_->open('{'); more; more = at_->next('}')) {
        std::string_view member = field_name(at_->key(), builder_->arena());
        if (as_xml_) member = element_of(member, at_->kind());
        const bool transparent = as_xml_ && !prefix.empty() && (member == "#text" || member == "#attributes");
        value(transparent ? prefix : join(prefix, member), depth);
    }
}

void Flat::finish() {
    if (omitted_ > 0) builder_->integer("omitted_fields", static_cast<std::int64_t>(omitted_));
}

}  // namespace vg::formats
