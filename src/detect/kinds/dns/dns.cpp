// The kind "dns": names that a program made up, and data carried out in names. docs/detection.md tells its settings.
#include "base/ip.h"
#include "detect/kinds/counting/counting.h"
#include "detect/kinds/dns/names.h"

namespace vg::detect::dns {

namespace {

using counting::Feature;
using counting::Settings;

constexpr std::string_view kRegistered = "dns.question.registered_domain";
constexpr std::string_view kFinds[] = {"generated-names", "tunnel"};

struct Dns {
    struct Options {
        bool tunnel = false;
        std::int64_t score = 0, length = 0, entropy = 0;
        std::string score_text, length_text, entropy_text;  // bounds in words
        std::string answer;                                 // only questions that were answered so; empty: any
        std::vector<std::string> hosts, except;
    };
    struct Facts {
        std::string_view name, answer;
        // Of the name without hosts, which most rules want.
        Parts parts;
    };

    static bool facts_of(const event::Event& event, Facts& facts) {
        std::string_view name = event.text(event::Ecs::dns_question_name);
        if (name.ends_with('.')) name.remove_suffix(1);
        facts.name = name;
        facts.answer = event.text(event::Ecs::dns_response_code);
        facts.parts = parts_of(name, {});
        return !facts.parts.registered.empty();
    }

    static Options read(Settings& settings, correlation::Rule& counting) {
        Options options;
        options.tunnel = settings.choice("finds", kFinds) == "tunnel";
        options.answer = lower_ascii(settings.texts("answer", {""}, 1).front());
        options.hosts = settings.texts("hosts", {});
        options.except = settings.texts("except", {});
        counting.span = settings.span("timespan", minutes(10), days(7));
        counting.type = correlation::Type::value_count;
        std::int64_t count = 0;
        if (!options.tunnel) {
            options.score = settings.number("score", 55, 1, 100);
            options.length = settings.number("length", 7, 1, 63);
            options.score_text = format("gte {}", options.score);
            counting.group_by = settings.texts("group-by", {"source.ip"}, correlation::kMostGroupBy);
            counting.fields = {std::string{kRegistered}};
            counting.measure = "generated names";
            count = settings.number("names", 10, 2, static_cast<std::int64_t>(correlation::kMostDistinct));
        } else {
            options.length = settings.number("length", 24, 1, 253);
            options.entropy = settings.hundredths("entropy", 320, 1, 800);
            options.entropy_text = format("gte {}.{:02}", options.entropy / 100, options.entropy % 100);
            counting.group_by = settings.texts("group-by", {"source.ip", std::string{kRegistered}}, correlation::kMostGroupBy);
            if (settings.has("names") == settings.has("bytes")) settings.refuse("a tunnel wants either names or bytes");
            if (settings.has("bytes")) {
                counting.type = correlation::Type::value_sum;
                counting.fields = {"dns.question.carried_bytes"};
                counting.measure = "bytes carried in names";
                count = settings.number("bytes", 0, 1, 1'000'000'000);
            } else {
                counting.fields = {"dns.question.name"};
                counting.measure = "names with coded text";
                count = settings.number("names", 0, 2, static_cast<std::int64_t>(correlation::kMostDistinct));
            }
        }
        options.length_text = format("gte {}", options.length);
        counting.bounds = {{sigma::Correlation::Bound::greater_or_equal, static_cast<double>(count)}};
        counting.needed = static_cast<std::uint64_t>(std::clamp<std::int64_t>(count, 1, static_cast<std::int64_t>(correlation::kMostEntries)));
        counting.rises = counting.type == correlation::Type::value_count;
        return options;
    }

    static bool is_under(std::string_view name, const std::string& suffix) {
        return name.size() >= suffix.size() && equal_ignoring_ascii_case(name.substr(name.size() - suffix.size()), suffix) &&
               (name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.');
    }

    static bool look(const Options& options, const Facts& facts, const counting::Numbers& numbers, std::vector<Feature>& out, bool all) {
        bool held = true;
        const auto add = [&](Feature feature) {
            held = held && feature.held;
            out.push_back(feature);
            return feature.held || all;
        };
        const Parts parts = options.hosts.empty() ? facts.parts : parts_of(facts.name, options.hosts);
        if (parts.registered.empty()) return add({kRegistered, {}, {}, false}) && false;
        if (!options.answer.empty() && !add({"dns.response_code", facts.answer, options.answer, equal_ignoring_ascii_case(facts.answer, options.answer)})) return false;
        const std::string_view judged = options.tunnel ? parts.carried : parts.label;
        const auto length = static_cast<std::int64_t>(judged.size());
        if (!add({options.tunnel ? "dns.question.carried_bytes" : "length", numbers.whole(length), options.length_text, length >= options.length})) return false;
        if (options.tunnel) {
            const int entropy = entropy_of(judged);
            if (!add({"entropy", numbers.hundredths(entropy), options.entropy_text, entropy >= options.entropy})) return false;
        } else {
            // Names of other alphabets are written in code letters (RFC 3492), which the model has not learned.
            const int score = judged.size() > 4 && equal_ignoring_ascii_case(judged.substr(0, 4), "xn--") ? 0 : made_up(judged);
            if (!add({"score", numbers.whole(score), options.score_text, score >= options.score})) return false;
        }
        const bool left_out = std::any_of(options.except.begin(), options.except.end(), [&](const std::string& suffix) { return is_under(facts.name, suffix); });
        if (left_out && !add({"except", facts.name, "not below a name of except", false})) return false;
        add({"dns.question.name", facts.name, {}});
        add({kRegistered, parts.registered, {}});
        return held;
    }
};

// Changes when the model or the judgement does.
std::string version() { return format("dns 1 {}", made_up("vonggac") + 1000 * made_up("kqplznikrlhitgzzl")); }

std::unique_ptr<RuleSet> load(std::span<const RuleFile> files, const EngineOptions& options, LoadReport& report) {
    return counting::Set<Dns>::load(files, options, "dns", version(), report);
}

}  // namespace

}  // namespace vg::detect::dns

namespace vg::detect::kinds {

extern const Kind dns{.name = "dns", .load = detect::dns::load};

}  // namespace vg::detect::kinds
