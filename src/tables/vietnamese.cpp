#include "tables/vietnamese.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace vg::tables {
namespace {

// A vowel without a tone, then with huyền, hỏi, ngã, sắc and nặng.
constexpr std::array<std::u32string_view, 12> kVowels{U"aàảãáạ", U"ăằẳẵắặ", U"âầẩẫấậ", U"eèẻẽéẹ", U"êềểễếệ", U"iìỉĩíị",
                                                      U"oòỏõóọ", U"ôồổỗốộ", U"ơờởỡớợ", U"uùủũúụ", U"ưừửữứự", U"yỳỷỹýỵ"};
constexpr std::array<std::string_view, 12> kPlainVowels{"a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"};
constexpr std::size_t kAcute = 4, kDotBelow = 5;

// Longer ones first. "gi" is also g with a rhyme in i (gì, giếng).
constexpr std::array<std::string_view, 28> kOnsets{"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "đ", "b", "c",
                                                   "d",   "g",  "h",  "k",  "l",  "m",  "n",  "p",  "r",  "s",  "t",  "v", "x", ""};

// With the k of names such as Đắk Lắk.
constexpr std::array<std::string_view, 166> kRhymes{
    "a", "ai", "ao", "au", "ay", "ac", "ach", "am", "an", "ang", "anh", "ap", "at", "ăc", "ăk", "ăm", "ăn", "ăng", "ăp", "ăt",
    "âu", "ây", "âc", "âm", "ân", "âng", "âp", "ât", "e", "eo", "ec", "em", "en", "eng", "ep", "et", "ê", "êu", "êch", "êm", "ên",
    "ênh", "êp", "êt", "i", "ia", "iêu", "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iu", "ich", "im", "in", "inh", "ip", "it",
    "o", "oa", "oai", "oao", "oay", "oac", "oach", "oam", "oan", "oang", "oanh", "oap", "oat", "oăc", "oăm", "oăn", "oăng", "oăt",
    "oe", "oeo", "oem", "oen", "oet", "oi", "ooc", "oong", "oc", "om", "on", "ong", "op", "ot", "ô", "ôi", "ôc", "ôm", "ôn",
    "ông", "ôp", "ôt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "u", "ua", "uau", "uây", "uân", "uâng", "uât", "uê", "uêch", "uên",
    "uênh", "ui", "uôi", "uôc", "uôm", "uôn", "uông", "uôt", "uơ", "uy", "uya", "uyên", "uyêt", "uyu", "uych", "uyn", "uynh",
    "uyp", "uyt", "uc", "um", "un", "ung", "up", "ut", "ư", "ưa", "ưi", "ươi", "ươu", "ươc", "ươm", "ươn", "ương", "ươp", "ươt",
    "ưu", "ưc", "ưm", "ưng", "ưt", "y", "yêu", "yêm", "yên", "yêng", "yêt", "ych", "ynh", "yt"};

char32_t lower_letter(char32_t c) {
    if (c >= U'A' && c <= U'Z') return c + 32;
    if (c >= 0xC0 && c <= 0xDE) return c + 32;
    if ((c >= 0x1EA0 && c <= 0x1EF9) || c == 0x102 || c == 0x110 || c == 0x128 || c == 0x168 || c == 0x1A0) return c | 1;
    return c == 0x1AF ? 0x1B0 : c;
}

bool starts_with_front_vowel(std::string_view rhyme) {
    return rhyme.starts_with('e') || rhyme.starts_with("ê") || rhyme.starts_with('i') || rhyme.starts_with('y');
}

bool agree(std::string_view onset, std::string_view rhyme) {
    const bool front = starts_with_front_vowel(rhyme);
    if (onset == "c" || onset == "ng") return !front;
    if (onset == "k" || onset == "gh" || onset == "ngh") return front;
    if (onset == "g") return !front || rhyme.starts_with('i');
    if (onset == "gi") return !rhyme.starts_with('i') && !rhyme.starts_with('y');
    if (onset == "qu") return !rhyme.starts_with('u') && !rhyme.starts_with("ư");
    return true;
}

bool is_stopped(std::string_view rhyme) { return rhyme.ends_with('c') || rhyme.ends_with("ch") || rhyme.ends_with('k') || rhyme.ends_with('p') || rhyme.ends_with('t'); }

}  // namespace

bool is_syllable(std::string_view text) {
    if (text.empty() || text.size() > 24) return false;
    std::string plain;
    std::size_t tone = 0;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 next = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, next);
        const char32_t c = lower_letter(static_cast<char32_t>(next));
        std::size_t vowel = 0, at = std::u32string_view::npos;
        while (vowel < kVowels.size() && (at = kVowels[vowel].find(c)) == std::u32string_view::npos) ++vowel;
        if (at != std::u32string_view::npos) {
            if (at != 0 && tone != 0) return false;
            if (at != 0) tone = at;
            plain += kPlainVowels[vowel];
        } else if (c == 0x111) {
            plain += "đ";
        } else if (c >= U'a' && c <= U'z') {
            plain.push_back(static_cast<char>(c));
        } else {
            return false;
        }
    }
    const std::string_view whole = plain;
    return std::any_of(kOnsets.begin(), kOnsets.end(), [&](std::string_view onset) {
        if (!whole.starts_with(onset)) return false;
        const std::string_view rhyme = whole.substr(onset.size());
        if (std::find(kRhymes.begin(), kRhymes.end(), rhyme) == kRhymes.end() || !agree(onset, rhyme)) return false;
        return !is_stopped(rhyme) || tone == kAcute || tone == kDotBelow;
    });
}

}  // namespace vg::tables
