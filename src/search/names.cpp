#include "search/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "search/tree.h"

namespace vg::search {

namespace {

struct OwnName {
    std::string_view name;
    Own own;
};
constexpr OwnName kOwn[] = {
    {"source", Own::source},     {"organisation", Own::organisation}, {"format", Own::format},     {"peer", Own::peer},
    {"unparsed", Own::unparsed}, {"id", Own::id},                     {"received", Own::received}, {"@timestamp", Own::occurred},
};

// Field sets of ECS 8.11 (reference, "ECS Field Reference") and winlog of Winlogbeat: a name that begins with one of them
// may be a field that our dictionary does not have.
constexpr std::string_view kEcsRoots[] = {
    "agent", "as", "client", "cloud", "code_signature", "container", "data_stream", "destination", "device", "dll", "dns", "ecs", "elf", "email",
    "error", "event", "faas", "file", "geo", "group", "hash", "host", "http", "interface", "log", "macho", "network", "observer", "orchestrator",
    "organization", "os", "package", "pe", "process", "registry", "related", "risk", "rule", "server", "service", "source", "threat", "tls",
    "transaction", "trace", "span", "url", "user", "user_agent", "vlan", "volume", "vulnerability", "x509", "winlog", "labels"};

bool looks_like_ecs(std::string_view name) {
    return name.find('.') != std::string_view::npos && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; });
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

}  // namespace

std::string_view name_of(Own own) {
    for (const OwnName& known : kOwn)
        if (known.own == own) return known.name;
    return {};
}

const std::vector<std::string>& known_names() {
    static const auto* const made = [] {
        auto* names = new std::vector<std::string>;
        for (const OwnName& known : kOwn) names->emplace_back(known.name);
        for (const event::FieldInfo& field : event::all_fields())
            if (field.name != "@timestamp") names->emplace_back(field.name);
        return names;
    }();
    return *made;
}

Target target_of(std::string_view name, bool quoted) {
    Target target;
    target.kind = Target::Kind::native;
    target.name = nfc(name);
    target.exact_name = quoted;
    if (quoted) return target;
    const std::string lower = lower_ascii(target.name);
    for (const OwnName& known : kOwn)
        if (known.name == lower) {
            target.kind = Target::Kind::own;
            target.own = known.own;
            target.name = lower;
            return target;
        }
    if (const event::Ecs field = event::ecs_field(lower); field != event::Ecs::none) {
        target.kind = Target::Kind::ecs;
        target.ecs = field;
        target.name = lower;
    }
    return target;
}

event::Type Target::type() const {
    switch (kind) {
        case Kind::any:
        case Kind::native: return event::Type::text;
        case Kind::ecs: return event::info(ecs).type;
        case Kind::own: break;
    }
    switch (own) {
        case Own::id: return event::Type::integer;
        case Own::received:
        case Own::occurred: return event::Type::time;
        case Own::source:
        case Own::organisation:
        case Own::format:
        case Own::peer:
        case Own::unparsed: break;
    }
    return event::Type::text;
}

bool Target::names(std::string_view native) const {
    return kind == Kind::native && (exact_name ? native == name : equal_ignoring_ascii_case(native, name));
}

std::string written(const Target& target) {
    if (target.kind != Target::Kind::native) return target.name;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '@' || static_cast<unsigned char>(c) >= 0x80;
    };
    const bool simple = !target.exact_name && !target.name.empty() && std::all_of(target.name.begin(), target.name.end(), plain);
    const char first = target.name.empty() ? '-' : target.name[0];
    const bool starts = first != '-' && first != '.' && (first < '0' || first > '9');
    if (simple && starts && target.name.size() > 1 && target_of(target.name).kind == Target::Kind::native && target.name != "exists" && target.name != "missing") return target.name;
    std::string out = "\"";
    for (const char c : target.name) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

std::optional<NameDoubt> doubt_about(std::string_view name) {
    if (name.size() > 64 || target_of(name).kind != Target::Kind::native) return std::nullopt;
    std::string_view best;
    std::size_t best_distance = name.size() >= 6 ? 3 : 2;
    for (const std::string& known : known_names()) {
        if (known.size() < 5) continue;  // "id" and "peer" are close to too much
        if (const std::size_t apart = distance(lower_ascii(name), known); apart < best_distance) {
            best_distance = apart;
            best = known;
        }
    }
    if (best.empty()) return std::nullopt;
    const std::string_view root = name.substr(0, name.find('.'));
    const bool root_is_known = std::find(std::begin(kEcsRoots), std::end(kEcsRoots), root) != std::end(kEcsRoots);
    return NameDoubt{std::string{best}, looks_like_ecs(name) && best.find('.') != std::string_view::npos && !root_is_known};
}

}  // namespace vg::search
