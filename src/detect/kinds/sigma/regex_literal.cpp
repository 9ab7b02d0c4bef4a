#include "detect/kinds/sigma/regex_literal.h"

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

// The index behind a class "[...]" that begins at `at`; the size when it does not end.
std::size_t behind_class(std::string_view text, std::size_t at) {
    ++at;
    if (at < text.size() && text[at] == '^') ++at;
    if (at < text.size() && text[at] == ']') ++at;  // the first one is a member
    while (at < text.size() && text[at] != ']') {
        if (text[at] == '\\') {
            at += 2;
        } else if (text.substr(at, 2) == "[:") {
            const std::size_t end = text.find(":]", at + 2);
            at = end == std::string_view::npos ? text.size() : end + 2;
        } else {
            ++at;
        }
    }
    return at < text.size() ? at + 1 : text.size();
}

// The index behind a group "(...)" that begins at `at`; the size when it does not end.
std::size_t behind_group(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        if (text[at] == '\\') {
            at += 2;
            continue;
        }
        if (text[at] == '[') {
            at = behind_class(text, at);
            continue;
        }
        if (text[at] == '(') ++depth;
        if (text[at] == ')' && --depth == 0) return at + 1;
        ++at;
    }
    return text.size();
}

bool is_punctuation(char c) { return c > ' ' && c < 0x7f && (c < '0' || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') || c > 'z'); }

}  // namespace

std::vector<std::string> regex_literals(std::string_view expression) {
    if (expression.find("\\Q") != std::string_view::npos) return {};
    for (const char c : expression)
        if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') return {};
    std::vector<std::string> runs;
    std::string run;
    const auto end_run = [&] {
        if (!run.empty()) runs.push_back(lower_ascii(run));
        run.clear();
    };
    for (std::size_t at = 0; at < expression.size();) {
        const char c = expression[at];
        switch (c) {
            case '|': return {};  // alternatives of the whole
            case '(':
                end_run();
                at = behind_group(expression, at);
                continue;
            case '[':
                end_run();
                at = behind_class(expression, at);
                continue;
            case '*':
            case '?':
                if (!run.empty()) run.pop_back();  // what stands before may be missing
                end_run();
                ++at;
                continue;
            case '{':
                if (const std::size_t close = expression.find('}', at); close != std::string_view::npos) {
                    if (!run.empty()) run.pop_back();
                    end_run();
                    at = close + 1;
                    continue;
                }
                return {};
            case '+':
            case '.':
            case '^':
            case '$':
                end_run();
                ++at;
                continue;
            case ')': return {};  // not one that RE2 accepts
            case '\\':
                if (at + 1 < expression.size() && is_punctuation(expression[at + 1])) {
                    run += expression[at + 1];
                    at += 2;
                    continue;
                }
                end_run();
                // \x41, \x{41}, \pN, \p{Greek} and octal numbers say more than one character
                if (at + 1 < expression.size() && (expression[at + 1] == 'x' || expression[at + 1] == 'p' || expression[at + 1] == 'P')) {
                    at += 2;
                    if (at < expression.size() && expression[at] == '{') {
                        const std::size_t close = expression.find('}', at);
                        if (close == std::string_view::npos) return {};
                        at = close + 1;
                    } else {
                        at += expression[at - 1] == 'x' ? 2 : 1;
                    }
                } else if (at + 1 < expression.size() && expression[at + 1] >= '0' && expression[at + 1] <= '9') {
                    return {};
                } else {
                    at += 2;
                }
                continue;
            default:
                run += c;
                ++at;
        }
    }
    end_run();
    return runs;
}

}  // namespace vg::detect::sigma
