// What an event means to the correlations: the fields of group-by as one key, the fields of the condition as one value.
#include <cmath>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/correlation/plan.h"

namespace vg::detect::correlation {

namespace {

// The first value of that name that is not null; a name with spaces goes without them too, as in rules.
const event::Field* find(const event::Event& event, std::string_view name) {
    for (const event::Field& field : event.fields) {
        if (field.type == event::Type::null || field.text.empty()) continue;
        if (field.name == name) return &field;
        if (field.name.size() > name.size() && field.name.find(' ') != std::string_view::npos) {
            std::size_t at = 0;
            for (const char c : field.name) {
                if (c == ' ') continue;
                if (at == name.size() || name[at] != c) {
                    at = std::string_view::npos;
                    break;
                }
                ++at;
            }
            if (at == name.size()) return &field;
        }
    }
    return nullptr;
}

// One value of a key: its length, then its text without regard to case.
void add_part(std::string& out, std::string_view value) {
    const std::size_t length_at = out.size();
    out.push_back('\0');
    const std::size_t begin = out.size();
    out.resize(begin + value.size());
    if (lower_ascii_prefix(value, out.data() + begin) != value.size()) {
        out.resize(begin);
        out += fold_case(value);
    }
    if (out.size() - begin > kMostPart) {
        const std::string whole = out.substr(begin);
        out.resize(begin);
        out += shorten(whole, kMostPart - 17);
        out += '#' + sha256_hex(whole).substr(0, 16);
    }
    out[length_at] = static_cast<char>(out.size() - begin);
}

std::optional<double> number_of(const event::Field& field) {
    switch (field.type) {
        case event::Type::integer: return static_cast<double>(field.integer);
        case event::Type::real: return std::isfinite(field.real) ? std::optional{field.real} : std::nullopt;
        case event::Type::text: {
            const auto real = parse_real(field.text);
            return real && std::isfinite(*real) ? real : std::nullopt;
        }
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::time:
        case event::Type::address: return std::nullopt;
    }
    return std::nullopt;
}

// A field of the event, or of what a rule about many found in it. Those of the rule come first: it knows better.
struct Found {
    std::string_view text;
    const event::Field* field = nullptr;  // none: of the rule
};

std::optional<Found> find(const event::Event& event, const Match& match, std::string_view name) {
    if (match.rule->many)
        for (const MatchedField& one : match.matched)
            if (one.field == name && !one.value.empty()) return Found{one.value, nullptr};
    const event::Field* field = find(event, name);
    return field == nullptr ? std::nullopt : std::optional{Found{field->text, field}};
}

}  // namespace

void occurrences(const Plan& plan, const event::Event& event, std::span<const Match> matches, const OrganisationId& organisation, const Seed& seed,
                 std::vector<Occurrence>& out) {
    if (plan.feeds.empty()) return;
    const std::string_view owner{reinterpret_cast<const char*>(organisation.bytes.data()), organisation.bytes.size()};
    for (const Match& match : matches) {
        const auto known = plan.feed_of.find(match.rule);
        if (known == plan.feed_of.end()) continue;
        const Feed& feed = plan.feeds[known->second];
        Occurrence& one = out.emplace_back();
        one.feed = known->second;
        one.keys.reserve(feed.keys.size());
        for (const auto& fields : feed.keys) {
            Occurrence::Key& key = one.keys.emplace_back();
            key.begin = static_cast<std::uint32_t>(one.text.size());
            for (const std::string& name : fields) {
                const auto found = find(event, match, name);
                key.missing = key.missing || !found;
                if (key.missing) break;
                add_part(one.text, found->text);
            }
            if (key.missing) one.text.resize(key.begin);
            key.size = static_cast<std::uint32_t>(one.text.size()) - key.begin;
            key.hash = siphash(seed, owner, std::string_view{one.text}.substr(key.begin, key.size));
        }
        std::string joined;
        for (const auto& fields : feed.values) {
            Occurrence::Value& value = one.values.emplace_back();
            joined.clear();
            for (const std::string& name : fields) {
                const auto found = find(event, match, name);
                value.missing = value.missing || !found;
                if (value.missing) break;
                add_part(joined, found->text);
                if (fields.size() == 1)
                    if (const auto number = found->field != nullptr ? number_of(*found->field) : parse_real(found->text)) {
                        value.number = *number;
                        value.is_number = true;
                    }
            }
            value.hash = siphash(seed, joined).low;
        }
        if (match.rule->many)
            for (const MatchedField& field : match.matched)
                one.features.emplace_back(field.field, field.pattern.empty() ? shorten(field.value, kMostPart) : format("{} ({})", shorten(field.value, kMostPart), field.pattern));
    }
}

}  // namespace vg::detect::correlation
