// Lines of name=value pairs of any product, with or without a syslog header. Mappings (reads: keyvalue) go on from here.
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_keyvalue {

namespace {

// Three pairs, and not much beside them.
int sniff(const Look& look) {
    const std::string_view text = look.text.substr(0, 2048);
    if (text.empty() || text.front() == '{' || text.front() == '<' || text.find('=') == std::string_view::npos) return 0;
    Arena arena;
    Pairs pairs{text, arena};
    std::size_t count = 0;
    while (count < 64 && pairs.next()) ++count;
    return count >= 3 && pairs.strange() * 4 < text.size() ? 35 : 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const std::string_view text = take_syslog_header(raw, context, parsed);
    Flat flat{parsed.builder};
    std::size_t count = 0;
    for (Pairs pairs{text, parsed.builder.arena()}; pairs.next(); ++count) flat.pair(pairs.name, pairs.value);
    if (count == 0) return fail(Code::bad_input, "there is no name=value in it");
    flat.finish();
    return {};
}

}  // namespace

extern const Format keyvalue{.name = "keyvalue", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_keyvalue
