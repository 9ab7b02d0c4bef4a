#include "api/search_completion.h"

#include <algorithm>

#include "api/masking.h"
#include "base/text.h"
#include "search/tree.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostOffers = 50;
constexpr std::size_t kMostLookedAt = 1000;  // looked at for those that begin as written
constexpr std::size_t kLongestOffer = 200;

bool is_plain(std::string_view value) {
    return !value.empty() && value.find("..") == std::string_view::npos && std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '/' || c == '@';
    });
}

}  // namespace

std::string query_for(const search::Expectation& here) {
    if (here.kind != search::Expectation::Kind::value || here.prefix.empty()) return {};
    std::string query = search::prefix_query(here.field, here.field_quoted, here.prefix);
    // A field of numbers, times or addresses knows no beginnings: then its values are looked through.
    return search::parse(query) ? query : std::string{};
}

Result<Offers> offers_for(View& view, const search::Expectation& here) {
    Offers offers;
    const auto add = [&](std::string text, std::string_view kind, std::string note) {
        const bool known = std::any_of(offers.items.begin(), offers.items.end(), [&](const Offer& one) { return one.text == text; });
        if (!known && offers.items.size() < kMostOffers) offers.items.push_back({std::move(text), std::string{kind}, std::move(note)});
    };
    const std::string folded = fold(here.prefix);
    if (here.kind == search::Expectation::Kind::value) {
        const bool personal = is_personal(here.field);
        const store::Top top = TRY(view.top(here.field, kMostLookedAt));
        for (const store::TopValue& value : top.values) {
            if (offers.items.size() == kMostOffers) break;
            if (value.value.size() > kLongestOffer || value.value == kMask || !fold(value.value).starts_with(folded)) continue;
            add(is_plain(value.value) && !here.quoted ? value.value : search::quoted_value(value.value), "value", format("{}", value.count));
            offers.personal_values += personal && !view.masks() ? 1 : 0;
        }
        for (const std::string& text : here.suggestions) add(text, "operator", "");
        return offers;
    }
    // Names that occur come first. That the archive does not answer is no reason to tell nothing.
    if (!here.quoted)
        if (const auto fields = view.fields())
            for (const store::TopValue& name : *fields) {
                if (!fold(name.value).starts_with(folded)) continue;
                const bool known = event::ecs_field(name.value) != event::Ecs::none;
                const std::string written = search::written(search::target_of(name.value, !known));
                add(here.kind == search::Expectation::Kind::name ? written : written + ":", "field", format("{}", name.count));
            }
    for (const std::string& text : here.suggestions) add(text, text.ends_with(':') || here.kind == search::Expectation::Kind::name ? "field" : "operator", "");
    return offers;
}

}  // namespace vg::api
