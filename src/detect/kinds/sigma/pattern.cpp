#include "detect/kinds/sigma/pattern.h"

#include <cstring>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Where the character that begins at `at` ends. An ill-formed byte is a character of its own.
std::size_t after(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (at + length > text.size()) return at + 1;
    for (std::size_t i = 1; i < length; ++i)
        if (!continues(text[at + i])) return at + 1;
    return at + length;
}

// Where the character that ends at `end` begins.
std::size_t before(std::string_view text, std::size_t end) {
    for (std::size_t length = 1; length <= 4 && length <= end; ++length)
        if (!continues(text[end - length])) return after(text, end - length) == end ? end - length : end - 1;
    return end - 1;
}

std::size_t dash_length(std::string_view text, std::size_t at) {
    for (std::string_view dash : kDashes)
        if (text.compare(at, dash.size(), dash) == 0) return dash.size();
    return 0;
}

bool ends_with(std::string_view text, std::size_t end, std::string_view wanted) {
    return end >= wanted.size() && text.compare(end - wanted.size(), wanted.size(), wanted) == 0;
}

std::size_t search(std::string_view text, std::string_view wanted, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (wanted.empty()) return from;
    if (from == text.size()) return std::string_view::npos;  // also of an empty text, which may stand nowhere
    const void* found = memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());  // two-way: linear
    return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

void append(Pattern& pattern, Part part) {
    if (part.kind == Part::Kind::text && part.text.empty()) return;
    if (!pattern.empty() && pattern.back().kind == part.kind) {
        if (part.kind == Part::Kind::any) return;  // ** is *
        if (part.kind == Part::Kind::text) {
            pattern.back().text += part.text;
            return;
        }
    }
    pattern.push_back(std::move(part));
}

Pattern parse_pattern(std::string_view written, bool with_placeholders) {
    Pattern pattern;
    std::string text;
    auto flush = [&] {
        append(pattern, {Part::Kind::text, std::move(text)});
        text.clear();
    };
    for (std::size_t i = 0; i < written.size(); ++i) {
        const char c = written[i];
        const char next = i + 1 < written.size() ? written[i + 1] : '\0';
        if (c == '\\' && (next == '*' || next == '?' || next == '\\' || (with_placeholders && next == '%'))) {
            text.push_back(next);
            ++i;
        } else if (c == '*' || c == '?') {
            flush();
            append(pattern, {c == '*' ? Part::Kind::any : Part::Kind::one, {}});
        } else if (c == '%' && with_placeholders) {
            std::size_t end = i + 1;
            while (end < written.size() && is_name_character(written[end])) ++end;
            if (end < written.size() && written[end] == '%' && end > i + 1) {
                flush();
                append(pattern, {Part::Kind::placeholder, std::string{written.substr(i + 1, end - i - 1)}});
                i = end;
            } else {
                text.push_back(c);
            }
        } else {
            text.push_back(c);
        }
    }
    flush();
    return pattern;
}

std::string to_text(const Pattern& pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const Part& part = pattern[i];
        switch (part.kind) {
            case Part::Kind::any: out += '*'; break;
            case Part::Kind::one: out += '?'; break;
            case Part::Kind::placeholder: out += '%' + part.text + '%'; break;
            case Part::Kind::dash: out += part.text; break;
            case Part::Kind::text:
                for (std::size_t k = 0; k < part.text.size(); ++k) {
                    const char c = part.text[k];
                    const bool last = k + 1 == part.text.size();
                    const char next = last ? '\0' : part.text[k + 1];
                    const bool wildcard_follows = last && i + 1 < pattern.size() &&
                                                  (pattern[i + 1].kind == Part::Kind::any || pattern[i + 1].kind == Part::Kind::one);
                    if (c == '*' || c == '?' || (c == '\\' && (next == '*' || next == '?' || next == '\\' || wildcard_follows))) out += '\\';
                    out += c;
                }
                break;
        }
    }
    return out;
}

Glob::Glob(const Pattern& pattern, Case letters) {
    Segment segment;
    auto finish = [&] {
        segment.longest = segment.atoms.size();
        for (std::size_t i = 0; i < segment.atoms.size(); ++i)
            if (segment.atoms[i].kind == Part::Kind::text &&
                (segment.longest == segment.atoms.size() || segment.atoms[i].text.size() > segment.atoms[segment.longest].text.size()))
                segment.longest = i;
        if (!segment.atoms.empty()) segments_.push_back(std::move(segment));
        segment = {};
    };
    for (const Part& part : pattern) {
        switch (part.kind) {
            case Part::Kind::any:
                if (segment.atoms.empty() && segments_.empty()) open_start_ = true;
                finish();
                break;
            case Part::Kind::one:
            case Part::Kind::dash: segment.atoms.push_back({part.kind, {}}); break;
            case Part::Kind::placeholder:
            case Part::Kind::text:
                // Bytes that are no text (UTF-16 of more than ASCII) are compared as they are.
                segment.atoms.push_back({Part::Kind::text, !is_utf8(part.text)          ? part.text
                                                           : letters == Case::folded ? fold_case(part.text)
                                                                                     : nfc(part.text)});
                break;
        }
    }
    open_end_ = !pattern.empty() && pattern.back().kind == Part::Kind::any;
    finish();
    for (const Segment& one : segments_) {
        std::size_t bytes = 0;
        for (const Atom& atom : one.atoms) bytes += atom.kind == Part::Kind::text ? atom.text.size() : 4;
        bytes_ += bytes;
        // A text that stands at many places is prepared anew for each of them when what is beside it does not fit.
        if (one.atoms.size() > 1) weight_ = std::max(weight_, one.atoms.size() + bytes / 4);
    }
    searches_ = segments_.size() > (open_start_ ? 0U : 1U) + (open_end_ ? 0U : 1U);
}

// The end of the atoms from `atom` on, when they stand at `begin`.
std::optional<std::size_t> Glob::forward(const Segment& segment, std::size_t atom, std::string_view text, std::size_t begin) {
    std::size_t at = begin;
    for (; atom < segment.atoms.size(); ++atom) {
        const Atom& wanted = segment.atoms[atom];
        if (wanted.kind == Part::Kind::text) {
            if (text.compare(at, wanted.text.size(), wanted.text) != 0) return std::nullopt;
            at += wanted.text.size();
        } else {
            if (at >= text.size()) return std::nullopt;
            const std::size_t length = wanted.kind == Part::Kind::one ? after(text, at) - at : dash_length(text, at);
            if (length == 0) return std::nullopt;
            at += length;
        }
    }
    return at;
}

// The beginning of the first `atoms` atoms, when they end at `end`.
std::optional<std::size_t> Glob::backward(const Segment& segment, std::size_t atoms, std::string_view text, std::size_t end) {
    std::size_t at = end;
    while (atoms > 0) {
        const Atom& wanted = segment.atoms[--atoms];
        if (wanted.kind == Part::Kind::text) {
            if (!ends_with(text, at, wanted.text)) return std::nullopt;
            at -= wanted.text.size();
        } else {
            if (at == 0) return std::nullopt;
            const std::size_t begin = before(text, at);
            if (wanted.kind == Part::Kind::dash && dash_length(text, begin) != at - begin) return std::nullopt;
            at = begin;
        }
    }
    return at;
}

std::optional<Glob::Range> Glob::find(const Segment& segment, std::string_view text, std::size_t from) {
    if (segment.longest == segment.atoms.size()) {  // only ? and dashes: try each character
        for (std::size_t begin = from; begin < text.size(); begin = after(text, begin))
            if (const auto end = forward(segment, 0, text, begin)) return Range{begin, *end};
        return std::nullopt;
    }
    const std::string& anchor = segment.atoms[segment.longest].text;
    for (std::size_t at = search(text, anchor, from); at != std::string_view::npos; at = search(text, anchor, at + 1)) {
        const auto begin = backward(segment, segment.longest, text, at);
        if (!begin || *begin < from) continue;
        if (const auto end = forward(segment, segment.longest + 1, text, at + anchor.size())) return Range{*begin, *end};
    }
    return std::nullopt;
}

// Between stars the leftmost fit of each segment is the best one, because a segment has a fixed number of characters.
bool Glob::matches(std::string_view text) const {
    if (segments_.empty()) return open_start_ || text.empty();
    std::size_t from = 0;
    std::size_t first = 0;
    std::size_t last = segments_.size();
    if (!open_start_) {
        const auto end = forward(segments_.front(), 0, text, 0);
        if (!end) return false;
        if (segments_.size() == 1 && !open_end_) return *end == text.size();
        from = *end;
        first = 1;
    }
    if (!open_end_) {
        const Segment& closing = segments_.back();
        const auto begin = backward(closing, closing.atoms.size(), text, text.size());
        if (!begin || *begin < from) return false;
        text = text.substr(0, *begin);
        --last;
    }
    for (std::size_t i = first; i < last; ++i) {
        const auto found = find(segments_[i], text, from);
        if (!found) return false;
        from = found->end;
    }
    return true;
}

}  // namespace vg::detect::sigma
