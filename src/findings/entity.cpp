// Whom a finding is about, and how much it weighs: pure functions.
#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"
#include "findings/book.h"

namespace vg::findings {

namespace {

constexpr std::size_t kMostEntity = 255;

// Whatever a sender wrote, as text that any database and any page can hold.
std::string bounded(std::string entity) {
    if (!is_utf8(entity)) entity = to_valid_utf8(entity);
    for (std::size_t at = entity.find('\0'); at != std::string::npos; at = entity.find('\0', at)) entity.replace(at, 1, "\uFFFD");
    if (entity.size() <= kMostEntity) return entity;
    const std::string mark = "#" + sha256_hex(entity).substr(0, 16);
    return shorten(entity, kMostEntity - mark.size() - std::string_view{"…"}.size()) + mark;
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::new_: return "new";
        case State::acknowledged: return "acknowledged";
        case State::closed: return "closed";
    }
    return "new";
}

std::optional<State> state_named(std::string_view name) {
    for (const State state : {State::new_, State::acknowledged, State::closed})
        if (name_of(state) == name) return state;
    return std::nullopt;
}

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::unsaid: return "";
        case Verdict::attack: return "attack";
        case Verdict::false_alarm: return "false-alarm";
        case Verdict::undecided: return "undecided";
    }
    return "";
}

std::optional<Verdict> verdict_named(std::string_view name) {
    for (const Verdict verdict : {Verdict::unsaid, Verdict::attack, Verdict::false_alarm, Verdict::undecided})
        if (name_of(verdict) == name) return verdict;
    return std::nullopt;
}

std::string entity_of(const event::Event& event, const SourceId& source) {
    using event::Ecs;
    if (const auto host = event.text(Ecs::host_name); !host.empty()) return bounded("host:" + fold_case(host));
    if (const auto user = event.text(Ecs::user_name); !user.empty()) {
        const auto domain = event.text(Ecs::user_domain);
        return bounded(domain.empty() ? format("user:{}", user) : format("user:{}\\{}", domain, user));
    }
    if (const auto address = event.text(Ecs::source_ip); !address.empty()) return bounded(format("ip:{}", address));
    return "source:" + source.text();
}

std::string entity_of(const event::Event& event, const detect::indicator::Hit& hit, const SourceId& source) {
    using detect::indicator::Direction;
    using event::Ecs;
    const auto first_address = [&](std::initializer_list<Ecs> fields) -> std::string {
        for (const Ecs field : fields)
            if (const auto text = event.text(field); !text.empty() && parse_address(text) && text != hit.found) return bounded(format("ip:{}", text));
        return {};
    };
    switch (hit.direction) {
        case Direction::present: break;
        case Direction::contacts:
            // The log of the machine itself names a process; that of a firewall, proxy or resolver names the client.
            if (event.find(Ecs::process_executable) != nullptr || event.find(Ecs::process_name) != nullptr) break;
            if (auto entity = first_address({Ecs::source_ip, Ecs::client_ip}); !entity.empty()) return entity;
            break;
        case Direction::contacted:
            if (hit.outcome == detect::indicator::Outcome::refused) return "source:" + source.text();
            if (auto entity = first_address({Ecs::destination_ip, Ecs::server_ip}); !entity.empty()) return entity;
            if (const auto host = event.text(Ecs::host_name); !host.empty()) return bounded("host:" + fold_case(host));
            return "source:" + source.text();
    }
    return entity_of(event, source);
}

std::string entity_of(std::span<const std::pair<std::string_view, std::string>> group, const OrganisationId& organisation) {
    constexpr std::string_view kHosts[] = {"host.name", "host.hostname", "host", "hostname", "computername", "computer", "winlog.computer_name", "workstationname", "log.syslog.hostname", "agent.name"};
    constexpr std::string_view kUsers[] = {"user.name", "user", "username", "targetusername", "subjectusername", "accountname", "user.target.name", "winlog.event_data.targetusername"};
    if (group.empty()) return "organisation:" + organisation.text();
    std::string entity;
    for (const auto& [field, value] : group) {
        const std::string name = lower_ascii(field);
        const auto is_in = [&](std::span<const std::string_view> names) { return std::find(names.begin(), names.end(), name) != names.end(); };
        if (!entity.empty()) entity += ' ';
        if (is_in(kHosts))
            entity += "host:" + value;
        else if (is_in(kUsers))
            entity += "user:" + value;
        else if (parse_address(value))
            entity += "ip:" + value;
        else
            entity += format("{}={}", field, value);
    }
    return bounded(std::move(entity));
}

int score_of(std::string_view level, std::int64_t count) {
    int score = 5;  // informational
    if (level == "low") score = 20;
    if (level == "medium") score = 40;
    if (level == "high") score = 60;
    if (level == "critical") score = 80;
    const int doublings = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(count, 1)))) - 1;
    return score + std::min(4 * doublings, 20);
}

}  // namespace vg::findings
