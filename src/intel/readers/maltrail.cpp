// Lists of Maltrail: the file is named for the family; one name, address, address:port, URL or path a line, with a comment
// behind " # "; "# Reference:" lines say where the lines below them come from.
#include <algorithm>

#include "base/ip.h"
#include "base/text.h"
#include "intel/readers/reader.h"

namespace vg::intel::of_maltrail {
namespace {

constexpr std::string_view kReference = "# Reference:";

std::string_view stem_of(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    return name.substr(0, name.rfind('.'));
}

bool is_expression(std::string_view line) {
    if (line.find_first_of("[](){}\\*+?|^$") == std::string_view::npos || line.find("://") != std::string_view::npos) return false;
    return !line.starts_with('[') || !parse_address(line.substr(1, line.find(']') - 1));  // [2001:db8::1]:443
}

// Its lists are of the network alone: what ends like a file is a name below such an ending (zeus.onion.cab), or one that a resolver was
// asked for.
std::optional<Kind> kind_of(std::string_view line, std::optional<Kind> said) {
    if (said) return said;
    const auto value = detect::indicator::recognise(line);
    return value && value->kind == Kind::file_name ? std::optional{Kind::domain} : std::nullopt;
}

Reading read(const Input& input) {
    Collector out{input.limits};
    const std::string family{input.about.family.empty() ? stem_of(input.name) : std::string_view{input.about.family}};
    Entry about = input.about;
    about.family = family;
    // Scanners come to us; what malware talks to is contacted by its victims.
    if (about.role == Role::unknown && input.name.find("malware/") != std::string_view::npos) about.role = Role::destination;
    if (about.role == Role::unknown && family.starts_with("mass_scanner")) about.role = Role::source;
    std::string reference;
    for_each_line(input.bytes.substr(0, input.limits.bytes), [&](std::size_t number, std::string_view line) {
        line = trim(line);
        if (line.starts_with(kReference)) reference = trim(line.substr(kReference.size()));
        if (line.empty() || line.starts_with('#')) return true;
        const std::string_view whole = line;
        const std::size_t comment = std::min(line.find(" #"), line.find("\t#"));
        about.comment = comment == std::string_view::npos ? reference : std::string{trim(line.substr(comment + 2))};
        line = trim(line.substr(0, comment));
        const Where place{.line = number};
        if (line.starts_with('/'))
            out.refuse(place, "a path without a host: it would accuse any site that has it", whole);
        else if (line.find('/') == std::string_view::npos && is_expression(line))
            out.refuse(place, "a regular expression", whole);
        else
            out.add(kind_of(line, input.kind), line, about, place);
        return !out.is_full();
    });
    return out.finish();
}

bool sniff(std::string_view bytes, std::string_view) { return bytes.starts_with("# Copyright (c)") && bytes.substr(0, 200).find("Maltrail developers") != std::string_view::npos; }

}  // namespace

extern const Reader maltrail{.name = "maltrail", .about = "lists of Maltrail, the file named for the family", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_maltrail
