// Any text as a query: it is understood or refused at a place within it; a query and its negation share every event between
// them; filters put into it, taken out and turned round give queries; completion never looks beyond the cursor.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "search/bubbles.h"
#include "search/complete.h"
#include "search/query.h"

namespace {

using namespace vg;

const event::Event& sample() {
    static const auto* const made = [] {
        static Arena arena;
        event::Builder builder{arena};
        builder.text("Image", "C:\\Windows\\System32\\cmd.exe");
        builder.text("Ghi chú", "Hoà Bình gọi đường dây nóng");
        builder.null("Nothing");
        builder.ecs(event::Ecs::event_code, "4688");
        builder.ecs(event::Ecs::user_name, "SYSTEM");
        builder.ecs(event::Ecs::user_name, "Nguyễn Văn An");
        builder.ecs(event::Ecs::source_ip, "203.0.113.7");
        builder.ecs(event::Ecs::source_port, std::int64_t{443});
        builder.ecs(event::Ecs::message, "Failed password for root from 203.0.113.7 port 22");
        auto* event = new event::Event;
        event->fields = builder.finish();
        event->occurred = Time{1'714'093'323'000'000};
        event->format = "windows";
        return event;
    }();
    return *made;
}

void ask(std::string_view text) {
    const auto query = search::parse(text);
    if (!query) {
        const search::ParseError& error = query.error();
        CHECK(error.offset <= text.size() && error.length <= text.size() - error.offset, "an error points into the query");
        CHECK(!error.text.empty() && is_utf8(search::say(error, text)), "an error is a sentence");
        return;
    }
    const bool holds = search::matches(*query, sample());
    const std::string negated = "NOT (" + std::string{text} + ")";
    if (const auto opposite = search::parse(negated)) CHECK(search::matches(*opposite, sample()) != holds, "a query or its negation holds");
    const auto bubbles = search::bubbles(*query);
    for (std::size_t i = 0; i < bubbles.size() && i < 8; ++i) {
        CHECK(bubbles[i].offset + bubbles[i].length <= text.size(), "a filter stands in the query");
        const auto rest = search::without_bubble(text, i);
        CHECK(rest && search::parse(*rest), "a query without one of its filters is a query");
        const auto turned = search::inverted_bubble(text, i);
        CHECK(turned, "a filter can be turned round");
        if (turned->size() <= search::kMostQueryBytes) CHECK(search::parse(*turned), "and gives a query");
        if (bubbles.size() == 1 && turned->size() <= search::kMostQueryBytes) CHECK(search::matches(*search::parse(*turned), sample()) != holds, "that means the opposite");
    }
    for (const auto sense : {search::Sense::include, search::Sense::exclude}) {
        const auto with = search::with_filter(text, {"Image", "a\"b"}, sense);
        CHECK(with, "a filter can be put in");
        if (with->size() > search::kMostQueryBytes) continue;
        const auto both = search::parse(*with);
        if (!both) continue;  // one term too many
        if (sense == search::Sense::include) CHECK(!search::matches(*both, sample()), "and must hold too");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 16384) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    ask(text);
    for (const std::size_t cursor : {size / 3, size}) {
        const auto here = search::complete(text, cursor);
        CHECK(here.offset + here.length <= cursor, "what is replaced ends at the cursor");
    }
    if (size < 512 && is_utf8(text)) {
        const auto filtered = search::with_filter("a OR b", {"user.name", std::string{text}}, search::Sense::exclude);
        CHECK(filtered && search::parse(*filtered), "any value can be a filter");
        const auto strange = search::with_filter("", {std::string{text}, "x"}, search::Sense::include);
        if (strange && !text.empty()) (void)search::parse(*strange);
        CHECK(search::parse(search::prefix_query("Image", false, text)) || text.size() > 250, "any prefix can be looked for");
    }
    return 0;
}
