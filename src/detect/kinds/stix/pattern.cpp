#include "detect/kinds/stix/pattern.h"

#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/stix/characters.h"
#include "detect/kinds/stix/expression.h"

namespace vg::detect::stix {
namespace {

bool is_word(char c) { return is_word_start(c) || is_digit(c); }

constexpr std::string_view kKeywords[] = {"AND",        "OR",    "NOT",  "FOLLOWEDBY", "LIKE",   "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS",
                                          "LAST",       "IN",    "START", "STOP",      "SECONDS", "true",    "false",      "WITHIN",   "REPEATS", "TIMES"};

// A recursive descent over the grammar of the standard. AND binds before OR, OR before FOLLOWEDBY; qualifiers bind first.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Pattern> run() {
        if (text_.size() > kMostPatternBytes) return fail(Code::too_large, "the pattern is longer than 1 MiB");
        if (!is_utf8(text_)) return fail(Code::bad_input, "the pattern is not UTF-8");
        Observation top = TRY(observations());
        skip();
        if (at_ != text_.size()) return wrong("the end of the pattern");
        return Pattern{std::move(top)};
    }

private:
    using Binding = Result<Observation> (Parser::*)();

    // White space and comments.
    void skip() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                ++at_;
            } else if (text_.substr(at_).starts_with("\xC2\xA0")) {
                at_ += 2;
            } else if (text_.substr(at_).starts_with("//")) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (const auto end = text_.find("*/", at_ + 2); text_.substr(at_).starts_with("/*") && end != std::string_view::npos) {
                at_ = end + 2;
            } else {
                return;
            }
        }
    }

    tl::unexpected<Error> wrong(std::string_view expected) const {
        std::string found = at_ >= text_.size() ? "the pattern ends" : format("found \"{}\"", shorten(text_.substr(at_), 24));
        return fail(Code::bad_input, format("at {}: {} where {} must be", at_ + 1, found, expected));
    }

    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    Status need(char c) {
        if (!take(c)) return wrong(format("\"{}\"", c));
        return {};
    }
    [[nodiscard]] std::string_view word_here() const {
        std::size_t end = at_;
        if (end < text_.size() && is_word_start(text_[end]))
            while (end < text_.size() && is_word(text_[end])) ++end;
        return text_.substr(at_, end - at_);
    }
    bool take_word(std::string_view word) {
        skip();
        if (word_here() != word) return false;
        at_ += word.size();
        return true;
    }
    Status need_word(std::string_view word) {
        if (!take_word(word)) return wrong(word);
        return {};
    }

    Status deeper() {
        if (++depth_ > kDeepestPattern) return fail(Code::too_large, format("at {}: more than {} parentheses within each other", at_ + 1, kDeepestPattern));
        return {};
    }
    Status count() {
        if (++tests_ > kMostPatternTests) return fail(Code::too_large, format("more than {} comparisons", kMostPatternTests));
        return {};
    }

    Result<Observation> joined(std::string_view word, Observation::Kind kind, Binding next) {
        Observation first = TRY((this->*next)());
        if (!take_word(word)) return first;
        Observation whole{.kind = kind};
        whole.parts.push_back(std::move(first));
        do {
            whole.parts.push_back(TRY((this->*next)()));
        } while (take_word(word));
        return whole;
    }
    Result<Observation> observations() { return joined("FOLLOWEDBY", Observation::Kind::followed_by, &Parser::any_observation); }
    Result<Observation> any_observation() { return joined("OR", Observation::Kind::any, &Parser::all_observations); }
    Result<Observation> all_observations() { return joined("AND", Observation::Kind::all, &Parser::observation); }

    Result<Observation> observation() {
        Observation whole;
        if (take('[')) {
            whole.comparison = TRY(any_comparison());
            TRY(need(']'));
        } else if (take('(')) {
            TRY(deeper());
            whole = TRY(observations());
            TRY(need(')'));
            --depth_;
            if (!whole.inner) whole.inner = whole.qualifiers.size();
        } else {
            return wrong("\"[\" or \"(\"");
        }
        while (true) {
            Qualifier qualifier;
            if (take_word("WITHIN")) {
                qualifier = TRY(within());
            } else if (take_word("REPEATS")) {
                qualifier.kind = Qualifier::Kind::repeats;
                const Literal number = TRY(literal());
                if (number.kind != Literal::Kind::integer || number.integer < 1) return fail(Code::bad_input, format("at {}: REPEATS wants a whole number above 0", at_ + 1));
                qualifier.times = number.integer;
                TRY(need_word("TIMES"));
            } else if (take_word("START")) {
                qualifier.kind = Qualifier::Kind::start_stop;
                qualifier.start = TRY(moment());
                TRY(need_word("STOP"));
                qualifier.stop = TRY(moment());
            } else {
                return whole;
            }
            if (whole.qualifiers.size() >= 16) return fail(Code::too_large, "more than 16 qualifiers of one observation");
            whole.qualifiers.push_back(std::move(qualifier));
        }
    }

    Result<Qualifier> within() {
        const Literal number = TRY(literal());
        const double length = number.kind == Literal::Kind::integer ? static_cast<double>(number.integer) : number.real;
        if (!number.is_number() || !(length > 0)) return fail(Code::bad_input, format("at {}: WITHIN wants a number of seconds above 0", at_ + 1));
        TRY(need_word("SECONDS"));
        return Qualifier{.kind = Qualifier::Kind::within, .within = microseconds(std::llround(std::min(length, 1e11) * 1e6))};
    }

    Result<Moment> moment() {
        const Literal value = TRY(literal());
        if (value.kind == Literal::Kind::moment) return value.moment;
        // STIX 2.0 writes a plain string here.
        if (value.kind == Literal::Kind::text)
            if (const auto read = parse_moment(value.text)) return *read;
        return fail(Code::bad_input, format("at {}: START and STOP want a timestamp", at_ + 1));
    }

    Result<Comparison> any_comparison() { return joined_tests("OR", Comparison::Kind::any); }

    Result<Comparison> joined_tests(std::string_view word, Comparison::Kind kind) {
        const bool outer = kind == Comparison::Kind::any;
        Comparison first = TRY(outer ? joined_tests("AND", Comparison::Kind::all) : comparison());
        if (!take_word(word)) return first;
        Comparison whole{.kind = kind};
        whole.parts.push_back(std::move(first));
        do {
            whole.parts.push_back(TRY(outer ? joined_tests("AND", Comparison::Kind::all) : comparison()));
        } while (take_word(word));
        return whole;
    }

    Result<Comparison> comparison() {
        TRY(count());
        if (take('(')) {
            TRY(deeper());
            Comparison inner = TRY(any_comparison());
            TRY(need(')'));
            --depth_;
            return inner;
        }
        Comparison whole;
        Test& test = whole.test;
        const std::size_t before = at_;
        test.negated = take_word("NOT");
        if (take_word("EXISTS")) {
            test.what = Operator::exists;
            test.path = TRY(path());
            return whole;
        }
        if (test.negated) {
            at_ = before;
            return wrong("an object path");
        }
        test.path = TRY(path());
        test.negated = take_word("NOT");
        TRY(operation(test));
        return whole;
    }

    Status operation(Test& test) {
        skip();
        const std::string_view rest = text_.substr(at_);
        struct Sign {
            std::string_view text;
            Operator what;
        };
        static constexpr Sign kSigns[] = {{"==", Operator::equal},      {"=", Operator::equal},          {"!=", Operator::not_equal}, {"<>", Operator::not_equal},
                                          {"<=", Operator::less_equal}, {">=", Operator::greater_equal}, {"<", Operator::less},       {">", Operator::greater}};
        for (const Sign& sign : kSigns) {
            if (!rest.starts_with(sign.text)) continue;
            at_ += sign.text.size();
            test.what = sign.what;
            test.literals.push_back(TRY(literal()));
            const bool orders = sign.what != Operator::equal && sign.what != Operator::not_equal;
            if (orders && test.literals[0].kind == Literal::Kind::boolean) return fail(Code::bad_input, format("at {}: true and false have no order", at_ + 1));
            return {};
        }
        if (take_word("IN")) {
            test.what = Operator::in;
            return set(test.literals);
        }
        static constexpr Sign kWords[] = {{"LIKE", Operator::like}, {"MATCHES", Operator::matches}, {"ISSUBSET", Operator::is_subset}, {"ISSUPERSET", Operator::is_superset}};
        for (const Sign& word : kWords) {
            if (!take_word(word.text)) continue;
            test.what = word.what;
            test.literals.push_back(TRY(literal()));
            if (test.literals[0].kind != Literal::Kind::text) return fail(Code::bad_input, format("at {}: {} wants a string", at_ + 1, word.text));
            if (word.what == Operator::matches) test.expression = std::make_shared<const Expression>(test.literals[0].text);
            return {};
        }
        return wrong("a comparison operator");
    }

    Status set(std::vector<Literal>& out) {
        TRY(need('('));
        if (take(')')) return {};
        do {
            TRY(count());
            out.push_back(TRY(literal()));
            const bool alike = out.back().kind == out.front().kind || (out.back().is_number() && out.front().is_number());
            if (!alike) return fail(Code::bad_input, format("at {}: the values of a set are of one type", at_ + 1));
        } while (take(','));
        return need(')');
    }

    Result<Path> path() {
        skip();
        Path out;
        std::size_t end = at_;
        if (end < text_.size() && is_word_start(text_[end]))
            while (end < text_.size() && (is_word(text_[end]) || text_[end] == '-')) ++end;
        out.object_type = text_.substr(at_, end - at_);
        if (out.object_type.empty() || is_keyword(out.object_type)) return wrong("an object path");
        at_ = end;
        TRY(need(':'));
        out.steps.push_back(TRY(key()));
        while (true) {
            if (out.steps.size() > 32) return fail(Code::too_large, format("at {}: an object path of more than 32 steps", at_ + 1));
            if (take('.')) {
                out.steps.push_back(TRY(key()));
            } else if (take('[')) {
                if (take('*')) {
                    out.steps.push_back({.kind = Step::Kind::any});
                } else {
                    const Literal index = TRY(literal());
                    if (index.kind != Literal::Kind::integer) return fail(Code::bad_input, format("at {}: an index is a whole number or *", at_ + 1));
                    out.steps.push_back({.kind = Step::Kind::index, .index = index.integer});
                }
                TRY(need(']'));
            } else {
                return out;
            }
        }
    }

    static bool is_keyword(std::string_view word) {
        for (std::string_view keyword : kKeywords)
            if (word == keyword) return true;
        return false;
    }

    Result<Step> key() {
        skip();
        if (at_ < text_.size() && text_[at_] == '\'') return Step{.key = TRY(quoted())};
        const std::string_view word = word_here();
        if (word.empty() || is_keyword(word)) return wrong("a property's name");
        at_ += word.size();
        return Step{.key = std::string{word}};
    }

    // '...' with \' and \\ inside.
    Result<std::string> quoted() {
        std::string out;
        std::size_t i = at_ + 1;
        for (; i < text_.size() && text_[i] != '\''; ++i) {
            if (text_[i] == '\\') {
                ++i;
                if (i >= text_.size() || (text_[i] != '\'' && text_[i] != '\\')) return fail(Code::bad_input, format("at {}: a backslash stands before \\ or ' only", i + 1));
            }
            out.push_back(text_[i]);
        }
        if (i >= text_.size()) return fail(Code::bad_input, format("at {}: the quote is not closed", at_ + 1));
        at_ = i + 1;
        return out;
    }

    Result<Literal> literal() {
        skip();
        if (at_ >= text_.size()) return wrong("a value");
        const char c = text_[at_];
        if (c == '\'') return Literal{.kind = Literal::Kind::text, .text = nfc(TRY(quoted()))};
        const bool prefixed = at_ + 1 < text_.size() && text_[at_ + 1] == '\'';
        if (prefixed && (c == 't' || c == 'h' || c == 'b')) {
            const std::size_t place = at_++;
            const std::string inside = TRY(quoted());
            if (c == 't') {
                const auto read = parse_moment(inside);
                if (!read) return fail(Code::bad_input, format("at {}: a timestamp is YYYY-MM-DDTHH:MM:SS[.s]Z", place + 1));
                return Literal{.kind = Literal::Kind::moment, .moment = *read};
            }
            if (c == 'b' && inside.size() % 4 != 0) return fail(Code::bad_input, format("at {}: this is not base64", place + 1));
            auto bytes = c == 'h' ? from_hex(inside) : from_base64(inside);
            if (!bytes) return fail(Code::bad_input, format("at {}: {}", place + 1, c == 'h' ? "h'...' wants pairs of hexadecimal digits" : "this is not base64"));
            return Literal{.kind = Literal::Kind::binary, .text = std::move(*bytes)};
        }
        if (take_word("true")) return Literal{.kind = Literal::Kind::boolean, .boolean = true};
        if (take_word("false")) return Literal{.kind = Literal::Kind::boolean, .boolean = false};
        return number();
    }

    Result<Literal> number() {
        std::size_t end = at_;
        if (text_[end] == '-' || text_[end] == '+') ++end;
        const std::size_t digits = end;
        while (end < text_.size() && is_digit(text_[end])) ++end;
        const bool whole = end >= text_.size() || text_[end] != '.';
        if (!whole) {
            const std::size_t fraction = ++end;
            while (end < text_.size() && is_digit(text_[end])) ++end;
            if (end == fraction) return wrong("a value");
        } else if (end == digits || (text_[digits] == '0' && end - digits > 1)) {
            return wrong("a value");
        }
        if (end < text_.size() && is_word(text_[end])) return wrong("a value");
        const bool plus = text_[at_] == '+';
        std::string written{text_.substr(at_ + (plus ? 1 : 0), end - at_ - (plus ? 1 : 0))};
        if (whole) {
            const auto value = parse_int(written);
            if (!value) return fail(Code::bad_input, format("at {}: the number is out of range", at_ + 1));
            at_ = end;
            return Literal{.kind = Literal::Kind::integer, .integer = *value};
        }
        if (written.size() > 64) return fail(Code::bad_input, format("at {}: the number is too long", at_ + 1));
        if (written.front() == '.') written.insert(0, "0");
        if (written.starts_with("-.")) written.insert(1, "0");
        const auto value = parse_real(written);
        if (!value || !std::isfinite(*value)) return fail(Code::bad_input, format("at {}: the number is out of range", at_ + 1));
        at_ = end;
        return Literal{.kind = Literal::Kind::real, .real = *value};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::size_t tests_ = 0;
};

}  // namespace

Result<Pattern> parse_pattern(std::string_view text) { return Parser{text}.run(); }

}  // namespace vg::detect::stix
