// IOC lists of signature-base (LOKI): the file's name says which ("hash", "filename", "c2"). HASH[;SCORE];COMMENT,
// EXPRESSION;SCORE[;EXCLUSION], or a server a line below a comment that says what it is. Of the expressions for file names those
// that stand for one whole name are read; the others are refused with the reason.
#include "base/text.h"
#include "intel/readers/reader.h"

namespace vg::intel::of_signature_base {
namespace {

std::string_view file_part(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool is_hash_list(std::string_view name) { return file_part(name).find("hash") != std::string_view::npos; }
bool is_name_list(std::string_view name) { return file_part(name).find("filename") != std::string_view::npos; }

void read_hash(std::string_view line, Entry about, const Where& place, Collector& out) {
    const std::size_t first = line.find(';');
    const std::string_view hash = trim(line.substr(0, first));
    std::string_view rest = first == std::string_view::npos ? std::string_view{} : line.substr(first + 1);
    const std::size_t second = rest.find(';');
    if (second != std::string_view::npos)
        if (const auto score = parse_confidence(rest.substr(0, second))) {
            about.confidence = score;
            rest.remove_prefix(second + 1);
        }
    about.comment = trim(rest);
    if (about.family.empty()) about.family = leading_name(about.comment);
    out.add(Kind::hash, hash, about, place);
}

// The one name that the expression stands for, or why it stands for more.
Result<std::string> name_of_expression(std::string_view expression) {
    if (expression.starts_with("(?i)")) expression.remove_prefix(4);
    if (expression.ends_with('$') && !expression.ends_with("\\$")) expression.remove_suffix(1);
    std::string name;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        if (c == '\\') {
            if (++i >= expression.size()) return fail(Code::bad_input, "the expression ends in a backslash");
            const char escaped = expression[i];
            const bool letter = (escaped >= 'a' && escaped <= 'z') || (escaped >= 'A' && escaped <= 'Z') || (escaped >= '0' && escaped <= '9');
            if (letter) return fail(Code::bad_input, "a regular expression that stands for many names");
            name.push_back(escaped);
        } else if (std::string_view{"^$*+?()[]{}|"}.find(c) != std::string_view::npos) {
            return fail(Code::bad_input, "a regular expression that stands for many names");
        } else {
            name.push_back(c);
        }
    }
    if (!name.starts_with('\\')) return fail(Code::bad_input, "a part of a name or path: only whole names are compared");
    name.erase(0, 1);
    if (name.empty() || name.find('\\') != std::string::npos) return fail(Code::bad_input, "a part of a path: only whole names and paths are compared");
    return name;
}

void read_name(std::string_view line, Entry about, const Where& place, Collector& out) {
    // The expressions hold no ';' of their own.
    const auto parts = split(line, ';');
    if (parts.size() >= 2) about.confidence = parse_confidence(parts[1]);
    if (parts.size() > 2 && !trim(parts[2]).empty()) return out.refuse(place, "it has an exclusion, which a list of names cannot express", line);
    const auto name = name_of_expression(trim(parts[0]));
    if (!name) return out.refuse(place, name.error().text, line);
    out.add(Kind::file_name, *name, about, place);
}

Reading read(const Input& input) {
    Collector out{input.limits};
    std::string comment;
    bool in_comment = false;
    for_each_line(input.bytes.substr(0, input.limits.bytes), [&](std::size_t number, std::string_view line) {
        line = trim(line);
        const Where place{.line = number};
        if (line.starts_with('#')) {
            const std::string_view text = trim(line.substr(1));
            if (!text.empty()) comment = text;
            in_comment = true;
            return true;
        }
        if (line.empty()) {
            if (!in_comment) comment.clear();
            return true;
        }
        in_comment = false;
        Entry about = input.about;
        if (is_hash_list(input.name)) {
            read_hash(line, std::move(about), place, out);
            return !out.is_full();
        }
        about.comment = comment;
        if (about.family.empty()) about.family = leading_name(comment);
        if (is_name_list(input.name)) {
            read_name(line, std::move(about), place, out);
        } else if (file_part(input.name).find("c2") != std::string_view::npos) {
            if (about.role == Role::unknown) about.role = Role::destination;
            const std::size_t end = line.find(';');
            if (end != std::string_view::npos) about.confidence = parse_confidence(line.substr(end + 1));
            out.add(std::nullopt, trim(line.substr(0, end)), about, place);
        } else {
            out.refuse(place, "words to look for in any text are no indicators", line);
        }
        return !out.is_full();
    });
    return out.finish();
}

bool sniff(std::string_view bytes, std::string_view) { return bytes.substr(0, 40).find("# LOKI") != std::string_view::npos; }

}  // namespace

extern const Reader signature_base{.name = "signature_base", .about = "IOC lists of signature-base: hash, filename and c2 in the file's name say which", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_signature_base
