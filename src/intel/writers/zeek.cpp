// Zeek's intelligence framework: cells apart by tabs below a #fields line. A URL stands there without its scheme.
#include "base/text.h"
#include "intel/writers/writer.h"

namespace vg::intel {
namespace {

std::string_view type_of(Kind kind) {
    switch (kind) {
        case Kind::address: return "Intel::ADDR";
        case Kind::network: return "Intel::SUBNET";
        case Kind::domain: return "Intel::DOMAIN";
        case Kind::url: return "Intel::URL";
        case Kind::hash: return "Intel::FILE_HASH";
        case Kind::email: return "Intel::EMAIL";
        case Kind::user_agent: return "Intel::SOFTWARE";
        case Kind::file_name: return "Intel::FILE_NAME";
        case Kind::ja3:
        case Kind::ja4:
        case Kind::pattern: return {};
    }
    return {};
}

// A cell; "-" stands for nothing there. A backslash is written as its hexadecimal escape, as Zeek's reader undoes it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\')
            out += "\\x5c";
        else if (byte < 0x20 || byte == 0x7F)
            out += ' ';
        else
            out += c;
    }
    return out.empty() ? "-" : out;
}

Written write_zeek(std::span<const Entry> entries, const WriteOptions& options) {
    const std::string source = cell(options.source);
    Written out = write_each(entries, options, [&](const Entry& entry, std::string& text) {
        const std::string_view type = type_of(entry.kind);
        if (type.empty()) return false;
        std::string_view value = entry.text;
        if (entry.kind == Kind::url)
            if (const std::size_t slashes = value.find("//"); slashes != std::string_view::npos) value.remove_prefix(slashes + 2);
        std::string description = entry.family;
        if (!entry.comment.empty()) description += (description.empty() ? "" : ": ") + entry.comment;
        // A line that begins with # would be a header.
        if (value.empty() || value.front() == '#') return false;
        text += format("{}\t{}\t{}\t{}\n", cell(value), type, source, cell(description));
        return true;
    });
    if (options.head) out.text.insert(0, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n");
    return out;
}

}  // namespace

extern const Writer zeek_intel{.name = "zeek-intel", .content_type = "text/plain; charset=utf-8", .about = "a file for Intel::read_files of Zeek", .write = write_zeek};

}  // namespace vg::intel
