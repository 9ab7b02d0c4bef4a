// The kind "flow": who speaks with whom. Beacons (connections of one pair at regular intervals), and scans of the ports of one
// machine or of one port on many, with what became of the tries told apart. docs/detection.md tells its settings.
#include "base/ip.h"
#include "detect/kinds/counting/counting.h"

namespace vg::detect::flow {

namespace {

using counting::Feature;
using counting::Settings;
using event::Ecs;

constexpr std::string_view kFinds[] = {"beacon", "port-scan", "host-sweep"};
constexpr std::string_view kSides[] = {"any", "inside", "outside"};
constexpr std::string_view kOutcomes[] = {"any", "answered", "not-answered", "refused", "unanswered"};

enum class Side : std::uint8_t { unknown, inside, outside, group };  // group: multicast and broadcast
enum class Outcome : std::uint8_t { unknown, answered, refused, unanswered };

bool is_in(const Address& address, std::initializer_list<std::pair<std::uint8_t, std::uint8_t>> networks, std::size_t first) {
    return std::any_of(networks.begin(), networks.end(), [&](const auto& one) { return (address.bytes[first] & one.second) == one.first; });
}

// RFC 1918, 6598, 3927, 4193, 4291; loopback.
Side side_of(const Address& address) {
    const auto& b = address.bytes;
    if (address.is_v4()) {
        if (b[12] >= 224 && (b[12] < 240 || (b[12] == 255 && b[13] == 255 && b[14] == 255 && b[15] == 255))) return Side::group;
        const bool inside = b[12] == 10 || b[12] == 127 || b[12] == 0 || (b[12] == 172 && (b[13] & 0xF0) == 16) || (b[12] == 192 && b[13] == 168) || (b[12] == 169 && b[13] == 254) ||
                            (b[12] == 100 && (b[13] & 0xC0) == 64);
        return inside ? Side::inside : Side::outside;
    }
    if (b[0] == 0xFF) return Side::group;
    const bool own = std::all_of(b.begin(), b.end() - 1, [](std::uint8_t byte) { return byte == 0; });
    return own || is_in(address, {{0xFC, 0xFE}}, 0) || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) ? Side::inside : Side::outside;
}

std::string_view name_of(Side side) { return side == Side::inside ? "inside" : side == Side::outside ? "outside" : side == Side::group ? "group" : ""; }
std::string_view name_of(Outcome outcome) { return outcome == Outcome::answered ? "answered" : outcome == Outcome::refused ? "refused" : outcome == Outcome::unanswered ? "unanswered" : "unknown"; }

// By Zeek's state of the connection (S0, REJ and so on), else by what the device says it did.
Outcome outcome_of(const event::Event& event) {
    if (const event::Field* state = event.find("conn_state"); state != nullptr && !state->text.empty()) {
        const std::string_view s = state->text;
        if (s == "REJ" || s == "RSTRH") return Outcome::refused;
        if (s == "S0" || s == "SH" || s == "SHR" || s == "RSTOS0") return Outcome::unanswered;
        if (s == "OTH") return Outcome::unknown;
        return Outcome::answered;
    }
    const std::string_view action = event.text(Ecs::event_action), outcome = event.text(Ecs::event_outcome);
    if (action == "blocked" || outcome == "failure") return Outcome::refused;
    if (action == "allowed" || action == "connection_opened" || outcome == "success") return Outcome::answered;
    return Outcome::unknown;
}

struct Flow {
    struct Options {
        bool beacon = false;
        std::string from, to, outcome;
        std::vector<std::int64_t> except_ports, only_ports;
        std::vector<std::string> except;  // names, and what stands below them
        std::int64_t below = 65'536;
        std::string below_text;
    };
    struct Facts {
        Side from = Side::unknown, to = Side::unknown;
        Outcome outcome = Outcome::unknown;
        std::int64_t port = -1;
        std::string_view port_text, source, destination, domain;
    };

    static bool facts_of(const event::Event& event, Facts& facts) {
        facts = {};
        facts.source = event.text(Ecs::source_ip);
        if (facts.source.empty()) return false;
        if (const auto address = parse_address(facts.source)) facts.from = side_of(*address);
        facts.destination = event.text(Ecs::destination_ip);
        if (const auto address = parse_address(facts.destination)) facts.to = side_of(*address);
        facts.domain = event.text(Ecs::url_domain);
        if (const event::Field* port = event.find(Ecs::destination_port); port != nullptr && port->type == event::Type::integer) {
            facts.port = port->integer;
            facts.port_text = port->text;
        }
        if (facts.destination.empty() && facts.domain.empty()) return false;
        facts.outcome = outcome_of(event);
        return true;
    }

    static Options read(Settings& settings, correlation::Rule& counting) {
        Options options;
        const std::string finds = settings.choice("finds", kFinds);
        options.beacon = finds == "beacon";
        options.from = settings.choice("from", kSides);
        options.to = settings.choice("to", kSides);
        options.outcome = settings.choice("outcome", kOutcomes);
        options.except_ports = settings.numbers("except-ports");
        options.only_ports = settings.numbers("only-ports");
        options.except = settings.texts("except", {});
        options.below = settings.number("below-port", 65'536, 1, 65'536);
        options.below_text = format("lt {}", options.below);
        std::int64_t count = 0;
        if (options.beacon) {
            counting.type = correlation::Type::regularity;
            counting.span = settings.span("timespan", hours(6), days(7));
            counting.group_by = settings.texts("group-by", {"source.ip", "destination.ip", "destination.port"}, correlation::kMostGroupBy);
            counting.measure = "regular intervals";
            counting.beat.events = static_cast<std::uint32_t>(settings.number("connections", 24, 4, static_cast<std::int64_t>(correlation::kMostBeats)));
            counting.beat.jitter = static_cast<int>(settings.number("jitter", 20, 0, 90));
            counting.beat.shortest = settings.span("shortest", seconds(10), days(1));
            counting.beat.longest = settings.span("longest", hours(2), days(1));
            count = settings.number("share", 90, 1, 100);
            counting.rises = false;
            counting.needed = counting.beat.events;
        } else {
            const bool ports = finds == "port-scan";
            counting.type = correlation::Type::value_count;
            counting.span = settings.span("timespan", minutes(2), days(7));
            counting.group_by = settings.texts("group-by", {"source.ip", ports ? "destination.ip" : "destination.port"}, correlation::kMostGroupBy);
            counting.fields = {ports ? "destination.port" : "destination.ip"};
            counting.measure = format("{}{}", ports ? "ports" : "machines", options.outcome == "any" ? "" : " " + options.outcome);
            count = settings.number(ports ? "ports" : "hosts", 20, 2, static_cast<std::int64_t>(correlation::kMostDistinct));
            counting.needed = static_cast<std::uint64_t>(count);
        }
        counting.bounds = {{sigma::Correlation::Bound::greater_or_equal, static_cast<double>(count)}};
        return options;
    }

    static bool is_wanted(std::string_view wanted, Outcome outcome) {
        if (wanted == "any") return true;
        if (wanted == "not-answered") return outcome != Outcome::answered;
        return wanted == name_of(outcome);
    }

    static bool look(const Options& options, const Facts& facts, const counting::Numbers&, std::vector<Feature>& out, bool all) {
        bool held = true;
        const auto add = [&](Feature feature) {
            held = held && feature.held;
            out.push_back(feature);
            return feature.held || all;
        };
        if (options.from != "any" && !add({"from", name_of(facts.from), options.from, name_of(facts.from) == options.from})) return false;
        // What goes by a name, through a proxy, is to the outside as far as anybody knows.
        const Side to = facts.to == Side::unknown && !facts.domain.empty() ? Side::outside : facts.to;
        if (to == Side::group && !add({"to", name_of(to), "one machine", false})) return false;
        if (options.to != "any" && !add({"to", name_of(to), options.to, name_of(to) == options.to})) return false;
        if (options.outcome != "any" && !add({"outcome", name_of(facts.outcome), options.outcome, is_wanted(options.outcome, facts.outcome)})) return false;
        if (options.below < 65'536 && !add({"destination.port", facts.port_text, options.below_text, facts.port >= 0 && facts.port < options.below})) return false;
        if (!options.only_ports.empty() && !add({"destination.port", facts.port_text, "one of only-ports", std::binary_search(options.only_ports.begin(), options.only_ports.end(), facts.port)})) return false;
        if (std::binary_search(options.except_ports.begin(), options.except_ports.end(), facts.port) && !add({"destination.port", facts.port_text, "none of except-ports", false})) return false;
        const bool left_out = std::any_of(options.except.begin(), options.except.end(), [&](const std::string& suffix) {
            return facts.domain.size() >= suffix.size() && equal_ignoring_ascii_case(facts.domain.substr(facts.domain.size() - suffix.size()), suffix) &&
                   (facts.domain.size() == suffix.size() || facts.domain[facts.domain.size() - suffix.size() - 1] == '.');
        });
        if (left_out && !add({"url.domain", facts.domain, "not below a name of except", false})) return false;
        return held;
    }
};

std::unique_ptr<RuleSet> load(std::span<const RuleFile> files, const EngineOptions& options, LoadReport& report) {
    return counting::Set<Flow>::load(files, options, "flow", "flow 1", report);
}

}  // namespace

}  // namespace vg::detect::flow

namespace vg::detect::kinds {

extern const Kind flow{.name = "flow", .load = detect::flow::load};

}  // namespace vg::detect::kinds
