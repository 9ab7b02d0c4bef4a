#include "search/glob.h"

#include <cstring>

#include <algorithm>

#include "base/text.h"
#include "search/fold.h"

namespace vg::search {

namespace {

// Length of the code point at the start of text that is not empty; an ill-formed byte counts as one.
std::size_t step(std::string_view text) {
    std::size_t length = 1;
    if ((static_cast<unsigned char>(text[0]) & 0xC0) != 0xC0) return length;
    while (length < 4 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
    return length;
}

std::size_t step_back(std::string_view text) {
    std::size_t length = 1;
    while (length < 4 && length < text.size() && (static_cast<unsigned char>(text[text.size() - length]) & 0xC0) == 0x80) ++length;
    return (static_cast<unsigned char>(text[text.size() - length]) & 0xC0) == 0xC0 ? length : 1;
}

}  // namespace

void Pattern::add(PatternPart::Kind kind, std::string_view text) {
    if (kind == PatternPart::Kind::text && !parts.empty() && parts.back().kind == kind) parts.back().text += text;
    else parts.push_back({kind, std::string{text}});
}

bool Pattern::has_wildcard() const {
    return std::any_of(parts.begin(), parts.end(), [](const PatternPart& part) { return part.kind != PatternPart::Kind::text; });
}

bool Pattern::is_only_stars() const {
    return !parts.empty() && std::all_of(parts.begin(), parts.end(), [](const PatternPart& part) { return part.kind == PatternPart::Kind::any; });
}

std::string Pattern::plain() const {
    std::string text;
    for (const PatternPart& part : parts) text += part.text;
    return text;
}

std::string Pattern::shown() const {
    std::string text;
    for (const PatternPart& part : parts) text += part.kind == PatternPart::Kind::any ? "*" : part.kind == PatternPart::Kind::one ? "?" : part.text;
    return text;
}

std::optional<Glob> Glob::make(const Pattern& pattern, Where where) {
    Glob made;
    made.where_ = where;
    made.segments_.emplace_back();
    for (std::size_t i = 0; i < pattern.parts.size(); ++i) {
        const PatternPart& part = pattern.parts[i];
        switch (part.kind) {
            case PatternPart::Kind::text: made.segments_.back().push_back({false, vg::fold(nfc(part.text))}); break;
            case PatternPart::Kind::one: made.segments_.back().push_back({true, {}}); break;
            case PatternPart::Kind::any:
                if (i == 0) made.open_start_ = true;
                made.open_end_ = i + 1 == pattern.parts.size();
                if (!made.segments_.back().empty()) made.segments_.emplace_back();
                break;
        }
    }
    if (made.segments_.back().empty()) made.segments_.pop_back();
    for (Segment& segment : made.segments_) {
        std::erase_if(segment, [](const Atom& atom) { return !atom.one && atom.text.empty(); });  // only marks, folded away
        std::size_t bytes = 0;
        bool bounded = where == Where::words;
        for (const Atom& atom : segment) {
            bytes += atom.one ? 1 : atom.text.size();
            bounded |= atom.one;
        }
        if (bounded && bytes > kMostBoundedPart) return std::nullopt;
    }
    if (!made.open_start_ && !made.segments_.empty() && !made.segments_[0].empty()) made.start_ = made.segments_[0][0].text;
    return made;
}

std::optional<std::size_t> Glob::forward(const Segment& segment, std::size_t from_atom, std::string_view text, std::size_t begin) {
    for (std::size_t i = from_atom; i < segment.size(); ++i) {
        if (segment[i].one) {
            if (begin >= text.size()) return std::nullopt;
            begin += step(text.substr(begin));
        } else {
            if (!text.substr(begin).starts_with(segment[i].text)) return std::nullopt;
            begin += segment[i].text.size();
        }
    }
    return begin;
}

std::optional<std::size_t> Glob::backward(const Segment& segment, std::string_view text, std::size_t end) {
    for (std::size_t i = segment.size(); i-- > 0;) {
        if (segment[i].one) {
            if (end == 0) return std::nullopt;
            end -= step_back(text.substr(0, end));
        } else {
            if (!text.substr(0, end).ends_with(segment[i].text)) return std::nullopt;
            end -= segment[i].text.size();
        }
    }
    return end;
}

std::optional<Glob::Range> Glob::find(const Segment& segment, std::string_view text, std::size_t from) {
    if (segment.empty()) return Range{from, from};
    for (std::size_t at = from; at <= text.size();) {
        if (!segment[0].one) {
            const std::string& first = segment[0].text;  // memmem is linear, string_view::find is not
            const void* const found = ::memmem(text.data() + at, text.size() - at, first.data(), first.size());
            if (found == nullptr) return std::nullopt;
            at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        }
        if (const auto end = forward(segment, 0, text, at)) return Range{at, *end};
        if (at >= text.size()) return std::nullopt;
        at += step(text.substr(at));
    }
    return std::nullopt;
}

std::optional<Glob::Range> Glob::find_at_edges(const Segment& segment, std::string_view text, std::size_t from, bool at_start, bool at_end) {
    for (std::size_t at = from; at <= text.size();) {
        const auto found = find(segment, text, at);
        if (!found) return std::nullopt;
        if ((!at_start || is_word_edge(text, found->begin)) && (!at_end || is_word_edge(text, found->end))) return found;
        if (found->begin >= text.size()) return std::nullopt;
        at = found->begin + step(text.substr(found->begin));
    }
    return std::nullopt;
}

bool Glob::matches(std::string_view text) const {
    if (segments_.empty()) return open_start_ || open_end_ || text.empty();
    const std::size_t count = segments_.size();
    if (where_ == Where::words) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto found = find_at_edges(segments_[i], text, at, i == 0 && !open_start_, i + 1 == count && !open_end_);
            if (!found) return false;
            at = found->end;
        }
        return true;
    }
    std::size_t at = 0;
    std::size_t first = 0;
    std::size_t last = count;
    std::size_t limit = text.size();
    if (!open_start_) {
        const auto end = forward(segments_[0], 0, text, 0);
        if (!end) return false;
        if (count == 1 && !open_end_) return *end == text.size();
        at = *end;
        first = 1;
    }
    if (!open_end_ && last > first) {
        const auto begin = backward(segments_[--last], text, limit);
        if (!begin || *begin < at) return false;
        limit = *begin;
    }
    for (std::size_t i = first; i < last; ++i) {
        const auto found = find(segments_[i], text.substr(0, limit), at);
        if (!found) return false;
        at = found->end;
    }
    return true;
}

std::string_view Glob::longest() const {
    std::string_view best;
    for (const Segment& segment : segments_)
        for (const Atom& atom : segment)
            if (atom.text.size() > best.size()) best = atom.text;
    return best;
}

}  // namespace vg::search
