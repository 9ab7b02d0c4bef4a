// The fast way against the plain one: the same matches with the same fields, over SigmaHQ's rules and over rules and events
// made at random from few words, so that nearly everything nearly fits.
#include <gtest/gtest.h>

#include <random>

#include "detect/kinds/sigma/generator.h"
#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma {
namespace {

using detect::testing::load;

struct Both {
    std::shared_ptr<const Engine> fast, plain;
    Scratch fast_scratch, plain_scratch;
    std::size_t pairs = 0, matches = 0, late = 0;
    struct Endless final : Purse {
        std::uint64_t most() override { return UINT64_MAX; }
        void pay(std::uint64_t) override {}
    };

    explicit Both(const std::vector<RuleFile>& files) {
        EngineOptions options;
        fast = load(files, options).engine;
        options.plainly = true;
        plain = load(files, options).engine;
    }

    // What is different for the event; empty when nothing is.
    std::string compare(const event::Event& event) {
        std::vector<Match> a, b;
        fast->match(event, fast_scratch, a);
        plain->match(event, plain_scratch, b);
        // Within limits that put much off, and asked again without: the same.
        std::vector<Match> c;
        std::vector<PutOff> put_off, unanswered;
        plain->match(event, plain_scratch, {.pair = 5 + pairs % 61, .event = 2000}, c, put_off);
        late += put_off.size();
        Endless endless;
        plain->match_again(put_off, event, plain_scratch, endless, c, unanswered);
        if (told(c) != told(b) || !unanswered.empty()) return "within limits:\n" + told(c) + "plain:\n" + told(b);
        pairs += plain->rules().size();
        matches += b.size();
        const std::string left = told(a), right = told(b);
        return left == right ? std::string{} : "fast:\n" + left + "plain:\n" + right;
    }

    static std::string told(const std::vector<Match>& all) {
        std::string out;
        for (const Match& match : all) {
            out += match.rule->id + "\n";
            for (const MatchedField& field : match.matched) out += format("  {} = {} by {}\n", field.field, field.value, field.pattern);
        }
        return out;
    }
};

TEST(FastAndPlain, AgreeOnEventsMadeForTheRulesOfSigmaHq) {
    const auto corpus = detect::testing::unpacked("sigma-rules");
    if (corpus.empty()) GTEST_SKIP() << "the corpus sigma-rules is not there";
    std::vector<RuleFile> files;
    for (const char* folder : {"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"})
        for (RuleFile& file : detect::testing::rule_files(corpus / folder)) files.push_back({folder + ("/" + file.name), std::move(file.text)});
    Documents documents;
    LoadReport report;
    for (const RuleFile& file : files) read_file(file, {}, documents, report);
    Both both{files};
    for (std::size_t i = 0; i < documents.rules.size(); i += 9) {
        const Rule& rule = documents.rules[i];
        Arena arena;
        event::Event event;
        event.fields = testing::make_fields(testing::choose(rule.detection, i), arena);
        if (i % 2 == 0) {  // otherwise nothing is known of where it comes from, and every rule is asked
            event.logsource.product = rule.source.product;
            event.logsource.categories[0] = rule.source.category;
            event.logsource.service = rule.source.service;
            event.logsource.complete = i % 4 == 0;
        }
        ASSERT_EQ(both.compare(event), "") << rule.info.file;
    }
    std::printf("%zu pairs of rule and event, %zu matches\n", both.pairs, both.matches);
    EXPECT_GT(both.pairs, 1'000'000U);
    EXPECT_GT(both.matches, 500U);
    EXPECT_GT(both.late, 500U);
}

// Words of one alphabet for rules and events: cases, accents composed and not, wildcards, numbers, letters that fold oddly.
class Maker {
public:
    explicit Maker(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t most) { return random_() % most; }

    std::string text(bool wildcards) {
        static const char* const words[] = {"a",  "B",   "ab", "cmd.exe", "\\CMD", "E",      "é",  "e\u0301", "ß",  "SS", "ı", "K",     "\u212a",
                                            "T\u0308", "t\u0308", "4624", "-",  "/",       "\u2013", "Đặng",   "dang", " ",       "\\", "x",  "y", "powershell"};
        std::string out;
        for (std::size_t i = below(4); i-- > 0;) {
            out += words[below(std::size(words))];
            if (wildcards && below(4) == 0) out += below(3) == 0 ? "?" : "*";
        }
        if (wildcards && below(6) == 0) out.insert(0, "*");
        return out;
    }
    std::string field() { return std::string{"F"} + static_cast<char>('0' + below(4)); }

    // One item of a selection, as YAML.
    std::string item(std::string_view indent) {
        static const char* const modifiers[] = {"", "", "|contains", "|startswith", "|endswith", "|contains|all", "|cased", "|contains|cased", "|windash|contains", "|exists",
                                                "|re", "|re|i", "|neq", "|gt", "|base64offset|contains", "|fieldref", "|cidr", "|endswith|cased"};
        const std::string modifier = modifiers[below(std::size(modifiers))];
        std::string out = format("{}{}{}:", indent, field(), modifier);
        if (modifier == "|exists") return out + (below(2) == 0 ? " true\n" : " false\n");
        if (modifier == "|gt") return out + format(" {}\n", below(5000));
        if (modifier == "|fieldref") return out + " " + field() + "\n";
        if (modifier == "|cidr") return out + " 192.0.2.0/24\n";
        if (modifier.empty() && below(8) == 0) return out + (below(2) == 0 ? " null\n" : " 4624\n");
        const std::size_t values = 1 + below(3);
        out += "\n";
        for (std::size_t i = 0; i < values; ++i) {
            std::string value = modifier.starts_with("|re") ? regex() : text(true);
            if (modifier.find("contains") != std::string::npos || modifier.find("base64") != std::string::npos || modifier.find("with") != std::string::npos)
                value += "z" + text(false);
            out += format("{}    - '{}'\n", indent, value);
        }
        return out;
    }

    std::string rule(std::size_t number) {
        std::string out = format("title: Rule {}\nid: 929a690e-bef0-4204-a928-{:012x}\nlogsource:\n", number, number);
        static const char* const sources[] = {"    product: p\n", "    category: c\n", "    product: p\n    category: c\n", "    service: s\n", "    product: q\n"};
        out += sources[below(std::size(sources))];
        out += "detection:\n";
        const std::size_t selections = 1 + below(3);
        for (std::size_t i = 0; i < selections; ++i) {
            out += format("    s{}:\n", i);
            if (below(5) == 0) {
                out += format("        - '{}k'\n        - '{}'\n", text(true), text(false) + "m");
                continue;
            }
            const std::size_t items = 1 + below(2);
            for (std::size_t k = 0; k < items; ++k) out += item("        ");
        }
        static const char* const conditions[] = {"1 of s*", "all of s*", "s0", "not s0", "1 of s* and not s0", "s0 or not 1 of s*"};
        return out + format("    condition: {}\n", conditions[below(std::size(conditions))]);
    }

    std::string regex() {
        static const char* const all[] = {"abz", "(?i)ab.*CMD", "a|b", "K+", "^x.{2}y$", "[a-c]md\\.exe", "SS?z", "ab{0,2}cmd", "\\d+", "(T|t)."};
        return all[below(std::size(all))];
    }

    event::Event event(Arena& arena) {
        event::Builder builder{arena};
        for (std::size_t i = below(6); i-- > 0;) {
            const std::string_view name = arena.copy(field());
            switch (below(10)) {
                case 0: builder.null(name); break;
                case 1: builder.integer(name, below(2) == 0 ? 4624 : static_cast<std::int64_t>(below(6000))); break;
                case 2: builder.real(name, 4624.0); break;
                case 3: builder.boolean(name, true); break;
                case 4: builder.text(name, "192.0.2.7"); break;
                default: builder.text(name, arena.copy(text(false) + (below(3) == 0 ? "z" : below(3) == 0 ? "k" : "") + text(false)));
            }
        }
        event::Event made;
        made.fields = builder.finish();
        if (below(2) == 0) made.logsource.product = "p";
        if (below(2) == 0) made.logsource.categories[0] = "c";
        if (below(2) == 0) made.logsource.service = "s";
        made.logsource.complete = below(2) == 0;
        return made;
    }

private:
    std::mt19937 random_;
};

TEST(FastAndPlain, AgreeOnRulesAndEventsMadeAtRandom) {
    std::size_t pairs = 0, matches = 0, rules = 0;
    for (std::uint32_t round = 0; round < 40; ++round) {
        Maker maker{round};
        std::vector<RuleFile> files;
        for (std::size_t i = 0; i < 60; ++i) files.push_back({format("{}.yml", i), maker.rule(i)});
        Both both{files};
        rules += both.plain->rules().size();
        for (std::size_t i = 0; i < 250; ++i) {
            Arena arena;
            const event::Event event = maker.event(arena);
            ASSERT_EQ(both.compare(event), "") << "round " << round << " event " << event::to_json(event).dump();
        }
        pairs += both.pairs;
        matches += both.matches;
    }
    std::printf("%zu rules, %zu pairs of rule and event, %zu matches\n", rules, pairs, matches);
    EXPECT_GT(rules, 2'000U);
    EXPECT_GT(matches, 10'000U);
}

}  // namespace
}  // namespace vg::detect::sigma
