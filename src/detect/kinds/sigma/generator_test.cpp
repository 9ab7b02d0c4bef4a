#include <algorithm>

#include "base/text.h"
#include "detect/kinds/sigma/generator.h"

namespace vg::detect::sigma::testing {

namespace {

std::uint64_t mix(std::uint64_t x) {  // splitmix64
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

class Choices {
public:
    explicit Choices(std::uint64_t seed) : seed_(seed) {}
    std::size_t of(std::size_t count) { return seed_ == 0 || count < 2 ? 0 : static_cast<std::size_t>(mix(seed_ * 1000003 + ++turn_) % count); }

private:
    std::uint64_t seed_;
    std::uint64_t turn_ = 0;
};

// Reads an expression and writes one text for it: alternation, groups, classes, escapes and quantifiers.
class Sampler {
public:
    Sampler(std::string_view text, std::uint64_t seed) : text_(text), choices_(seed) {}
    std::string whole() { return either(); }

private:
    [[nodiscard]] bool more() const { return at_ < text_.size(); }

    std::string either() {
        std::vector<std::string> options{sequence()};
        while (more() && text_[at_] == '|') {
            ++at_;
            options.push_back(sequence());
        }
        return options[choices_.of(options.size())];
    }

    std::string sequence() {
        std::string out;
        while (more() && text_[at_] != '|' && text_[at_] != ')') {
            const std::string atom = one();
            const int times = quantifier();
            for (int i = 0; i < times; ++i) out += atom;
        }
        return out;
    }

    int quantifier() {
        if (!more()) return 1;
        int times = 1;
        const char c = text_[at_];
        if (c == '*' || c == '?') {
            times = 0;
            ++at_;
        } else if (c == '+') {
            ++at_;
        } else if (c == '{' && at_ + 1 < text_.size() && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9') {
            times = 0;
            for (++at_; more() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) times = times * 10 + (text_[at_] - '0');
            while (more() && text_[at_] != '}') ++at_;
            if (more()) ++at_;
        } else {
            return 1;
        }
        if (more() && text_[at_] == '?') ++at_;  // not greedy
        return times;
    }

    std::string one() {
        const char c = text_[at_++];
        if (c == '(') {
            if (more() && text_[at_] == '?') {  // (?:...), (?i), (?i:...)
                while (more() && text_[at_] != ':' && text_[at_] != ')') ++at_;
                if (more() && text_[at_++] == ')') return {};
            }
            std::string inner = either();
            if (more()) ++at_;
            return inner;
        }
        if (c == '[') return member();
        if (c == '.') return "x";
        if (c == '^' || c == '$') return {};
        if (c == '\\' && more()) return escape(text_[at_++]);
        return std::string(1, c);
    }

    static std::string escape(char c) {
        switch (c) {
            case 'd': return "7";
            case 'w': return "w";
            case 's': return " ";
            case 'S': case 'W': case 'D': return "-";
            case 'b': case 'B': case 'A': case 'z': return {};
            case 't': return "\t";
            case 'n': return "\n";
            case 'r': return "\r";
            default: return std::string(1, c);
        }
    }

    // One member of a class; of a negated one, the first of some characters that it does not name.
    std::string member() {
        bool negated = false;
        std::string members;
        if (more() && text_[at_] == '^') {
            negated = true;
            ++at_;
        }
        for (bool first = true; more() && (first || text_[at_] != ']'); first = false) {
            char c = text_[at_++];
            if (c == '\\' && more()) {
                const std::string meaning = escape(text_[at_]);
                if (text_[at_] == 'w') members += "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
                if (text_[at_] == 'd') members += "0123456789";
                if (text_[at_] == 's') members += " \t\r\n";
                ++at_;
                if (meaning.empty()) continue;
                c = meaning[0];
            }
            if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
                const char last = text_[at_ + 1];
                at_ += 2;
                for (int each = c; each <= last; ++each) members.push_back(static_cast<char>(each));
            } else {
                members.push_back(c);
            }
        }
        if (more()) ++at_;
        if (!negated) return members.empty() ? std::string{} : std::string(1, members[choices_.of(members.size())]);
        for (char c : std::string_view{"x7-@ Z"})
            if (members.find(c) == std::string::npos) return std::string(1, c);
        return "~";
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Choices choices_;
};

class Chooser {
public:
    Chooser(const Detection& detection, std::uint64_t seed) : detection_(detection), seed_(seed), choices_(seed) {}

    Draft whole() {
        want(detection_.condition, true);
        // What must not hold, where nothing in the event makes a null item hold.
        for (const std::string& name : wanted_there_)
            if (!draft_.fields.contains(name)) draft_.fields[name].values.push_back("other than " + name);
        draft_.padded = seed_ % 2 == 1;
        return std::move(draft_);
    }

private:
    void want(const Expression& expression, bool wanted) {
        switch (expression.kind) {
            case Expression::Kind::negation: want(expression.parts.front(), !wanted); return;
            case Expression::Kind::selection:
                if (wanted)
                    hold(detection_.selections[expression.selection]);
                else
                    avoid(detection_.selections[expression.selection]);
                return;
            case Expression::Kind::all:
            case Expression::Kind::any: break;
        }
        if ((expression.kind == Expression::Kind::all) == wanted) {
            for (const Expression& part : expression.parts) want(part, wanted);
        } else {
            if (expression.parts.size() > 1) draft_.conjunction = false;
            want(expression.parts[choices_.of(expression.parts.size())], wanted);
        }
    }

    void hold(const Selection& selection) {
        if (selection.any_of.size() > 1) draft_.conjunction = false;
        for (const Item& item : selection.any_of[choices_.of(selection.any_of.size())]) hold(item);
    }

    void avoid(const Selection& selection) {
        for (const auto& items : selection.any_of)
            for (const Item& item : items)
                for (const Value& value : item.values)
                    for (const Test& test : value.any_of) {
                        const auto* exists = std::get_if<ExistsTest>(&test);
                        if (std::holds_alternative<NullTest>(test) || (exists != nullptr && !exists->wanted)) wanted_there_.push_back(item.name);
                        if (const auto* reference = std::get_if<FieldTest>(&test)) wanted_there_.insert(wanted_there_.end(), {item.name, reference->name});
                    }
    }

    void hold(const Item& item) {
        draft_.positive.push_back(&item);
        if (item.differs) {
            draft_.fields[item.name].values.emplace_back("~");
            return;
        }
        if (item.all) {
            for (const Value& value : item.values) hold(item, value);
        } else {
            hold(item, item.values[choices_.of(item.values.size())]);
        }
    }

    void hold(const Item& item, const Value& value) {
        const std::string name = item.name.empty() ? "message" : item.name;
        const Test& test = value.any_of[choices_.of(value.any_of.size())];
        if (std::holds_alternative<NullTest>(test)) return;
        if (const auto* exists = std::get_if<ExistsTest>(&test)) {
            if (exists->wanted) wanted_there_.push_back(name);
            return;
        }
        if (const auto* reference = std::get_if<FieldTest>(&test)) {
            draft_.same.emplace_back(name, reference->name);
            draft_.fields[name];
            draft_.fields[reference->name];
            return;
        }
        Draft::Needs& needs = draft_.fields[name];
        if (const auto* text = std::get_if<TextTest>(&test)) needs.texts.push_back(text);
        if (const auto* regex = std::get_if<RegexTest>(&test)) needs.values.push_back(sample_of_regex(regex->expression, seed_));
        if (const auto* network = std::get_if<NetworkTest>(&test)) needs.values.push_back(network->network.base.text());
        if (const auto* number = std::get_if<NumberTest>(&test)) {
            std::int64_t n = number->number.whole ? number->number.integer : static_cast<std::int64_t>(number->number.real);
            if (number->compare == Compare::less) --n;
            if (number->compare == Compare::greater) ++n;
            needs.values.push_back(std::to_string(n));
            needs.is_number = true;
        }
        if (const auto* boolean = std::get_if<BooleanTest>(&test)) {
            needs.values.emplace_back(boolean->value ? "true" : "false");
            needs.is_boolean = true;
        }
    }

    const Detection& detection_;
    std::uint64_t seed_;
    Choices choices_;
    Draft draft_;
    std::vector<std::string> wanted_there_;
};

std::string text_of(const Pattern& pattern, bool inner) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const Part& part = pattern[i];
        if (part.kind == Part::Kind::one) text += 'q';
        if (part.kind == Part::Kind::any && inner && i > 0 && i + 1 < pattern.size()) text += "..";
        if (part.kind == Part::Kind::text || part.kind == Part::Kind::dash) text += part.text;
    }
    return text;
}

bool is_open(const Pattern& pattern, bool at_start) {
    return !pattern.empty() && (at_start ? pattern.front() : pattern.back()).kind == Part::Kind::any;
}

// One value for all that a field needs: what must stand first, what may stand anywhere, what must stand last.
std::string value_of(const Draft::Needs& needs, bool padded) {
    std::string first, middle, last;
    bool start_is_open = true;
    bool end_is_open = true;
    for (const TextTest* test : needs.texts) {
        const bool open_start = is_open(test->pattern, true);
        const bool open_end = is_open(test->pattern, false);
        const std::string text = text_of(test->pattern, true);
        if (!open_start && !open_end) return text;
        start_is_open &= open_start;
        end_is_open &= open_end;
        if (!open_start && text.size() > first.size()) first = text;
        if (!open_end && text.size() > last.size()) last = text;
    }
    for (const TextTest* test : needs.texts)
        if (is_open(test->pattern, true) && is_open(test->pattern, false)) middle += text_of(test->pattern, true) + " ";
    for (const std::string& value : needs.values) middle += value;
    return (padded && start_is_open ? "some " : "") + first + middle + last + (padded && end_is_open ? " more" : "");
}

// Whether a value that nothing asks for would do nevertheless: then the field must be missing.
bool takes_anything(const Draft::Needs& needs) {
    return !needs.texts.empty() &&
           std::all_of(needs.texts.begin(), needs.texts.end(), [](const TextTest* test) { return test->pattern == Pattern{{Part::Kind::any, {}}}; });
}

}  // namespace

std::string sample_of_regex(std::string_view expression, std::uint64_t seed) { return Sampler{expression, seed}.whole(); }

Draft choose(const Detection& detection, std::uint64_t seed) { return Chooser{detection, seed}.whole(); }

std::span<const event::Field> make_fields(const Draft& draft, Arena& arena, const Item* broken, bool all_broken) {
    std::map<std::string, std::string> values;
    for (const auto& [name, needs] : draft.fields) values[name] = value_of(needs, draft.padded);
    for (const auto& [a, b] : draft.same) {
        const std::string shared = !values[a].empty() ? values[a] : !values[b].empty() ? values[b] : "shared";
        values[a] = values[b] = shared;
    }
    const std::string broken_name = broken == nullptr ? "" : broken->name.empty() ? "message" : broken->name;
    if (broken != nullptr) values.try_emplace(broken_name, 1, '~');  // wanted to be missing
    event::Builder builder{arena};
    builder.text("Unrelated", "nothing");
    for (const auto& [name, value] : values) {
        const std::string_view key = arena.copy(name);
        const auto needs = draft.fields.find(name);
        if (all_broken || name == broken_name) {
            if (needs == draft.fields.end())
                builder.text(key, arena.copy(value));
            else if (!takes_anything(needs->second))
                builder.text(key, "\u00ac");
        } else if (needs->second.is_number && parse_int(value)) {
            builder.integer(key, *parse_int(value));
        } else if (needs->second.is_boolean) {
            builder.boolean(key, value == "true");
        } else {
            builder.text(key, arena.copy(value));
        }
    }
    return builder.finish();
}

}  // namespace vg::detect::sigma::testing
