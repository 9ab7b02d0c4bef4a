// Counts how often the literals of rules stand in recorded events, for src/detect/kinds/sigma/frequent.inc.
//
//   bench_frequent RULES-FOLDER... -- EVENTS.ndjson > src/detect/kinds/sigma/frequent.inc
//
// The share of a literal is that of events where a field, which some rule compares with it, fits: exactly, at its end or
// anywhere, as the rule wants. Those under one in a thousand are left out.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/regex_literal.h"
#include "formats/format.h"

namespace {

using namespace vg;
using namespace vg::detect::sigma;

constexpr double kLeast = 0.001;

std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

struct Literal {
    std::string text;
    bool at_begin = false, at_end = false;
    friend auto operator<=>(const Literal&, const Literal&) = default;
    [[nodiscard]] bool fits(std::string_view value) const {
        if (at_begin && at_end) return value == text;
        if (at_begin) return value.starts_with(text);
        return at_end ? value.ends_with(text) : value.find(text) != std::string_view::npos;
    }
};

void collect(const Detection& detection, std::map<std::string, std::set<Literal>>& wanted) {
    for (const Selection& selection : detection.selections)
        for (const auto& items : selection.any_of)
            for (const Item& item : items)
                for (const Value& value : item.values)
                    for (const Test& test : value.any_of) {
                        if (item.name.empty()) continue;
                        if (const auto* text = std::get_if<TextTest>(&test))
                            for (std::size_t i = 0; i < text->pattern.size(); ++i)
                                if (text->pattern[i].kind == Part::Kind::text)
                                    wanted[item.name].insert({fold_case(text->pattern[i].text), i == 0, i + 1 == text->pattern.size()});
                        if (const auto* regex = std::get_if<RegexTest>(&test))
                            for (const std::string& run : regex_literals(regex->expression)) wanted[item.name].insert({run});
                    }
}

}  // namespace

int main(int argc, char** argv) {
    Documents documents;
    detect::LoadReport report;
    int next = 1;
    for (; next < argc && std::string_view{argv[next]} != "--"; ++next)
        for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[next]})
            if (entry.path().extension() == ".yml") read_file({entry.path().string(), read(entry.path())}, {}, documents, report);
    if (next + 1 >= argc) {
        std::fprintf(stderr, "usage: bench_frequent RULES-FOLDER... -- EVENTS.ndjson\n");
        return 2;
    }
    std::map<std::string, std::set<Literal>> wanted;
    for (const Rule& rule : documents.rules) collect(rule.detection, wanted);

    const auto library = formats::Library::make({});
    std::map<std::pair<std::string, std::string>, std::size_t> values;  // field and folded value → how many events
    std::ifstream events{argv[next + 1]};
    std::size_t count = 0;
    for (std::string line; std::getline(events, line); ++count) {
        Arena arena;
        const event::Record record{{}, line};
        for (const event::Field& field : formats::to_event(record, **library, arena).event.fields)
            if (wanted.contains(std::string{field.name})) ++values[{std::string{field.name}, fold_case(field.text)}];
    }
    std::map<std::string, double> shares;
    for (const auto& [name, literals] : wanted)
        for (const Literal& literal : literals) {
            std::size_t hits = 0;
            for (auto at = values.lower_bound({name, ""}); at != values.end() && at->first.first == name; ++at)
                if (literal.fits(at->first.second)) hits += at->second;
            double& share = shares[literal.text];
            share = std::max(share, static_cast<double>(hits) / static_cast<double>(count));
        }
    std::printf("// FREQUENT(\"folded literal\", share of events that hold it). Sorted. Made by bench_frequent from %zu Windows events.\n", count);
    for (const auto& [text, share] : shares) {
        if (share < kLeast) continue;
        std::string escaped;
        for (const char c : text) escaped += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
        std::printf("FREQUENT(\"%s\", %.4f)\n", escaped.c_str(), share);
    }
    return 0;
}
