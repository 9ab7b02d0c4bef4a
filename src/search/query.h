// Query: one line of the search language, understood. docs/search.md has the grammar. Pure and hostile: the text comes from
// people and programs, and every length, depth and count is bounded. store::Archive runs it over segments; matches() runs
// the same meaning over one event and is what everything else is compared with.
//
//   auto query = search::parse("source.ip:203.0.113.0/24 event.code:4688 AND NOT user.name:SYSTEM");
//   if (!query) show(query.error().offset, query.error().text);
//   if (search::matches(*query, event)) ...
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/event.h"
#include "event/record.h"

namespace vg::search {

// What is wrong with a query, for a person: where, why, and what to write instead.
struct ParseError {
    std::size_t offset = 0;  // in bytes of the query's text; its length when something is missing at the end
    std::size_t length = 0;  // of the words that are wrong
    std::string text;        // "there is no field souce.ip"
    std::string suggestion;  // "source.ip"; empty when there is none
};

struct Node;  // the tree; search/tree.h

// Immutable; copied cheaply.
class Query {
public:
    explicit Query(std::shared_ptr<const Node> root, std::string text, std::vector<ParseError> warnings = {})
        : root_(std::move(root)), text_(std::move(text)), warnings_(std::move(warnings)) {}
    [[nodiscard]] const Node& root() const { return *root_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    // What can be asked, but is perhaps not what was meant: a field name close to a known one, `and` as a word.
    [[nodiscard]] const std::vector<ParseError>& warnings() const { return warnings_; }

private:
    std::shared_ptr<const Node> root_;
    std::string text_;
    std::vector<ParseError> warnings_;
};

struct ParseOptions {
    std::string_view zone = {};  // IANA name, for times without an offset; UTC when empty
};
inline constexpr std::size_t kMostQueryBytes = 8192;
inline constexpr std::size_t kMostLevels = 64;
inline constexpr std::size_t kMostTerms = 1000;

// At most 8 KiB of text, 64 levels, 1,000 terms. An empty text matches everything.
tl::expected<Query, ParseError> parse(std::string_view text, const ParseOptions& options = {});
// The same with the error as one sentence that names the character: for the API and the command line.
Result<Query> parse_or_say(std::string_view text, const ParseOptions& options = {});
// That sentence.
std::string say(const ParseError& error, std::string_view text);

// What is known about an event besides its fields: the language's own words source, organisation, peer, unparsed, id.
struct Surroundings {
    std::string_view source;        // id as text
    std::string_view organisation;  // id as text
    std::string_view peer;
    std::string_view unparsed = {};  // why no format understood it
    event::Position position = {};
    std::string_view journal = {};  // id as text
};
bool matches(const Query& query, const event::Event& event, const Surroundings& around = {});

}  // namespace vg::search
