// A plain list: one indicator a line, in any form that people write it. Comments begin with #, // or ; . Also lines of hosts
// files ("0.0.0.0 evil.example"), of ad blockers ("||evil.example^") and ranges ("192.0.2.1-192.0.2.9").
#include <array>

#include "base/ip.h"
#include "base/text.h"
#include "intel/readers/reader.h"

namespace vg::intel::of_plain {
namespace {

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with("//") || line.starts_with(';') || line.starts_with('!'); }

// Cuts "value # comment"; a # within a URL stays.
std::string_view cut_comment(std::string_view& line) {
    for (std::string_view sign : {" #", "\t#", " ;", "\t;", " //"}) {
        const std::size_t at = line.find(sign);
        if (at == std::string_view::npos) continue;
        const std::string_view comment = trim(line.substr(at + sign.size()));
        line = trim(line.substr(0, at));
        return comment;
    }
    return {};
}

bool is_nowhere(std::string_view word) { return word == "0.0.0.0" || word == "127.0.0.1" || word == "::" || word == "::1"; }

void read_line(std::string_view line, const Input& input, const Where& place, Collector& out) {
    Entry about = input.about;
    if (input.kind == Kind::user_agent || input.kind == Kind::file_name) return out.add(input.kind, line, about, place);
    const bool is_pattern = line.starts_with('[') || line.starts_with('(');  // or a defanged name
    if (is_pattern && detect::indicator::canonical(Kind::pattern, line)) return out.add(Kind::pattern, line, about, place);
    const std::string_view comment = cut_comment(line);
    if (!comment.empty()) about.comment = comment;
    if (line.size() > 1 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front()) line = line.substr(1, line.size() - 2);
    if (line.ends_with(',')) line.remove_suffix(1);
    if (line.starts_with("||") && line.ends_with('^')) return out.add(Kind::domain, line.substr(2, line.size() - 3), about, place);
    const std::size_t blank = line.find_first_of(" \t");
    if (blank != std::string_view::npos && is_nowhere(line.substr(0, blank))) {
        line = trim(line.substr(blank));
        while (!line.empty()) {
            const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
            out.add(Kind::domain, line.substr(0, end), about, place);
            line = trim(line.substr(end));
        }
        return;
    }
    const std::size_t dash = line.find('-');
    if (dash != std::string_view::npos && parse_address(trim(line.substr(0, dash)))) return out.add_range(line.substr(0, dash), line.substr(dash + 1), about, place);
    // A dot in front stands for all names below, which a name does anyway.
    if (line.size() > 1 && line.front() == '.' && line[1] != '.') line.remove_prefix(1);
    out.add(input.kind, line, about, place);
}

Reading read(const Input& input) {
    Collector out{input.limits};
    for_each_line(input.bytes.substr(0, input.limits.bytes), [&](std::size_t number, std::string_view line) {
        line = trim(line);
        if (line.empty() || is_comment(line)) return true;
        read_line(line, input, {.line = number}, out);
        return !out.is_full();
    });
    return out.finish();
}

bool sniff(std::string_view, std::string_view) { return false; }

}  // namespace

extern const Reader plain{.name = "plain", .about = "one indicator a line", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_plain
