#include "lists/old_fonts.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tables/legacy.h"
#include "tables/vietnamese.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostLookedAt = std::size_t{1} << 20;
constexpr std::size_t kMostOldWords = 20'000;
constexpr std::array kOldEncodings{tables::Encoding::tcvn3, tables::Encoding::vni, tables::Encoding::windows1258};
constexpr std::string_view kFieldEnds = ",;\t|\"\r\n";

bool is_plain_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The characters as bytes, when all are below U+0100 and one is above U+007F.
std::optional<std::string> as_bytes(std::string_view text) {
    std::string out;
    bool beyond = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out.push_back(text[i]);
            continue;
        }
        if ((c != 0xC2 && c != 0xC3) || i + 1 >= text.size()) return {};
        out.push_back(static_cast<char>((c == 0xC3 ? 0x40 : 0) + static_cast<unsigned char>(text[++i])));
        beyond = true;
    }
    return beyond ? std::optional{std::move(out)} : std::nullopt;
}

// Gives each run of letters, taken as what is no ASCII sign; until `use` says false.
template <class Use>
bool each_word(std::string_view text, Use use) {
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin;
        bool beyond = false;
        while (end < text.size() && (is_plain_letter(text[end]) || static_cast<unsigned char>(text[end]) >= 0x80)) beyond |= static_cast<unsigned char>(text[end++]) >= 0x80;
        if (beyond && !use(text.substr(begin, end - begin))) return false;
        begin = end == begin ? begin + 1 : end;
    }
    return true;
}

// C2 and C3 begin all characters from U+0080 to U+00FF; in Vietnamese they stand in few words beside others.
bool may_be_old(std::string_view field) { return field.find('\xC2') != std::string_view::npos || field.find('\xC3') != std::string_view::npos; }

}  // namespace

bool OldFonts::look(std::string_view field) {
    if (looked_at_ > kMostLookedAt || words_.size() >= kMostOldWords) return false;
    looked_at_ += field.size();
    if (!may_be_old(field)) return true;
    each_word(field, [&](std::string_view word) {
        if (word.size() >= 64 || tables::is_syllable(word)) return true;
        // Names of other languages are right in none of the encodings.
        if (auto bytes = as_bytes(word))
            if (std::any_of(kOldEncodings.begin(), kOldEncodings.end(), [&](tables::Encoding one) { return tables::is_syllable(tables::from_legacy(*bytes, one).text); })) words_.insert(std::move(*bytes));
        return true;
    });
    return true;
}

bool OldFonts::decide() {
    if (words_.size() < 3) return false;
    std::string all;
    for (const std::string& word : words_) all += word + "\n";
    const auto decoded = tables::to_text(all);
    if (!decoded || decoded->grounds != tables::Grounds::counted) return false;
    encoding_ = decoded->encoding;
    return true;
}

bool OldFonts::convert(std::string& field) const {
    if (!encoding_ || !may_be_old(field)) return false;
    // Right as it stands: nothing is changed.
    if (each_word(field, [](std::string_view word) { return tables::is_syllable(word); })) return false;
    const auto bytes = as_bytes(field);
    if (!bytes) return false;
    tables::LegacyText legacy = tables::from_legacy(*bytes, *encoding_);
    if (legacy.ill > 0 || !each_word(legacy.text, [](std::string_view word) { return tables::is_syllable(word); })) return false;
    field = std::move(legacy.text);
    return true;
}

std::optional<Converted> without_old_fonts(std::string_view text) {
    if (!may_be_old(text)) return {};
    const auto each_field = [&](auto use) {
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find_first_of(kFieldEnds, begin), text.size());
            if (!use(text.substr(begin, end - begin), end < text.size() ? text.substr(end, 1) : std::string_view{})) return;
            begin = end + 1;
        }
    };
    OldFonts fonts;
    each_field([&](std::string_view field, std::string_view) { return fonts.look(field); });
    if (!fonts.decide()) return {};
    Converted out{.encoding = fonts.encoding()};
    out.text.reserve(text.size());
    std::size_t line = 1;
    bool changed = false;
    std::string piece;
    each_field([&](std::string_view field, std::string_view end) {
        piece.assign(field);
        changed |= fonts.convert(piece);
        out.text += piece;
        out.text += end;
        if (end != "\n") return true;
        if (changed && out.lines++ == 0) out.first_line = line;
        changed = false;
        ++line;
        return true;
    });
    if (changed && out.lines++ == 0) out.first_line = line;
    return out.lines == 0 ? std::nullopt : std::optional{std::move(out)};
}

}  // namespace vg::lists
