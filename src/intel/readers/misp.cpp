// MISP: events as MISP exports them and as the files of a feed hold them: one event, a list of them, or a search's answer.
// Attributes that are not meant for detection (to_ids false) are refused with that reason.
#include "intel/readers/misp.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "intel/readers/reader.h"

namespace vg::intel::of_misp {
namespace {

enum class Part { none, value, note, port };  // what a piece of an attribute is: an indicator, something to tell, a port

struct Type {
    std::string_view name;
    Part first = Part::value;
    Kind kind = Kind::address;
    Role role = Role::unknown;
    Part second = Part::none;  // behind '|'
    Kind second_kind = Kind::hash;
};

constexpr std::array kTypes{
    Type{"ip-src", Part::value, Kind::address, Role::source},
    Type{"ip-dst", Part::value, Kind::address, Role::destination},
    Type{"ip-src|port", Part::value, Kind::address, Role::source, Part::port},
    Type{"ip-dst|port", Part::value, Kind::address, Role::destination, Part::port},
    Type{"domain", Part::value, Kind::domain, Role::destination},
    Type{"hostname", Part::value, Kind::domain, Role::destination},
    Type{"hostname|port", Part::value, Kind::domain, Role::destination, Part::port},
    Type{"domain|ip", Part::value, Kind::domain, Role::destination, Part::value, Kind::address},
    Type{"url", Part::value, Kind::url, Role::destination},
    Type{"uri", Part::value, Kind::url, Role::destination},
    Type{"md5", Part::value, Kind::hash},
    Type{"sha1", Part::value, Kind::hash},
    Type{"sha256", Part::value, Kind::hash},
    Type{"sha512", Part::value, Kind::hash},
    Type{"x509-fingerprint-md5", Part::value, Kind::hash},
    Type{"x509-fingerprint-sha1", Part::value, Kind::hash},
    Type{"x509-fingerprint-sha256", Part::value, Kind::hash},
    Type{"filename", Part::value, Kind::file_name},
    Type{"filename|md5", Part::note, Kind::file_name, Role::unknown, Part::value, Kind::hash},
    Type{"filename|sha1", Part::note, Kind::file_name, Role::unknown, Part::value, Kind::hash},
    Type{"filename|sha256", Part::note, Kind::file_name, Role::unknown, Part::value, Kind::hash},
    Type{"filename|sha512", Part::note, Kind::file_name, Role::unknown, Part::value, Kind::hash},
    Type{"malware-sample", Part::note, Kind::file_name, Role::unknown, Part::value, Kind::hash},
    Type{"email", Part::value, Kind::email},
    Type{"email-src", Part::value, Kind::email, Role::source},
    Type{"email-dst", Part::value, Kind::email, Role::destination},
    Type{"email-reply-to", Part::value, Kind::email, Role::source},
    Type{"ja3-fingerprint-md5", Part::value, Kind::ja3},
    Type{"ja4", Part::value, Kind::ja4},
    Type{"user-agent", Part::value, Kind::user_agent},
    Type{"stix2-pattern", Part::value, Kind::pattern},
};

constexpr std::size_t kMostBytes = std::size_t{512} << 20;

// The names that a galaxy tag gives: misp-galaxy:malpedia="Emotet" -> Emotet. What is no family (sectors, countries,
// techniques) gives nothing.
std::string_view family_of_tag(std::string_view tag) {
    constexpr std::string_view kStart = "misp-galaxy:";
    if (!tag.starts_with(kStart)) return {};
    tag.remove_prefix(kStart.size());
    const std::size_t equals = tag.find('=');
    if (equals == std::string_view::npos || tag.size() < equals + 3 || tag[equals + 1] != '"' || tag.back() != '"') return {};
    static constexpr std::array<std::string_view, 20> kFamilies{"malpedia",    "ransomware", "banker",  "botnet",      "rat",           "stealer",          "backdoor",     "android",
                                                                "exploit-kit", "tool",       "malware", "mitre-malware", "mitre-tool", "threat-actor",     "microsoft-activity-group",
                                                                "mitre-intrusion-set", "mitre-enterprise-attack-malware", "mitre-enterprise-attack-intrusion-set", "mitre-enterprise-attack-tool", "cryptominers"};
    if (std::find(kFamilies.begin(), kFamilies.end(), tag.substr(0, equals)) == kFamilies.end()) return {};
    return tag.substr(equals + 2, tag.size() - equals - 3);
}

std::optional<std::uint8_t> confidence_of_tag(std::string_view tag) {
    struct Level {
        std::string_view tag;
        std::uint8_t confidence;
    };
    // The numbers are those of the taxonomy "misp".
    static constexpr std::array kLevels{Level{"completely-confident", 100}, Level{"usually-confident", 75}, Level{"fairly-confident", 50}, Level{"rarely-confident", 25}, Level{"unconfident", 0}};
    constexpr std::string_view kStart = "misp:confidence-level=\"";
    if (!tag.starts_with(kStart) || !tag.ends_with('"')) return {};
    tag = tag.substr(kStart.size(), tag.size() - kStart.size() - 1);
    for (const Level& level : kLevels)
        if (level.tag == tag) return level.confidence;
    return {};
}

void apply_tag(std::string_view tag, Entry& about, bool& tlp_seen) {
    if (lower_ascii(tag).starts_with("tlp:"))
        if (const auto tlp = detect::indicator::parse_tlp(tag)) {
            // Marks of one level add up to the strictest; a nearer level replaces those further out.
            about.tlp = tlp_seen ? stricter(about.tlp, *tlp) : std::optional{*tlp};
            tlp_seen = true;
        }
    if (const auto confidence = confidence_of_tag(tag)) about.confidence = confidence;
    if (const auto family = family_of_tag(tag); !family.empty()) about.family = family;
}

// Tags and galaxies of an event, an object or an attribute.
void apply_tags(const json::Value& of, Entry& about) {
    bool tlp_seen = false;
    if (const json::Value* tags = of.find("Tag"); tags && tags->is_array())
        for (const json::Value& tag : tags->as_array())
            if (const auto name = tag.text("name")) apply_tag(*name, about, tlp_seen);
    if (const json::Value* tags = of.find("EventTag"); tags && tags->is_array())
        for (const json::Value& tag : tags->as_array())
            if (const json::Value* inner = tag.find("Tag"))
                if (const auto name = inner->text("name")) apply_tag(*name, about, tlp_seen);
    const json::Value* galaxies = of.find("Galaxy");
    if (!galaxies || !galaxies->is_array()) return;
    for (const json::Value& galaxy : galaxies->as_array()) {
        const json::Value* clusters = galaxy.find("GalaxyCluster");
        if (!clusters || !clusters->is_array()) continue;
        for (const json::Value& cluster : clusters->as_array())
            if (const auto name = cluster.text("tag_name")) apply_tag(*name, about, tlp_seen);
    }
}

std::string text_of(const json::Value& of, std::string_view name) {
    const json::Value* found = of.find(name);
    if (!found) return {};
    if (found->is_int()) return format("{}", found->as_int());
    return found->is_text() ? found->as_text() : std::string{};
}

bool is_set(const json::Value& of, std::string_view name, bool otherwise) {
    const json::Value* found = of.find(name);
    if (!found) return otherwise;
    if (found->is_bool()) return found->as_bool();
    if (found->is_int()) return found->as_int() != 0;
    return found->is_text() ? found->as_text() == "1" || found->as_text() == "true" : otherwise;
}

class MispReader {
public:
    explicit MispReader(const Input& input) : input_(input), out_(input.limits) {}

    Reading run() {
        const auto document = json::parse(input_.bytes, {.bytes = std::min(kMostBytes, input_.limits.bytes)});
        if (!document)
            out_.refuse({}, "it is no JSON: " + document.error().text, input_.bytes.substr(0, 100));
        else
            any(*document, 0);
        return out_.finish();
    }

private:
    // One of the wrappings of an event, or an event.
    void any(const json::Value& value, int depth) {
        if (depth > 4) return;
        if (value.is_array()) {
            for (const json::Value& item : value.as_array()) any(item, depth + 1);
            return;
        }
        if (!value.is_object()) return;
        if (const json::Value* response = value.find("response")) return any(*response, depth + 1);
        const json::Value* event = value.find("Event");
        if (event && event->is_object()) return read_event(*event);
        if (value.find("Attribute") || value.find("Object")) read_event(value);
    }

    void read_event(const json::Value& event) {
        Entry about = input_.about;
        apply_tags(event, about);
        if (about.comment.empty()) about.comment = text_of(event, "info");
        const std::string name = text_of(event, "uuid");
        attributes(event, about, "event " + shorten(name, 40));
        const json::Value* objects = event.find("Object");
        if (!objects || !objects->is_array()) return;
        for (std::size_t i = 0; i < objects->as_array().size() && !out_.is_full(); ++i) {
            const json::Value& object = objects->as_array()[i];
            Entry inner = about;
            apply_tags(object, inner);
            attributes(object, inner, format("event {}, object {}", shorten(name, 40), i + 1), is_set(object, "deleted", false));
        }
    }

    void attributes(const json::Value& of, const Entry& about, const std::string& where, bool deleted = false) {
        const json::Value* list = of.find("Attribute");
        if (!list || !list->is_array()) return;
        for (std::size_t i = 0; i < list->as_array().size() && !out_.is_full(); ++i) attribute(list->as_array()[i], about, format("{}, attribute {}", where, i + 1), deleted);
    }

    void attribute(const json::Value& value, const Entry& outer, const std::string& where, bool deleted) {
        const Where place{.text = where};
        const std::string type_name = text_of(value, "type"), text = text_of(value, "value");
        const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& known) { return known.name == type_name; });
        if (type == kTypes.end()) return out_.refuse(place, format("the type \"{}\" is not matched", shorten(type_name, 60)), text);
        if (deleted || is_set(value, "deleted", false)) return out_.refuse(place, "it was deleted by its author", text);
        if (!is_set(value, "to_ids", true)) return out_.refuse(place, "its author does not mean it for detection (to_ids is false)", text);
        Entry about = outer;
        apply_tags(value, about);
        if (const std::string comment = text_of(value, "comment"); !comment.empty()) about.comment = comment;
        if (const auto from = parse_when(text_of(value, "first_seen"))) about.from = from;
        if (type->role != Role::unknown) about.role = type->role;
        const std::size_t bar = type->second == Part::none ? std::string::npos : text.rfind('|');
        if (type->second != Part::none && bar == std::string::npos && type->first == Part::note) return out_.refuse(place, "there is no \"|\" in it", text);
        const std::string_view first = std::string_view{text}.substr(0, bar);
        const std::string_view second = bar == std::string::npos ? std::string_view{} : std::string_view{text}.substr(bar + 1);
        if (type->second == Part::port && bar != std::string::npos) {
            const auto port = parse_int(trim(second));
            if (!port || *port < 1 || *port > 65'535) return out_.refuse(place, "what stands behind \"|\" is no port", text);
            about.port = static_cast<std::uint16_t>(*port);
        }
        if (type->first == Part::note) about.comment = format("{} ({})", trim(first), about.comment);
        if (type->first == Part::value) add(type->kind, first, about, place);
        about.port = 0;
        if (type->second == Part::value && bar != std::string::npos) add(type->second_kind, second, about, place);
    }

    void add(Kind kind, std::string_view text, const Entry& about, const Where& place) {
        if (kind == Kind::address && text.find('/') != std::string_view::npos) kind = Kind::network;
        out_.add(kind, text, about, place);
    }

    const Input& input_;
    Collector out_;
};

Reading read(const Input& input) { return MispReader{input}.run(); }

bool sniff(std::string_view bytes, std::string_view) {
    const std::string_view start = trim(bytes.substr(0, 65'536));
    if (!start.starts_with('{') && !start.starts_with('[')) return false;
    return start.find("\"Attribute\"") != std::string_view::npos || start.find("\"Event\"") != std::string_view::npos;
}

}  // namespace

extern const Reader misp{.name = "misp", .about = "MISP events: one, a list, or a file of a feed", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_misp
