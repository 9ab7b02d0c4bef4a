#include "tables/legacy.h"

#include <unicode/utf8.h>

#include <array>

#include "base/check.h"
#include "base/text.h"

namespace vg::tables {
namespace {

// TCVN 5712:1993, table VN3, A0 to FF: the no-break space, seven capitals and the 67 small letters. '.' where VN3 has nothing; the
// capitals with tones of VN1 and VN2 stand there, which the fonts of ABC (.VnTime) do not have: they set capitals in a font
// of their own (.VnTimeH), so that CÉ is kept as Cé.
constexpr std::u32string_view kTcvn3 =
    U"\u00A0ĂÂÊÔƠƯĐăâêôơưđ."
    U".....àảãáạ.ằẳẵắ."
    U"......ặầẩẫấậè.ẻẽ"
    U"éẹềểễếệìỉ...ĩíịò"
    U".ỏõóọồổỗốộờởỡớợù"
    U".ủũúụừửữứựỳỷỹýỵ.";
static_assert(kTcvn3.size() == 96);

// Code page 1258 of Windows, 80 to FF, as the table of its maker that the Unicode Consortium keeps (MAPPINGS/VENDORS/MICSFT,
// CP1258.TXT): that of Western Europe with eight letters of Vietnamese,
// five combining tones and the đồng in place of others. 0: nothing.
constexpr std::array<char16_t, 32> kWindows80{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0, 0x2039, 0x0152, 0, 0, 0,
                                              0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0, 0x203A, 0x0153, 0, 0, 0x0178};

char32_t of_windows1258(unsigned char byte) {
    if (byte < 0x80) return byte;
    if (byte < 0xA0) return kWindows80[byte - 0x80U];
    switch (byte) {
        case 0xC3: return 0x102;  // Ă
        case 0xE3: return 0x103;
        case 0xD0: return 0x110;  // Đ
        case 0xF0: return 0x111;
        case 0xD5: return 0x1A0;  // Ơ
        case 0xF5: return 0x1A1;
        case 0xDD: return 0x1AF;  // Ư
        case 0xFD: return 0x1B0;
        case 0xCC: return 0x300;  // combining: huyền
        case 0xEC: return 0x301;  // sắc
        case 0xDE: return 0x303;  // ngã
        case 0xD2: return 0x309;  // hỏi
        case 0xF2: return 0x323;  // nặng
        case 0xFE: return 0x20AB;
        default: return byte;
    }
}

// VNI for Windows: a letter of ASCII, ơ or ư, then a byte for its marks (a circumflex or breve and a tone are one byte), in the case
// of the letter: 20 hex less for capitals. From the correspondence tables of Vietnamese encodings that VNI's makers and keyboard
// programs publish; i, đ, ơ, ư and ỵ are single bytes.
struct VniMark {
    unsigned char byte;
    char16_t shape;  // circumflex, breve or 0
    char16_t tone;   // or 0
};
constexpr char16_t kCircumflex = 0x302, kBreve = 0x306, kGrave = 0x300, kAcute2 = 0x301, kTilde = 0x303, kHook = 0x309, kDot = 0x323;
constexpr std::array<VniMark, 17> kVniMarks{{{0xF9, 0, kAcute2},
                                             {0xF8, 0, kGrave},
                                             {0xFB, 0, kHook},
                                             {0xF5, 0, kTilde},
                                             {0xEF, 0, kDot},
                                             {0xE2, kCircumflex, 0},
                                             {0xE1, kCircumflex, kAcute2},
                                             {0xE0, kCircumflex, kGrave},
                                             {0xE5, kCircumflex, kHook},
                                             {0xE3, kCircumflex, kTilde},
                                             {0xE4, kCircumflex, kDot},
                                             {0xEA, kBreve, 0},
                                             {0xE9, kBreve, kAcute2},
                                             {0xE8, kBreve, kGrave},
                                             {0xFA, kBreve, kHook},
                                             {0xFC, kBreve, kTilde},
                                             {0xEB, kBreve, kDot}}};
struct VniLetter {
    unsigned char byte;
    char16_t small, capital;
};
constexpr std::array<VniLetter, 9> kVniLetters{{{0xED, u'í', u'Í'},
                                                {0xEC, u'ì', u'Ì'},
                                                {0xE6, u'ỉ', u'Ỉ'},
                                                {0xF3, u'ĩ', u'Ĩ'},
                                                {0xF2, u'ị', u'Ị'},
                                                {0xF1, u'đ', u'Đ'},
                                                {0xF4, u'ơ', u'Ơ'},
                                                {0xF6, u'ư', u'Ư'},
                                                {0xEE, u'ỵ', u'Ỵ'}}};

bool bears(char32_t letter, const VniMark& mark) {
    const char32_t small = letter >= U'A' && letter <= U'Z' ? letter + 32 : letter;
    if (mark.shape == kBreve) return small == U'a';
    if (mark.shape == kCircumflex) return small == U'a' || small == U'e' || small == U'o';
    return std::u32string_view{U"aeouyơưƠƯ"}.find(small) != std::u32string_view::npos;
}

class LegacyDecoder {
public:
    explicit LegacyDecoder(std::string_view bytes) : bytes_(bytes) { out_.text.reserve(bytes.size() + bytes.size() / 2); }

    LegacyText run(Encoding encoding) {
        for (at_ = 0; at_ < bytes_.size(); ++at_) {
            const auto byte = static_cast<unsigned char>(bytes_[at_]);
            if (encoding == Encoding::windows1258)
                windows1258(byte);
            else if (byte < 0x80)
                put(byte);
            else if (const char32_t sign = legacy_punctuation(byte))
                put(sign);
            else if (encoding == Encoding::tcvn3)
                put(byte >= 0xA0 && kTcvn3[byte - 0xA0U] != U'.' ? kTcvn3[byte - 0xA0U] : 0);
            else
                vni(byte);
        }
        out_.text = nfc(out_.text);
        return std::move(out_);
    }

private:
    // 0: the byte is no character.
    void put(char32_t c) {
        if (c == 0 && bytes_[at_] != 0) {
            if (out_.ill++ == 0) out_.first_ill = at_;
            c = 0xFFFD;
        }
        char buffer[U8_MAX_LENGTH];
        std::int32_t length = 0;
        U8_APPEND_UNSAFE(buffer, length, c);
        out_.text.append(buffer, static_cast<std::size_t>(length));
        last_ = c;
    }

    void windows1258(unsigned char byte) {
        const char32_t c = of_windows1258(byte);
        const bool combining = c >= 0x300 && c <= 0x323;
        const bool letter = (last_ >= U'A' && last_ <= U'Z') || (last_ >= U'a' && last_ <= U'z') || (last_ >= 0xC0 && last_ < 0x300);
        put(combining && !letter ? 0 : c);
    }

    void vni(unsigned char byte) {
        const bool capital = byte >= 0xC0 && byte <= 0xDF;
        const auto small = static_cast<unsigned char>(capital ? byte + 0x20 : byte);
        for (const VniMark& mark : kVniMarks) {
            if (byte < 0xC0 || mark.byte != small) continue;
            if (!bears(last_, mark)) return put(0);
            if (mark.shape != 0) put(mark.shape);
            if (mark.tone != 0) put(mark.tone);
            return;
        }
        for (const VniLetter& letter : kVniLetters)
            if (byte >= 0xC0 && letter.byte == small) return put(capital ? letter.capital : letter.small);
        const bool sign = (byte >= 0xA0 && byte < 0xC0) || byte == 0xD7 || byte == 0xF7;  // as in Western Europe's
        put(sign ? byte : 0);
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    char32_t last_ = 0;
    LegacyText out_;
};

}  // namespace

char32_t legacy_punctuation(unsigned char byte) {
    switch (byte) {
        case 0x80: case 0x82: case 0x84: case 0x85: case 0x91: case 0x92: case 0x93: case 0x94: case 0x95: case 0x96: case 0x97: case 0x99:
            return kWindows80[byte - 0x80U];
        case 0xA0: return 0xA0;
        default: return 0;
    }
}

LegacyText from_legacy(std::string_view bytes, Encoding encoding) {
    CHECK(encoding == Encoding::windows1258 || encoding == Encoding::tcvn3 || encoding == Encoding::vni, "the others are Unicode's");
    return LegacyDecoder{bytes}.run(encoding);
}

}  // namespace vg::tables
