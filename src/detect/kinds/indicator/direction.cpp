#include "detect/kinds/indicator/direction.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vg::detect::indicator {

namespace {

// Words of firewalls, proxies and resolvers, as they stand in event.action, event.type and event.outcome.
constexpr std::array<std::string_view, 26> kRefused{"deny",    "denied", "drop",    "dropped", "block",     "blocked",  "reject",    "rejected",  "refuse", "refused", "discard", "discarded", "prevented",
                                                    "prevent", "reset",  "reset-both", "sinkhole", "sinkholed", "nxdomain", "quarantine", "quarantined", "ban",    "failure", "block-url", "access_denied", "timeout"};
constexpr std::array<std::string_view, 12> kAllowed{"allow", "allowed", "accept", "accepted", "pass", "passed", "permit", "permitted", "success", "close", "end", "start"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& words, std::string_view text) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return equal_ignoring_ascii_case(word, text); });
}

}  // namespace

std::string_view name_of(Direction direction) {
    switch (direction) {
        case Direction::contacts: return "contacts";
        case Direction::contacted: return "contacted";
        case Direction::present: return "present";
    }
    return "present";
}

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::unknown: return "unknown";
        case Outcome::allowed: return "allowed";
        case Outcome::refused: return "refused";
    }
    return "unknown";
}

Direction direction_of(Role role) {
    switch (role) {
        case Role::remote: return Direction::contacts;
        case Role::visitor: return Direction::contacted;
        case Role::thing: return Direction::present;
    }
    return Direction::present;
}

Outcome outcome_of(const event::Event& event) {
    Outcome outcome = Outcome::unknown;
    for (const event::Field& field : event.fields) {
        if (field.ecs != event::Ecs::event_action && field.ecs != event::Ecs::event_type && field.ecs != event::Ecs::event_outcome) continue;
        if (is_in(kRefused, field.text)) return Outcome::refused;
        if (is_in(kAllowed, field.text)) outcome = Outcome::allowed;
    }
    return outcome;
}

Level level_of(int confidence, Direction direction, Outcome outcome, bool warned) {
    if (warned || confidence < 20) return Level::informational;
    Level level = confidence >= 75 ? Level::high : confidence >= 40 ? Level::medium : Level::low;
    if (direction == Direction::contacted) {
        if (outcome == Outcome::refused) return Level::informational;  // knocked and was not let in
        level = level == Level::high ? Level::medium : Level::low;
    }
    return level;
}

RuleInfo rule_for(std::string_view family, Direction direction, Level level) {
    RuleInfo rule;
    const std::string_view name = family.empty() ? "?" : family;
    rule.id = format("indicator/{}/{}", name_of(direction), shorten(fold_case(name), 120));
    rule.kind = "indicator";
    rule.level = level;
    const std::string shown = family.empty() ? "" : format(" ({})", shorten(family, 120));
    switch (direction) {
        case Direction::contacts:
            rule.title = "A machine contacts what indicators name" + shown;
            rule.title_vi = "Máy trong mạng kết nối tới địa chỉ có trong dấu hiệu" + shown;
            break;
        case Direction::contacted:
            rule.title = "What indicators name contacts us" + shown;
            rule.title_vi = "Địa chỉ có trong dấu hiệu kết nối tới mạng" + shown;
            break;
        case Direction::present:
            rule.title = "Something that indicators name was seen" + shown;
            rule.title_vi = "Phát hiện thứ có trong dấu hiệu" + shown;
            break;
    }
    return rule;
}

}  // namespace vg::detect::indicator
