#include "search/complete.h"

#include <algorithm>

#include "base/text.h"
#include "search/names.h"
#include "search/scan.h"
#include "search/tree.h"

namespace vg::search {

namespace {

// Walks over the text up to the cursor as the parser does, but never fails.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    // Whether something stands before the cursor that AND and OR can join.
    [[nodiscard]] bool something_before() const { return something_before_; }

    Expectation run() {
        std::size_t at = 0;
        Expectation here;
        while (true) {
            at = skip_blank(text_, at);
            here = fresh(at);
            if (at >= text_.size()) return here;
            if (text_[at] == '(') {
                fields_.push_back(field_);
                ++at;
                something_before_ = false;
                continue;
            }
            if (text_[at] == ')') {
                if (!fields_.empty()) {
                    fields_.pop_back();
                    field_ = fields_.empty() ? std::string{} : fields_.back();
                }
                ++at;
                something_before_ = true;
                continue;
            }
            if (field_.empty()) {
                while (at < text_.size() && (text_[at] == '-' || text_[at] == '!')) ++at;
                here = fresh(at);
                if (at >= text_.size()) return here;
                if (const auto name = read_field_name(text_, at)) {
                    const std::size_t value = skip_blank(text_, name->value);
                    const bool names = !name->quoted && (name->name == "exists" || name->name == "missing");
                    if (value < text_.size() && text_[value] == '(') {
                        fields_.push_back(field_);
                        field_ = name->name;
                        field_quoted_ = name->quoted;
                        at = value + 1;
                        something_before_ = false;
                        continue;
                    }
                    const std::size_t end = read_value(*name, names, value, here);
                    if (end >= text_.size()) return here;
                    at = end;
                    something_before_ = true;
                    continue;
                }
            }
            const std::size_t end = read_plain(at, here);
            if (end >= text_.size()) return here;
            at = end;
        }
    }

private:
    [[nodiscard]] Expectation fresh(std::size_t at) const {
        Expectation made;
        made.offset = std::min(at, text_.size());
        if (!field_.empty()) {
            made.kind = Expectation::Kind::value;
            made.field = field_;
            made.field_quoted = field_quoted_;
        }
        return made;
    }

    // A word or a quoted text that is no field. Gives where it ends; at the end of the text `here` is about it.
    std::size_t read_plain(std::size_t at, Expectation& here) {
        const Written value = text_[at] == '"' ? read_quoted(text_, at) : read_word(text_, at);
        const std::size_t end = at + std::max<std::size_t>(value.length, 1);
        here.offset = at;
        here.length = value.length;
        here.prefix = value.pattern.shown();
        here.quoted = value.quoted;
        const bool joins = operator_at(text_, at, "AND") != 0 || operator_at(text_, at, "OR") != 0 || operator_at(text_, at, "NOT") != 0;
        if (end >= text_.size() && value.quoted && value.closed) here = fresh(end);
        if (end < text_.size()) something_before_ = !joins;
        return end;
    }

    // What stands behind a field's colon. At the end of the text `here` is about it.
    std::size_t read_value(const FieldName& name, bool is_name, std::size_t at, Expectation& here) {
        here = {};
        here.kind = is_name ? Expectation::Kind::name : Expectation::Kind::value;
        if (!is_name) here.field = name.name;
        here.field_quoted = name.quoted;
        here.offset = std::min(at, text_.size());
        if (at >= text_.size()) return at;
        if (text_[at] == '[' || (text_[at] == '{' && opens_range(text_, at))) {
            ++at;
            while (true) {
                while (at < text_.size() && (is_blank(text_[at]) || text_[at] == ',')) ++at;
                here.offset = at;
                here.length = 0;
                here.prefix.clear();
                here.quoted = false;
                if (at >= text_.size()) return at;
                if (text_[at] == ']' || text_[at] == '}') return at + 1 == text_.size() ? finish(here, at + 1) : at + 1;
                const Written value = text_[at] == '"' ? read_quoted(text_, at) : read_word(text_, at, ",]}");
                at = take(value, at, here);
                if (at >= text_.size()) return at;
            }
        }
        while (at < text_.size() && (text_[at] == '<' || text_[at] == '>' || text_[at] == '=' || text_[at] == '~')) ++at;
        at = skip_blank(text_, at);
        here.offset = std::min(at, text_.size());
        if (at >= text_.size()) return at;
        const Written value = text_[at] == '"' ? read_quoted(text_, at) : read_word(text_, at);
        const std::size_t end = take(value, at, here);
        if (end >= text_.size() && value.quoted && value.closed) return finish(here, end);
        return end;
    }

    static std::size_t take(const Written& value, std::size_t at, Expectation& here) {
        here.offset = at;
        here.length = value.length;
        here.prefix = value.pattern.shown();
        here.quoted = value.quoted;
        return at + std::max<std::size_t>(value.length, 1);
    }

    std::size_t finish(Expectation& here, std::size_t at) const {
        here = fresh(at);
        return at;
    }

    std::string_view text_;
    std::vector<std::string> fields_;  // one for each open bracket: the field before it
    std::string field_;                // of the innermost one
    bool field_quoted_ = false;
    bool something_before_ = false;
};

}  // namespace

Expectation complete(std::string_view text, std::size_t cursor, std::size_t most) {
    text = text.substr(0, std::min(cursor, text.size()));
    if (text.size() > 8192 || !is_utf8(text)) return {};
    Walk walk{text};
    Expectation here = walk.run();
    if (here.kind == Expectation::Kind::value || here.quoted) return here;
    const std::string prefix = lower_ascii(here.prefix);
    auto suggest = [&](std::string text_of_it) {
        if (here.suggestions.size() < most) here.suggestions.push_back(std::move(text_of_it));
    };
    if (here.kind == Expectation::Kind::term && walk.something_before())
        for (const std::string_view word : {"AND", "OR"})
            if (lower_ascii(word).starts_with(prefix)) suggest(std::string{word} + " ");
    const std::string_view behind = here.kind == Expectation::Kind::name ? "" : ":";
    for (const std::string& name : known_names())
        if (name.starts_with(prefix)) suggest(name + std::string{behind});
    if (here.kind == Expectation::Kind::term) {
        for (const std::string_view word : {"exists:", "missing:"})
            if (word.starts_with(prefix)) suggest(std::string{word});
        if (std::string_view{"not"}.starts_with(prefix)) suggest("NOT ");
    }
    if (!prefix.empty())  // parts of names: "ip" finds source.ip
        for (const std::string& name : known_names())
            if (!name.starts_with(prefix) && name.find("." + prefix) != std::string::npos) suggest(name + std::string{behind});
    return here;
}

std::string quoted_value(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

std::string prefix_query(std::string_view field, bool field_quoted, std::string_view prefix) {
    const Target target = target_of(field, field_quoted);
    std::string out = written(target) + ":";
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        const bool first = i == 0 && std::string_view{"-!<>=~&|"}.find(prefix[i]) != std::string_view::npos;
        if (first || std::string_view{"*?\"():[]{},\\ \t\r\n"}.find(prefix[i]) != std::string_view::npos) out.push_back('\\');
        out.push_back(prefix[i]);
    }
    return out + "*";
}

}  // namespace vg::search
