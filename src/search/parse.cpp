// The grammar of docs/search.md by recursive descent. What a value means for its field is in values.cpp.
#include <algorithm>

#include "base/text.h"
#include "search/names.h"
#include "search/query.h"
#include "search/scan.h"
#include "search/tree.h"
#include "search/values.h"

namespace vg::search {

namespace {

using Kind = Node::Kind;

class Parser {
public:
    Parser(std::string_view text, const ParseOptions& options) : text_(text), options_(options) {}

    tl::expected<Query, ParseError> run() {
        std::optional<Node> root = Node{};
        at_ = skip_blank(text_, 0);
        if (at_ < text_.size()) {
            root = alternatives(nullptr);
            if (root && at_ < text_.size()) {
                if (text_[at_] == ')') root = wrong(at_, 1, "this bracket closes nothing");
                else root = wrong(at_, 1, "this cannot stand here");
            }
        }
        if (!root) return tl::unexpected<ParseError>{std::move(error_)};
        return Query{std::make_shared<const Node>(std::move(*root)), std::string{text_}, std::move(warnings_)};
    }

private:
    std::nullopt_t wrong(std::size_t offset, std::size_t length, std::string text, std::string suggestion = {}) {
        error_ = ParseError{offset, length, std::move(text), std::move(suggestion)};
        return std::nullopt;
    }
    std::nullopt_t wrong(ParseError error) {
        error_ = std::move(error);
        return std::nullopt;
    }
    void warn(std::size_t offset, std::size_t length, std::string text, std::string suggestion) {
        if (warnings_.size() < 20) warnings_.push_back({offset, length, std::move(text), std::move(suggestion)});
    }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] char here() const { return at_end() ? '\0' : text_[at_]; }
    void skip() { at_ = skip_blank(text_, at_); }
    [[nodiscard]] std::size_t operator_here(std::string_view word) const { return operator_at(text_, at_, word); }

    // a OR b. `field`: within field:( ), where every word is a value of it.
    std::optional<Node> alternatives(const Target* field) {
        const std::size_t begin = at_;
        std::vector<Node> parts;
        for (;;) {
            auto part = conjunction(field);
            if (!part) return std::nullopt;
            parts.push_back(std::move(*part));
            const std::size_t word = operator_here("OR");
            if (word == 0) break;
            const std::size_t where = at_;
            at_ += word;
            skip();
            if (at_end() || here() == ')') return wrong(where, word, "there is nothing behind this OR");
        }
        return join(Kind::any_of, std::move(parts), begin);
    }

    // a AND b, a b
    std::optional<Node> conjunction(const Target* field) {
        const std::size_t begin = at_;
        std::vector<Node> parts;
        for (;;) {
            auto part = unary(field);
            if (!part) return std::nullopt;
            parts.push_back(std::move(*part));
            skip();
            if (at_end() || here() == ')' || operator_here("OR") != 0) break;
            if (const std::size_t word = operator_here("AND"); word != 0) {
                const std::size_t where = at_;
                at_ += word;
                skip();
                if (at_end() || here() == ')') return wrong(where, word, "there is nothing behind this AND");
            }
        }
        return join(Kind::all_of, std::move(parts), begin);
    }

    std::optional<Node> unary(const Target* field) {
        const std::size_t begin = at_;
        bool negated = false;
        for (;;) {
            if (const std::size_t word = operator_here("NOT"); word != 0) {
                const std::size_t where = at_;
                at_ += word;
                skip();
                if (at_end() || here() == ')') return wrong(where, word, "there is nothing behind this NOT");
            } else if ((here() == '-' || here() == '!') && at_ + 1 < text_.size() && !is_blank(text_[at_ + 1]) && text_[at_ + 1] != ')' && !is_negative_number(field)) {
                ++at_;
            } else {
                break;
            }
            negated = !negated;
        }
        auto part = primary(field);
        if (!part) return std::nullopt;
        if (!negated) {
            part->offset = begin;  // an even number of NOT stands there too
            part->length = at_ - begin;
            return part;
        }
        Node node;
        node.kind = Kind::negation;
        node.offset = begin;
        node.length = at_ - begin;
        node.parts.push_back(std::move(*part));
        return node;
    }

    // Within field:( ), -5 is a number.
    [[nodiscard]] bool is_negative_number(const Target* field) const {
        if (field == nullptr || here() != '-') return false;
        return parse_decimal(read_word(text_, at_).pattern.plain()).has_value();
    }

    std::optional<Node> primary(const Target* field) {
        for (const std::string_view word : {"AND", "OR"})
            if (const std::size_t length = operator_here(word); length != 0) return wrong(at_, length, format("there is nothing before this {}", word));
        if (here() == ')') return wrong(at_, 1, "there is nothing before this bracket");
        if (here() == '(') return group(field);
        if (field != nullptr) return values(*field, at_);
        if (const auto name = read_field_name(text_, at_)) return field_term(*name);
        if (here() == ':') return wrong(at_, 1, "a field name is missing before the colon");

        const std::size_t begin = at_;
        const auto value = value_here({});
        if (!value) return std::nullopt;
        const std::string plain = value->pattern.plain();
        if (!value->quoted && (plain == "and" || plain == "or" || plain == "not") && text_.size() != plain.size()) {
            std::string capitals = plain;
            for (char& c : capitals) c = static_cast<char>(c - 32);
            warn(begin, value->length, format("\"{}\" is looked for as a word; the operator is written in capitals", plain), capitals);
        }
        Target target;
        if (value->pattern.is_only_stars()) {
            Node everything;
            everything.offset = begin;
            everything.length = value->length;
            return everything;
        }
        return term(equal_to(target, *value, options_.zone), begin);
    }

    std::optional<Node> group(const Target* field) {
        const std::size_t open = at_;
        if (++depth_ > kMostLevels) return wrong(open, 1, format("brackets are nested more than {} deep", kMostLevels));
        ++at_;
        skip();
        if (here() == ')' && !at_end()) return wrong(open, at_ + 1 - open, "there is nothing between these brackets");
        if (at_end()) return wrong(text_.size(), 0, "there is nothing behind this bracket", ")");
        auto inside = alternatives(field);
        if (!inside) return std::nullopt;
        skip();
        if (here() != ')') return wrong(text_.size(), 0, format("the bracket opened at character {} is not closed", character_of(open)), ")");
        ++at_;
        --depth_;
        inside->offset = open;
        inside->length = at_ - open;
        inside->open = false;
        return inside;
    }

    std::optional<Node> field_term(const FieldName& name) {
        if (!name.quoted && name.name.find_first_of("*?") != std::string::npos) return wrong(name.offset, name.length, "the name of a field has no wildcards");
        at_ = name.value;
        if (!name.quoted && (name.name == "exists" || name.name == "missing")) return existence(name);
        const Target target = target_of(name.name, name.quoted);
        if (!name.quoted)
            if (const auto doubt = doubt_about(name.name)) {
                std::string text = format("there is no field {}", shorten(name.name, 60));
                if (doubt->certain) return wrong(name.offset, name.length, text + "; if a log does have it, put the name in quotes", doubt->meant);
                warn(name.offset, name.length, format("{} is not among the known fields; fields that logs bring are found by it", shorten(name.name, 60)), doubt->meant);
            }
        skip();
        if (at_end() || here() == ')') return wrong(name.value, 0, format("a value is missing behind {}:", shorten(name.name, 60)), "*");
        if (here() == '(') {
            auto inside = group(&target);
            if (!inside) return std::nullopt;
            inside->offset = name.offset;
            inside->length = at_ - name.offset;
            return inside;
        }
        return values(target, name.offset);
    }

    // exists:name, missing:name
    std::optional<Node> existence(const FieldName& word) {
        skip();
        if (at_end() || here() == ')' || here() == '(') return wrong(at_, 0, format("the name of a field is missing behind {}:", word.name));
        const auto value = value_here({});
        if (!value) return std::nullopt;
        if (value->pattern.has_wildcard()) return wrong(value->offset, value->length, "the name of a field has no wildcards");
        const std::string name = value->pattern.plain();
        if (!value->quoted)
            if (const auto doubt = doubt_about(name)) {
                if (doubt->certain) return wrong(value->offset, value->length, format("there is no field {}; if a log does have it, put the name in quotes", shorten(name, 60)), doubt->meant);
                warn(value->offset, value->length, format("{} is not among the known fields; fields that logs bring are found by it", shorten(name, 60)), doubt->meant);
            }
        Term made;
        made.target = target_of(name, value->quoted);
        made.predicate.exists = true;
        auto node = term(std::move(made), word.offset);
        if (!node || word.name == "exists") return node;
        Node negation;
        negation.kind = Kind::negation;
        negation.offset = node->offset;
        negation.length = node->length;
        negation.parts.push_back(std::move(*node));
        return negation;
    }

    // What stands behind field: — a value, a list, a range, a comparison.
    std::optional<Node> values(const Target& target, std::size_t begin) {
        if (here() == '[' || (here() == '{' && opens_range(text_, at_))) return list_or_range(target, begin);
        if (here() == '~') {
            ++at_;
            const auto value = value_here({});
            if (!value) return std::nullopt;
            return term(with_words(target, *value), begin);
        }
        if (here() == '>' || here() == '<') {
            const bool upper = here() == '<';
            ++at_;
            const bool with = here() == '=';
            if (with) ++at_;
            skip();
            const auto value = value_here({});
            if (!value) return std::nullopt;
            const WrittenBound bound{*value, with};
            return term(upper ? between(target, std::nullopt, bound, options_.zone) : between(target, bound, std::nullopt, options_.zone), begin);
        }
        const auto value = value_here({});
        if (!value) return std::nullopt;
        if (const auto range = dotted_range(target, *value)) return term(between(target, range->first, range->second, options_.zone), begin);
        return term(equal_to(target, *value, options_.zone), begin);
    }

    // A..B
    std::optional<std::pair<std::optional<WrittenBound>, std::optional<WrittenBound>>> dotted_range(const Target& target, const Written& value) const {
        const std::string_view raw = text_.substr(value.offset, value.length);
        const std::size_t dots = raw.find("..");
        if (value.quoted || dots == std::string_view::npos || raw.find('\\') != std::string_view::npos) return std::nullopt;
        if (!is_range_for(target, raw.substr(0, dots), raw.substr(dots + 2), options_.zone)) return std::nullopt;
        auto bound = [&](std::size_t from, std::size_t length) -> std::optional<WrittenBound> {
            const std::string_view part = raw.substr(from, length);
            if (part.empty() || part == "*") return std::nullopt;
            Written made;
            made.pattern.add(PatternPart::Kind::text, part);
            made.offset = value.offset + from;
            made.length = part.size();
            return WrittenBound{made, true};
        };
        std::pair<std::optional<WrittenBound>, std::optional<WrittenBound>> made{bound(0, dots), bound(dots + 2, raw.size() - dots - 2)};
        if (!made.first && !made.second) return std::nullopt;
        return made;
    }

    std::optional<Node> list_or_range(const Target& target, std::size_t begin) {
        const std::size_t open = at_;
        const bool with_low = here() == '[';
        ++at_;
        skip();
        Term all;
        all.target = target;
        std::vector<Node> apart;  // values that cannot be one term
        for (;;) {
            if (at_end()) return wrong(text_.size(), 0, format("the bracket opened at character {} is not closed", character_of(open)), "]");
            if (here() == ']' || here() == '}' || here() == ',') return wrong(at_, 1, here() == ',' ? "a value is missing before this comma" : "a value is missing before this bracket");
            const std::size_t where = at_;
            const auto value = value_here(",]}");
            if (!value) return std::nullopt;
            skip();
            if (const std::size_t to = operator_here("TO"); to != 0) {
                if (where != skip_blank(text_, open + 1)) return wrong(at_, to, "a list has no ranges; write field:(1..5 OR 9)");
                return range(target, *value, with_low, to, begin);
            }
            if (!with_low) return wrong(open, 1, "a list stands in square brackets", "[");
            auto made = equal_to(target, *value, options_.zone);
            if (!made) return wrong(std::move(made).error());
            if (!counted(where)) return std::nullopt;
            if (made->journal.empty()) all.predicate.add(made->predicate);
            else apart.push_back(node_of(std::move(*made), where));
            if (here() == ']') break;
            if (at_end()) continue;
            if (here() != ',') return wrong(at_, 1, "a comma is missing before this value", ", ");
            ++at_;
            skip();
        }
        ++at_;
        if (apart.empty()) return node_of(std::move(all), begin);
        apart.push_back(node_of(std::move(all), begin));
        Node either;
        either.kind = Kind::any_of;
        either.parts = std::move(apart);
        either.offset = begin;
        either.length = at_ - begin;
        return either;
    }

    // Behind the first bound, at TO.
    std::optional<Node> range(const Target& target, const Written& low, bool with_low, std::size_t to, std::size_t begin) {
        const std::size_t where = at_;
        at_ += to;
        skip();
        if (at_end() || here() == ']' || here() == '}') return wrong(where, to, "the range has no second bound; * leaves it open");
        const auto high = value_here("]}");
        if (!high) return std::nullopt;
        skip();
        if (here() != ']' && here() != '}') return wrong(at_end() ? text_.size() : at_, at_end() ? 0 : 1, "the range ends here, with ] or }", "]");
        const bool with_high = here() == ']';
        ++at_;
        std::optional<WrittenBound> least;
        std::optional<WrittenBound> most;
        if (!low.pattern.is_only_stars()) least = WrittenBound{low, with_low};
        if (!high->pattern.is_only_stars()) most = WrittenBound{*high, with_high};
        if (!least && !most) return wrong(begin, at_ - begin, "a range needs a bound on one side; field:* asks whether the field is there");
        return term(between(target, least, most, options_.zone), begin);
    }

    // The word or quoted text here.
    std::optional<Written> value_here(std::string_view stops) {
        if (here() == '"' && !at_end()) {
            Written value = read_quoted(text_, at_);
            if (!value.closed) {
                const bool slash = text_.size() >= 2 && text_.substr(text_.size() - 2) == "\\\"";
                return wrong(text_.size(), 0, format("the quote opened at character {} is not closed", character_of(at_)) + (slash ? "; a backslash before the last quote is written twice" : ""), "\"");
            }
            at_ += value.length;
            if (!at_end() && !is_blank(here()) && here() != ')' && stops.find(here()) == std::string_view::npos) return wrong(at_, 1, "a blank is missing behind the quote", " ");
            return value;
        }
        Written value = read_word(text_, at_, stops);
        if (value.length == 0) return wrong(at_, at_end() ? 0 : 1, "a value is missing here");
        at_ += value.length;
        if (here() == '"' && !at_end()) return wrong(at_, 1, "a quote cannot stand inside a word; write \\\" or put the whole value in quotes");
        return value;
    }

    bool counted(std::size_t offset) {
        if (++terms_ <= kMostTerms) return true;
        wrong(offset, text_.size() - offset, format("there are more than {} terms", kMostTerms));
        return false;
    }

    Node node_of(Term term, std::size_t begin) const {
        Node node;
        node.kind = Kind::term;
        term.predicate.finish();
        node.term = std::make_shared<const Term>(std::move(term));
        node.offset = begin;
        node.length = at_ - begin;
        return node;
    }

    std::optional<Node> term(tl::expected<Term, ParseError> made, std::size_t begin) {
        if (!made) return wrong(std::move(made).error());
        if (!counted(begin)) return std::nullopt;
        return node_of(std::move(*made), begin);
    }

    // One part is itself. Alternatives about one field become one term: it is asked once.
    std::optional<Node> join(Kind kind, std::vector<Node> parts, std::size_t begin) const {
        if (parts.size() == 1) return std::move(parts.front());
        Node node;
        node.kind = kind;
        node.open = kind == Kind::any_of;
        node.offset = begin;
        node.length = parts.back().offset + parts.back().length - begin;
        const bool one_field = kind == Kind::any_of && std::all_of(parts.begin(), parts.end(), [&](const Node& part) {
            return part.kind == Kind::term && part.term->target == parts.front().term->target && part.term->journal.empty();
        });
        if (one_field) {
            Term all;
            all.target = parts.front().term->target;
            for (const Node& part : parts) all.predicate.add(part.term->predicate);
            node.kind = Kind::term;
            all.predicate.finish();
            node.term = std::make_shared<const Term>(std::move(all));
            return node;
        }
        node.parts = std::move(parts);
        return node;
    }

    [[nodiscard]] std::size_t character_of(std::size_t offset) const {
        return 1 + static_cast<std::size_t>(std::count_if(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(offset), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    }

    std::string_view text_;
    ParseOptions options_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t terms_ = 0;
    ParseError error_;
    std::vector<ParseError> warnings_;
};

}  // namespace

tl::expected<Query, ParseError> parse(std::string_view text, const ParseOptions& options) {
    if (text.size() > kMostQueryBytes)
        return tl::unexpected<ParseError>{ParseError{kMostQueryBytes, text.size() - kMostQueryBytes, format("the query is longer than {} bytes", kMostQueryBytes), {}}};
    if (!is_utf8(text)) {
        std::size_t at = 0;
        while (at < text.size() && is_utf8(text.substr(0, at + 1))) ++at;
        for (std::size_t more = 2; more <= 4 && at + more <= text.size(); ++more)  // the start of a character that is whole is no error
            if (is_utf8(text.substr(0, at + more))) {
                at += more;
                while (at < text.size() && is_utf8(text.substr(0, at + 1))) ++at;
                more = 1;
            }
        return tl::unexpected<ParseError>{ParseError{at, 1, "this byte is not UTF-8", {}}};
    }
    return Parser{text, options}.run();
}

std::string say(const ParseError& error, std::string_view text) {
    const std::size_t end = std::min(error.offset, text.size());
    const auto before = std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    std::string said = format("in the query, at character {}: {}", before + 1, error.text);
    if (!error.suggestion.empty() && error.suggestion != " ") said += format(" (perhaps: {})", error.suggestion);
    return said;
}

Result<Query> parse_or_say(std::string_view text, const ParseOptions& options) {
    auto query = parse(text, options);
    if (!query) return fail(Code::bad_input, say(query.error(), text));
    return std::move(*query);
}

}  // namespace vg::search
