#include "detect/kinds/sigma/condition.h"

#include <algorithm>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kLongest = std::size_t{16} << 10;
constexpr int kDeepest = 64;
constexpr std::size_t kMostReferences = 20'000;  // leaves after `of` is written out

tl::unexpected<Error> refuse(std::string reason) {
    return fail(Code::bad_input, std::move(reason) + " [rules specification: Condition]");
}

// Recursive descent over: or := and {"or" and}; and := not {"and" not}; not := {"not"} primary.
class Parser {
public:
    Parser(std::string_view text, std::span<const std::string> names) : text_(text), names_(names) { advance(); }

    Result<Expression> whole() {
        Expression found = TRY(either(0));
        if (word_ == "|")
            return fail(Code::bad_input,
                        "a '|' in the condition: aggregations are obsolete, use a correlation rule [correlation specification: "
                        "Expression of Relationships In The Condition of Sigma Rules]");
        if (!word_.empty()) return refuse(format("'{}' is not expected here", shorten(word_, 60)));
        return found;
    }

private:
    void advance() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
        const std::size_t begin = at_;
        if (at_ < text_.size() && is_single(text_[at_])) {
            ++at_;
        } else {
            while (at_ < text_.size() && !is_blank(text_[at_]) && !is_single(text_[at_])) ++at_;
        }
        word_ = text_.substr(begin, at_ - begin);
    }
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
    static bool is_single(char c) { return c == '(' || c == ')' || c == '|'; }
    [[nodiscard]] bool is(std::string_view keyword) const { return equal_ignoring_ascii_case(word_, keyword); }

    // Operands of one operator; a single one stands for itself.
    static Expression join(Expression::Kind kind, std::vector<Expression> parts) {
        if (parts.size() == 1) return std::move(parts.front());
        Expression joined;
        joined.kind = kind;
        joined.parts = std::move(parts);
        return joined;
    }

    Result<Expression> either(int depth) {
        std::vector<Expression> parts;
        parts.push_back(TRY(both(depth)));
        while (is("or")) {
            advance();
            parts.push_back(TRY(both(depth)));
        }
        return join(Expression::Kind::any, std::move(parts));
    }

    Result<Expression> both(int depth) {
        std::vector<Expression> parts;
        parts.push_back(TRY(negated(depth)));
        while (is("and")) {
            advance();
            parts.push_back(TRY(negated(depth)));
        }
        return join(Expression::Kind::all, std::move(parts));
    }

    Result<Expression> negated(int depth) {
        if (depth > kDeepest) return refuse(format("nested more than {} deep", kDeepest));
        if (!is("not")) return primary(depth);
        advance();
        Expression negation;
        negation.kind = Expression::Kind::negation;
        negation.parts.push_back(TRY(negated(depth + 1)));
        return negation;
    }

    Result<Expression> primary(int depth) {
        if (word_.empty()) return refuse("the condition ends where a search identifier is expected");
        if (word_ == "(") {
            advance();
            Expression inner = TRY(either(depth + 1));
            if (word_ != ")") return refuse("a '(' is not closed");
            advance();
            return inner;
        }
        if (word_ == ")" || word_ == "|" || is("and") || is("or") || is("of") || is("them"))
            return refuse(format("'{}' stands where a search identifier is expected", word_));
        const std::string_view first = word_;
        advance();
        if (is("of")) return several(first);
        return single(first);
    }

    Result<Expression> single(std::string_view name) {
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found == names_.end()) {
            if (name.find('*') != std::string_view::npos)
                return refuse(format("'{}' needs '1 of' or 'all of' before it", shorten(name, 60)));
            const auto near = nearest(name, {names_.begin(), names_.end()});
            return refuse(format("the search identifier '{}' is not defined{}", shorten(name, 60),
                                 near ? format("; did you mean '{}'?", *near) : std::string{}));
        }
        return leaf(static_cast<std::uint32_t>(found - names_.begin()));
    }

    Result<Expression> leaf(std::uint32_t index) {
        if (++references_ > kMostReferences) return refuse("the condition refers to too many search identifiers");
        Expression selection;
        selection.selection = index;
        return selection;
    }

    // "1 of", "any of" or "all of", then "them" or a pattern.
    Result<Expression> several(std::string_view quantifier) {
        Expression group;
        if (equal_ignoring_ascii_case(quantifier, "all")) {
            group.kind = Expression::Kind::all;
        } else if (quantifier == "1" || equal_ignoring_ascii_case(quantifier, "any")) {
            group.kind = Expression::Kind::any;
        } else {
            return refuse(format("'{} of' is not defined, only '1 of', 'any of' and 'all of'", shorten(quantifier, 60)));
        }
        advance();
        if (word_.empty() || word_ == "(" || word_ == ")" || word_ == "|") return refuse("'of' needs 'them' or a pattern of search identifiers");
        const std::string_view pattern = word_;
        const bool them = is("them");
        advance();
        // Identifiers that begin with _ are left out by convention; a pattern that begins so itself means them.
        const bool hidden_too = pattern.front() == '_';
        for (std::uint32_t i = 0; i < names_.size(); ++i) {
            const bool hidden = !names_[i].empty() && names_[i].front() == '_';
            if ((!hidden || hidden_too) && (them || name_fits(names_[i], pattern))) group.parts.push_back(TRY(leaf(i)));
        }
        if (group.parts.empty()) return refuse(format("no search identifier fits '{}'", shorten(pattern, 60)));
        group.text = format("{} of {}", quantifier, pattern);
        return group;
    }

    std::string_view text_;
    std::span<const std::string> names_;
    std::size_t at_ = 0;
    std::string_view word_;
    std::size_t references_ = 0;
};

}  // namespace

bool name_fits(std::string_view name, std::string_view pattern) {
    Pattern parts;
    for (char c : pattern) append(parts, c == '*' ? Part{Part::Kind::any, {}} : Part{Part::Kind::text, std::string(1, c)});
    return Glob{parts, Glob::Case::as_written}.matches(name);
}

Result<Expression> parse_condition(std::string_view text, std::span<const std::string> names) {
    if (text.size() > kLongest) return refuse(format("longer than {} bytes", kLongest));
    return Parser{text, names}.whole();
}

}  // namespace vg::detect::sigma
