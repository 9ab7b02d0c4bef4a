#include "formats/flat.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace vg::formats {

std::string_view made_nfc(std::string_view name, Arena& arena) { return is_nfc(name) ? name : arena.copy(nfc(name)); }

std::string_view Flat::join(std::string_view prefix, std::string_view name) {
    if (prefix.empty()) return name;
    char* const memory = builder_->arena().take(prefix.size() + 1 + name.size());
    std::memcpy(memory, prefix.data(), prefix.size());
    memory[prefix.size()] = '.';
    std::copy(name.begin(), name.end(), memory + prefix.size() + 1);  // the name may be empty
    return {memory, prefix.size() + 1 + name.size()};
}

TextTable made_base_names() {
    TextTable made;
    for (const event::FieldInfo& field : event::all_fields()) made.add(field.name);
    CHECK(made.size() + 1 == kFirstTime, "names of ECS fields stand once each, so that numbers are those of the fields");
    for (const std::string_view name : kTimes) made.add(name);
    CHECK(made.size() + 1 == kFirstTime + std::size(kTimes), "names of times are none of ECS");
    return made;
}

const TextTable& base_names() {
    static const auto* const table = new TextTable{made_base_names()};
    return *table;
}

std::size_t Flat::last_of(std::string_view name) const {
    const std::span<event::Field> fields = builder_->fields();
    for (std::size_t i = fields.size(); i > 0; --i)
        if (same_text(fields[i - 1].name, name)) return i;
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

bool Flat::add_ecs(std::uint32_t number, std::string_view value) {
    if (number == 0 || number >= kFirstTime) return false;
    const std::size_t before = builder_->size();
    builder_->ecs(static_cast<event::Ecs>(number), value);
    return builder_->size() > before;  // a value that does not fit the type stays as it is
}

void Flat::value(std::string_view name, std::uint64_t hash, int depth) {
    const JsonKind kind = at_->kind();
    if (kind == JsonKind::object && depth < kMostDepth) return members(name, depth + 1);
    if (kind == JsonKind::array && depth < kMostDepth) {
        for (bool more = at_->open('['); more; more = at_->next(']')) value(name, hash, depth + 1);
        return;
    }
    const std::uint32_t number = names_->find(name, hash);
    switch (kind) {
        case JsonKind::object:
        case JsonKind::array: {  // too deep
            const std::string_view text = at_->skip();
            if (!admit(name, hash)) return;
            builder_->text(name, text);
            break;
        }
        case JsonKind::text: {
            const JsonString text = at_->text();
            if (!admit(name, hash)) return;
            if (add_ecs(number, text.text)) break;
            if (text.nfc)
                builder_->nfc_text(name, text.text);
            else
                builder_->text(name, text.text);
            break;
        }
        case JsonKind::number: {
            const JsonNumber read = at_->number();
            if (!admit(name, hash)) return;
            if (add_ecs(number, read.text)) break;
            if (read.whole) {
                if (const auto integer = parse_int(read.text)) {
                    builder_->ascii_integer(name, *integer, read.text);
                    break;
                }
            }
            builder_->ascii_real(name, parse_real(read.text).value_or(0), read.text);
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
    settle_numbered(number);
}

void Flat::pair(std::string_view name, std::string_view text) {
    const std::uint64_t hash = name_hash(name);
    if (!admit(name, hash)) return;
    if (!add_ecs(names_->find(name, hash), text)) builder_->text(name, text);
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
