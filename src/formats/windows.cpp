// Windows events as JSON, whoever shipped them: Winlogbeat 6 to 8, NXLog, evtx_dump and our own EVTX reader, OTRF's flat
// form. One normal form comes out: the names of the Windows event itself, as upstream Sigma rules write them.
#include <cstring>

#include "base/text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/windows_normal.h"
#include "formats/windows_tables.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace vg::formats::of_windows {

namespace {

using namespace windows_tables;

bool is_bare_guid(std::string_view text) {
    return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

std::string_view in_braces(std::string_view text, Arena& arena) {
    char* const memory = arena.take(text.size() + 2);
    memory[0] = '{';
    std::memcpy(memory + 1, text.data(), text.size());
    memory[text.size() + 1] = '}';
    return {memory, text.size() + 2};
}

// The numbers of winmeta.xml for the words that shippers put instead.
int level_of(std::string_view word) {
    constexpr std::string_view kWords[] = {"log always", "critical", "error", "warning", "information", "verbose"};
    for (int i = 0; i < 6; ++i)
        if (equal_ignoring_ascii_case(word, kWords[i])) return i;
    return -1;
}

std::string_view as_hex(std::int64_t number, Arena& arena) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    char buffer[18];
    char* at = buffer + sizeof buffer;
    auto rest = static_cast<std::uint64_t>(number);
    do {
        *--at = kDigits[rest & 15];
        rest >>= 4;
    } while (rest != 0);
    *--at = 'x';
    *--at = '0';
    return arena.copy({at, static_cast<std::size_t>(buffer + sizeof buffer - at)});
}

class Reader {
public:
    Reader(Parsed& parsed, JsonCursor& cursor) : parsed_(&parsed), flat_(parsed.builder, cursor) { flat_.read_as_xml(); }

    void object(Place place, int depth) {
        JsonCursor& at = flat_.at();
        for (bool more = at.open('{'); more; more = at.next('}')) member(place, at.key(), depth);
    }

    [[nodiscard]] bool is_windows() const {
        return slot(Known::EventID) != 0 && (in_event_ || slot(Known::Channel) != 0 || slot(Known::Provider_Name) != 0 ||
                                             slot(Known::Provider_Guid) != 0 || slot(Known::Computer) != 0);
    }
    void finish(const Context& context) {
        flat_.finish();
        if (flat_.moved()) find_again();
        normalise_windows(slots_, from_beat_, context, *parsed_);
    }

private:
    [[nodiscard]] std::uint16_t slot(Known known) const { return slots_[static_cast<std::size_t>(known)]; }

    void member(Place place, JsonString key, int depth) {
        JsonCursor& at = flat_.at();
        if (place == Place::dropped) {
            at.skip();
            return;
        }
        const std::uint64_t hash = name_hash(key.text);
        const Entry* entry = find(place, key.text, hash);
        if (entry == nullptr) {
            unknown(place, key, hash, depth);
        } else if (entry->enter == Place::none) {
            known(entry->known, place, depth);
        } else if (at.kind() == JsonKind::object && depth < kMostDepth) {
            if (entry->enter == Place::event) in_event_ = true;
            if (entry->enter == Place::winlog || (place == Place::top && entry->enter == Place::data)) from_beat_ = true;
            object(entry->enter, depth + 1);
        } else if (at.kind() == JsonKind::null) {
            at.null();
        } else if (const Entry* self = find(Place::data, entry->name, entry->hash); self != nullptr && entry->enter != Place::dropped) {
            known(self->known, Place::system, depth);
        } else {
            plain(entry->name, hash, place, depth);
        }
    }

    // Members that no table names: EventData as it is, the rest with the dotted name of its place.
    void unknown(Place place, JsonString key, std::uint64_t hash, int depth) {
        JsonCursor& at = flat_.at();
        if (key.text == "#attributes" && place != Place::top && at.kind() == JsonKind::object && depth < kMostDepth) {
            if (place == Place::data)
                event_data_attributes();
            else
                object(place, depth + 1);
            return;
        }
        if (place == Place::user_data && at.kind() == JsonKind::object && depth < kMostDepth) {
            if (flat_.admit("UserData_Element")) {
                parsed_->builder.text("UserData_Element", field_name(key, parsed_->builder.arena()));
                note(Known::UserData_Element, flat_.settle());
            }
            object(Place::data, depth + 1);
            return;
        }
        if (place == Place::beat_user_data) place = Place::data;
        const std::string_view name = element_of(field_name(key, parsed_->builder.arena()), at.kind());
        plain(name, name.size() == key.text.size() && name.data() == key.text.data() ? hash : name_hash(name), place, depth);
    }

    void plain(std::string_view name, std::uint64_t hash, Place place, int depth) {
        JsonCursor& at = flat_.at();
        switch (place) {
            case Place::data:
                if (at.kind() == JsonKind::text || at.kind() == JsonKind::number || at.kind() == JsonKind::boolean || at.kind() == JsonKind::null)
                    known_value(Known::none, name, hash, Kind::data);
                else
                    data_value(name, depth);
                return;
            case Place::winlog: name = flat_.join("winlog", name); break;
            case Place::winlog_process: name = flat_.join("winlog.process", name); break;
            case Place::winlog_thread: name = flat_.join("winlog.process.thread", name); break;
            case Place::beat_user: name = flat_.join(from_beat_ ? "winlog.user" : "user", name); break;
            case Place::rendering: name = flat_.join("RenderingInfo", name); break;
            case Place::provider: name = flat_.join("Provider", name); break;
            case Place::execution: name = flat_.join("Execution", name); break;
            case Place::correlation: name = flat_.join("Correlation", name); break;
            case Place::security: name = flat_.join("Security", name); break;
            case Place::time_created: name = flat_.join("TimeCreated", name); break;
            case Place::event_id: name = flat_.join("EventID", name); break;
            case Place::top:
            case Place::event:
            case Place::system:
            case Place::user_data:
            case Place::beat_user_data:
            case Place::dropped:
            case Place::none: flat_.value(name, hash, depth + 1); return;
        }
        flat_.value(name, depth + 1);
    }

    // <EventData Name="..."> says which of the manifest's templates was used.
    void event_data_attributes() {
        JsonCursor& at = flat_.at();
        for (bool more = at.open('{'); more; more = at.next('}')) {
            const JsonString key = at.key();
            if (key.text == "xmlns")
                at.skip();
            else if (key.text == "Name")
                known_value(Known::EventData_Name, info(Known::EventData_Name).name, hash_of(Known::EventData_Name), Kind::header);
            else
                flat_.value(flat_.join("EventData", field_name(key, parsed_->builder.arena())), 1);
        }
    }

    // A member of EventData that is no scalar: several <Data>, or an element with attributes or elements of its own.
    void data_value(std::string_view name, int depth) {
        JsonCursor& at = flat_.at();
        if (depth >= kMostDepth) {
            flat_.value(name, depth);
        } else if (at.kind() == JsonKind::array) {
            for (bool more = at.open('['); more; more = at.next(']')) data_value(name, depth + 1);
        } else if (at.kind() == JsonKind::object) {
            for (bool more = at.open('{'); more; more = at.next('}')) {
                const JsonString key = at.key();
                const bool self = key.text == "#text" || key.text == "#attributes";
                data_value(self ? name : flat_.join(name, element_of(field_name(key, parsed_->builder.arena()), at.kind())), depth + 1);
            }
        } else {
            known_value(Known::none, name, name_hash(name), Kind::data);
        }
    }

    void known(Known id, Place place, int depth) {
        JsonCursor& at = flat_.at();
        const KnownInfo& facts = info(id);
        if (is_header(facts.kind) && place == Place::data) {
            const std::string_view name = flat_.join("EventData", facts.name);
            plain(name, name_hash(name), place, depth);
            return;
        }
        switch (at.kind()) {
            case JsonKind::array:
                for (bool more = at.open('['); more; more = at.next(']')) {
                    if (at.kind() == JsonKind::array || at.kind() == JsonKind::object)
                        flat_.value(facts.name, depth + 1);
                    else
                        known_value(id, facts.name, hash_of(id), facts.kind);
                }
                return;
            case JsonKind::object:
                if (is_header(facts.kind))
                    flat_.value(facts.name, depth);
                else
                    data_value(facts.name, depth);
                return;
            case JsonKind::text:
            case JsonKind::number:
            case JsonKind::boolean:
            case JsonKind::null:
            case JsonKind::none: known_value(id, facts.name, hash_of(id), facts.kind); return;
        }
    }

    // A scalar, in the normal form of its kind.
    void known_value(Known id, std::string_view name, std::uint64_t hash, Kind kind) {
        JsonCursor& at = flat_.at();
        JsonString text;
        switch (at.kind()) {
            case JsonKind::text: text = at.text(); break;
            case JsonKind::number: text = {at.number().text, true}; break;
            case JsonKind::boolean: text = {at.boolean() ? "true" : "false", true}; break;
            case JsonKind::null:
                at.null();
                if (is_header(kind)) return;
                if (!flat_.admit(name, hash)) return;
                parsed_->builder.null(name);
                flat_.settle();
                return;
            case JsonKind::object:
            case JsonKind::array:
            case JsonKind::none: at.skip(); return;
        }
        switch (kind) {
            case Kind::number:
                if (const auto number = parse_int(text.text)) {
                    add_integer(id, name, hash, *number, text.text);
                    return;
                }
                break;
            case Kind::rendered: {
                auto number = parse_int(text.text);
                if (number) {
                    add_integer(id, name, hash, *number, text.text);
                    return;
                }
                if (const int level = id == Known::Level ? level_of(text.text) : -1; level >= 0) add_integer(id, name, hash, level, {});
                id = id == Known::Level ? Known::Rendered_Level : id == Known::Task ? Known::Rendered_Task : Known::Rendered_Opcode;
                name = info(id).name;
                hash = hash_of(id);
                break;
            }
            case Kind::keywords: {
                const auto number = parse_int(text.text);
                if (number) {
                    text = {as_hex(*number, parsed_->builder.arena()), true};
                } else if (!text.text.starts_with("0x")) {
                    id = Known::Rendered_Keywords;
                    name = info(id).name;
                    hash = hash_of(id);
                }
                break;
            }
            case Kind::guid:
            case Kind::header_guid:
                if (is_bare_guid(text.text)) text.text = in_braces(text.text, parsed_->builder.arena());
                break;
            case Kind::data:
            case Kind::header: break;
        }
        if (!flat_.admit(name, hash)) return;
        if (text.nfc)
            parsed_->builder.nfc_text(name, text.text);
        else
            parsed_->builder.text(name, text.text);
        note(id, flat_.settle());
    }

    void add_integer(Known id, std::string_view name, std::uint64_t hash, std::int64_t number, std::string_view text) {
        if (!flat_.admit(name, hash)) return;
        parsed_->builder.integer(name, number, text);
        note(id, flat_.settle());
    }

    void note(Known id, std::size_t index) {
        std::uint16_t& kept = slots_[static_cast<std::size_t>(id)];
        if (kept == 0) kept = static_cast<std::uint16_t>(index + 1);
    }

    void find_again() {
        slots_ = {};
        const std::span<event::Field> fields = parsed_->builder.fields();
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (const Entry* entry = find(Place::data, fields[i].name, name_hash(fields[i].name))) note(entry->known, i);
    }

    Parsed* parsed_;
    Flat flat_;
    KnownFields slots_{};
    bool from_beat_ = false;
    bool in_event_ = false;
};

// Where the next `"event`, `"Event` or `"winlog"` begins, from `at` on; the end when there is none.
std::size_t next_word(std::string_view text, std::size_t at) {
    auto is_word = [&](std::size_t i) {
        if (i + 6 > text.size() || text[i] != '"') return false;
        if ((text[i + 1] | 0x20) == 'e') return text.substr(i + 2, 4) == "vent";
        return text[i + 1] == 'w' && text.substr(i + 2, 6) == "inlog\"";
    };
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i of_event = _mm_set1_epi8('v');
    const __m128i of_winlog = _mm_set1_epi8('i');
    auto hits_at = [&](std::size_t i) {
        const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
        const __m128i later = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i + 2));
        return _mm_and_si128(_mm_cmpeq_epi8(here, quote), _mm_or_si128(_mm_cmpeq_epi8(later, of_event), _mm_cmpeq_epi8(later, of_winlog)));
    };
    for (; at + 67 <= text.size(); at += 64) {
        const __m128i a = hits_at(at);
        const __m128i b = hits_at(at + 16);
        const __m128i c = hits_at(at + 32);
        const __m128i d = hits_at(at + 48);
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) == 0) continue;
        auto hits = static_cast<std::uint64_t>(_mm_movemask_epi8(a)) | static_cast<std::uint64_t>(_mm_movemask_epi8(b)) << 16 |
                    static_cast<std::uint64_t>(_mm_movemask_epi8(c)) << 32 | static_cast<std::uint64_t>(_mm_movemask_epi8(d)) << 48;
        for (; hits != 0; hits &= hits - 1) {
            const std::size_t i = at + static_cast<std::size_t>(__builtin_ctzll(hits));
            if (is_word(i)) return i;
        }
    }
    for (; at + 18 <= text.size(); at += 16)
        for (auto hits = static_cast<unsigned>(_mm_movemask_epi8(hits_at(at))); hits != 0; hits &= hits - 1) {
            const std::size_t i = at + static_cast<std::size_t>(__builtin_ctz(hits));
            if (is_word(i)) return i;
        }
#endif
    for (; at < text.size(); ++at)
        if (is_word(at)) return at;
    return text.size();
}

int sniff(const Look& look) {
    const std::string_view raw = look.raw;
    const std::string_view head = raw.substr(0, 4096);
    std::size_t begin = 0;
    while (begin < head.size() && (head[begin] == ' ' || head[begin] == '\t' || head[begin] == '\r' || head[begin] == '\n')) ++begin;
    if (begin == head.size() || head[begin] != '{') return 0;
    bool of_beat = false;
    for (std::size_t at = next_word(head, begin); at < head.size(); at = next_word(head, at + 6)) {
        if (head[at + 1] == 'w') {
            of_beat = true;
            continue;
        }
        const std::string_view rest = head.substr(at + 6);
        if (rest.empty()) break;
        const char c = rest.front();
        if (c != 'I' && c != '_' && c != 'R' && c != '"') continue;
        if (rest.starts_with("ID\"") || rest.starts_with("_id\"") || rest.starts_with("_data\"") || rest.starts_with("RecordID\"")) return 70;
        if (c == '"' && head[at + 1] == 'E' && head.substr(at, 200).find("\"System\"") != std::string_view::npos) return 90;
    }
    return of_beat ? 70 : 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const JsonIndex index = TRY(index_json(raw, parsed.builder.arena()));
    JsonCursor cursor{index, parsed.builder.arena()};
    if (cursor.kind() != JsonKind::object) return fail(Code::bad_input, "not a JSON object");
    Reader reader{parsed, cursor};
    reader.object(Place::top, 0);
    if (cursor.failed() || !cursor.at_end()) return fail(Code::bad_input, "not JSON: a bracket, comma or value stands wrong");
    if (!reader.is_windows()) return fail(Code::bad_input, "no Windows event: it names no event id, channel or provider");
    reader.finish(context);
    return {};
}

}  // namespace

extern const Format windows{.name = "windows", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one JSON object"};

}  // namespace vg::formats::of_windows
