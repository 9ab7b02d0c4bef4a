#include "detect/kinds/sigma/encoding.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::detect::sigma {

std::string plain_text(const Pattern& pattern) {
    std::string text;
    for (const Part& part : pattern) text += part.text;
    return text;
}

bool has(const Pattern& pattern, Part::Kind kind) {
    return std::any_of(pattern.begin(), pattern.end(), [&](const Part& part) { return part.kind == kind; });
}

bool has_wildcard(const Pattern& pattern) { return has(pattern, Part::Kind::any) || has(pattern, Part::Kind::one); }

Pattern with_dashes(const Pattern& pattern) {
    Pattern out;
    for (const Part& part : pattern) {
        if (part.kind != Part::Kind::text) {
            append(out, part);
            continue;
        }
        std::size_t begin = 0;
        for (std::size_t at = 0; at < part.text.size();) {
            const auto* dash = std::find_if(std::begin(kDashes), std::end(kDashes),
                                            [&](std::string_view d) { return part.text.compare(at, d.size(), d) == 0; });
            if (dash == std::end(kDashes)) {
                ++at;
                continue;
            }
            append(out, {Part::Kind::text, part.text.substr(begin, at - begin)});
            out.push_back({Part::Kind::dash, std::string{*dash}});
            at += dash->size();
            begin = at;
        }
        append(out, {Part::Kind::text, part.text.substr(begin)});
    }
    return out;
}

Result<std::vector<Pattern>> replace_each(const Pattern& pattern, Part::Kind kind, std::size_t most,
                                          const std::function<Result<std::vector<Pattern>>(const Part&)>& options) {
    std::vector<Pattern> made{Pattern{}};
    for (const Part& part : pattern) {
        if (part.kind != kind) {
            for (Pattern& one : made) append(one, part);
            continue;
        }
        const std::vector<Pattern> choices = TRY(options(part));
        if (made.size() * choices.size() > most) return fail(Code::too_large, format("it stands for more than {} values", most));
        std::vector<Pattern> next;
        for (const Pattern& one : made)
            for (const Pattern& choice : choices) {
                next.push_back(one);
                for (const Part& piece : choice) append(next.back(), piece);
            }
        made = std::move(next);
    }
    return made;
}

std::string to_utf16(std::string_view text, bool big_endian, bool with_mark) {
    std::string bytes = to_utf16le(text);
    if (big_endian)
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
    return with_mark ? "\xFF\xFE" + bytes : bytes;
}

std::vector<std::string> base64_offsets(std::string_view bytes) {
    std::vector<std::string> shifts;
    for (std::size_t shift = 0; shift < 3; ++shift) {
        std::string encoded = to_base64(std::string(shift, ' ') + std::string{bytes});
        constexpr std::size_t first[] = {0, 2, 3};
        constexpr std::size_t last[] = {0, 3, 2};  // by what is over a multiple of three
        const std::size_t cut = last[(bytes.size() + shift) % 3];
        if (first[shift] + cut >= encoded.size()) continue;  // too short to have a fixed part
        shifts.push_back(encoded.substr(first[shift], encoded.size() - cut - first[shift]));
    }
    return shifts;
}

}  // namespace vg::detect::sigma
