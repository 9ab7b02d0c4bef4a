#include "api/reason.h"

namespace vg::api {

namespace {

constexpr KnownReason kKnown[] = {
#define REASON(code, text) {code, text},
#include "api/reasons.inc"
#undef REASON
};
constexpr std::string_view kHole = "{}";

// What stands in the holes of the pattern; nothing when the text is another one.
std::optional<std::vector<std::string>> values_of(std::string_view pattern, std::string_view text) {
    std::vector<std::string> values;
    std::size_t hole = pattern.find(kHole);
    if (hole == std::string_view::npos) return pattern == text ? std::optional{values} : std::nullopt;
    if (!text.starts_with(pattern.substr(0, hole))) return std::nullopt;
    text.remove_prefix(hole);
    for (;;) {
        pattern.remove_prefix(hole + kHole.size());
        hole = pattern.find(kHole);
        const std::string_view between = pattern.substr(0, hole);
        if (hole == std::string_view::npos) {
            if (!text.ends_with(between)) return std::nullopt;
            values.emplace_back(text.substr(0, text.size() - between.size()));
            return values;
        }
        const std::size_t end = text.find(between);
        if (end == std::string_view::npos) return std::nullopt;
        values.emplace_back(text.substr(0, end));
        text.remove_prefix(end + between.size());
    }
}

}  // namespace

std::span<const KnownReason> known_reasons() { return kKnown; }

std::optional<Reason> reason_of(std::string_view text) {
    std::optional<Reason> best;
    std::size_t said = 0;
    for (const KnownReason& known : kKnown) {
        auto values = values_of(known.text, text);
        if (!values) continue;
        const std::size_t own = known.text.size() - values->size() * kHole.size();
        if (best && own <= said) continue;
        best = Reason{known.code, std::move(*values)};
        said = own;
    }
    return best;
}

void add_reason(json::Value& object, std::string_view text) {
    const auto reason = reason_of(text);
    if (!reason) return;
    object.set("reason_code", reason->code);
    if (reason->values.empty()) return;
    json::Value values{json::Array{}};
    for (const std::string& value : reason->values) values.add(value);
    object.set("reason_values", std::move(values));
}

json::Value reason_schema() {
    json::Value codes{json::Array{}};
    for (const KnownReason& known : kKnown) codes.add(known.code);
    return json::object({{"description", "why, for programs; the sentence beside it says the same"}, {"enum", std::move(codes)}});
}

}  // namespace vg::api
