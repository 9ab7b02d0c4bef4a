#include "tables/encoding.h"

#include <gtest/gtest.h>

#include <charconv>
#include <utility>

#include "base/text.h"

namespace vg::tables {
namespace {

// "C<E9>ng" has the byte E9 in it.
std::string with_bytes(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '<' && i + 3 < text.size() && text[i + 3] == '>' && std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            out.push_back(static_cast<char>(byte));
            i += 3;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

std::string error_of_text(std::string_view written, const DecodeOptions& options = {}) {
    const auto decoded = to_text(with_bytes(written), options);
    return decoded ? format("no error, but {}: {}", name_of(decoded->encoding), decoded->text) : decoded.error().text;
}
bool holds(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

constexpr std::string_view kMotto = "Cộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - Hạnh phúc\n";
// The same by TCVN 5712:1993 VN3, by VNI's letters and marks, and by code page 1258.
constexpr std::string_view kTcvn3Motto = "C<E9>ng h<DF>a x<B7> h<E9>i ch<F1> ngh<DC>a Vi<D6>t Nam\n<A7><E9>c l<CB>p - T<F9> do - H<B9>nh ph<F3>c\n";
constexpr std::string_view kVniMotto = "Co<E4>ng ho<F8>a xa<F5> ho<E4>i chu<FB> ngh<F3>a Vie<E4>t Nam\n<D1>o<E4>c la<E4>p - T<F6><EF> do - Ha<EF>nh phu<F9>c\n";
constexpr std::string_view kWindowsMotto =
    "C<F4><F2>ng ho<CC>a xa<DE> h<F4><F2>i chu<D2> nghi<DE>a Vi<EA><F2>t Nam\n<D0><F4><F2>c l<E2><F2>p - T<FD><F2> do - Ha<F2>nh ph<FA>c\n";

TEST(Encoding, FindsTheOldOnesByTheirWords) {
    const std::pair<std::string_view, Encoding> cases[] = {{kTcvn3Motto, Encoding::tcvn3}, {kVniMotto, Encoding::vni}, {kWindowsMotto, Encoding::windows1258}};
    for (const auto& [written, encoding] : cases) {
        const auto decoded = to_text(with_bytes(written));
        ASSERT_TRUE(decoded) << decoded.error().text;
        EXPECT_EQ(decoded->encoding, encoding);
        EXPECT_EQ(decoded->text, kMotto);
        EXPECT_EQ(decoded->grounds, Grounds::counted);
        EXPECT_GT(decoded->certainty, 0.5);
        EXPECT_EQ(decoded->replaced, 0U);
    }
}

TEST(Encoding, FindsAShortHeader) {
    // "STT;Địa chỉ IP;Đơn vị;Thời gian"
    const auto decoded = to_text(with_bytes("STT;<A7><DE>a ch<D8> IP;<A7><AC>n v<DE>;Th<EA>i gian\r\n"));
    ASSERT_TRUE(decoded) << decoded.error().text;
    EXPECT_EQ(decoded->text, "STT;Địa chỉ IP;Đơn vị;Thời gian\r\n");
}

// The order is huyền, hỏi, ngã, sắc, nặng.
TEST(Encoding, KnowsAllLettersOfTcvn3) {
    const std::string text = to_text(with_bytes("<B5><B6><B7><B8><B9> <BB><BC><BD><BE><C6> <C7><C8><C9><CA><CB> <CC><CE><CF><D0><D1> <D2><D3><D4><D5><D6> <D7><D8><DC><DD><DE> "
                                                "<DF><E1><E2><E3><E4> <E5><E6><E7><E8><E9> <EA><EB><EC><ED><EE> <EF><F1><F2><F3><F4> <F5><F6><F7><F8><F9> <FA><FB><FC><FD><FE> "
                                                "<A1><A2><A3><A4><A5><A6><A7> <A8><A9><AA><AB><AC><AD><AE>"),
                                     {.declared = Encoding::tcvn3})
                                 ->text;
    EXPECT_EQ(text, "àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ĂÂÊÔƠƯĐ ăâêôơưđ");
}

TEST(Encoding, KnowsAllLettersOfVni) {
    const std::string small = to_text(with_bytes("a<F8>a<FB>a<F5>a<F9>a<EF> a<E8>a<FA>a<FC>a<E9>a<EB> a<E0>a<E5>a<E3>a<E1>a<E4> e<F8>e<FB>e<F5>e<F9>e<EF> e<E0>e<E5>e<E3>e<E1>e<E4> "
                                                 "<EC><E6><F3><ED><F2> o<F8>o<FB>o<F5>o<F9>o<EF> o<E0>o<E5>o<E3>o<E1>o<E4> <F4><F8><F4><FB><F4><F5><F4><F9><F4><EF> "
                                                 "u<F8>u<FB>u<F5>u<F9>u<EF> <F6><F8><F6><FB><F6><F5><F6><F9><F6><EF> y<F8>y<FB>y<F5>y<F9><EE> a<EA>a<E2>e<E2>o<E2><F4><F6><F1>"),
                                      {.declared = Encoding::vni})
                                  ->text;
    EXPECT_EQ(small, "àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ăâêôơưđ");
    const std::string capitals = to_text(with_bytes("A<D9>A<C1>A<C9>E<C1><CD>O<C1><D4><D9>U<D9><D6><D9>Y<D9><CE> A<CA>A<C2>E<C2>O<C2><D4><D6><D1>"), {.declared = Encoding::vni})->text;
    EXPECT_EQ(capitals, "ÁẤẮẾÍỐỚÚỨÝỴ ĂÂÊÔƠƯĐ");
}

TEST(Encoding, KnowsTheMarksOfWindows1258) {
    const std::string text = to_text(with_bytes("<E3><CC><E3><D2><E3><DE><E3><EC><E3><F2> <F5><CC><F5><D2><F5><DE><F5><EC><F5><F2> <FD><EC> y<F2> <E0><E8><F9> <C3><C2><CA><D4><D5><DD><D0> 5<FE> <80>"),
                                     {.declared = Encoding::windows1258})
                                 ->text;
    EXPECT_EQ(text, "ằẳẵắặ ờởỡớợ ứ ỵ àèù ĂÂÊÔƠƯĐ 5₫ €");
}

TEST(Encoding, ReadsUnicode) {
    const auto plain = to_text("ten,gia tri\n");
    EXPECT_EQ(plain->encoding, Encoding::utf8);
    EXPECT_EQ(plain->grounds, Grounds::well_formed);
    EXPECT_EQ(to_text("\xEF\xBB\xBF" "Huế")->grounds, Grounds::byte_order);
    EXPECT_EQ(to_text("Vie\xCC\xA3\xCC\x82t")->text, "Việt");  // e with U+0323 and U+0302
    EXPECT_EQ(to_text("")->text, "");
    // "Địa chỉ IP": U+0110 U+1ECB a, c h U+1EC9, I P.
    const std::string little = "<10><01><CB><1E>a<00> <00>c<00>h<00><C9><1E> <00>I<00>P<00>";
    const std::string big = "<01><10><1E><CB><00>a<00> <00>c<00>h<1E><C9><00> <00>I<00>P";
    const std::pair<std::string, Encoding> cases[] = {{little, Encoding::utf16le}, {big, Encoding::utf16be}};
    for (const auto& [written, encoding] : cases) {
        const std::string mark = encoding == Encoding::utf16le ? "<FF><FE>" : "<FE><FF>";
        for (const bool marked : {false, true}) {
            const auto decoded = to_text(with_bytes((marked ? mark : "") + written));
            ASSERT_TRUE(decoded) << decoded.error().text;
            EXPECT_EQ(decoded->text, "Địa chỉ IP");
            EXPECT_EQ(decoded->encoding, encoding);
            EXPECT_EQ(decoded->grounds, marked ? Grounds::byte_order : Grounds::well_formed);
        }
    }
}

TEST(Encoding, DoubtIsRefusedWithTheCandidatesAndTheRemedy) {
    // í is in the same place in VNI and 1258, and TCVN3 has ớ there: chí, phí, bí, thí or chớ, phớ, bớ, thớ.
    const std::string doubt = error_of_text("ch<ED> ph<ED> b<ED> th<ED>");
    for (const char* word : {"in doubt", "tcvn3 makes 4", "vni makes 4", "windows-1258 makes 4", "byte 1 (line 1)", "say which encoding"}) EXPECT_TRUE(holds(doubt, word)) << doubt;
    // Other languages, and a unit that would be the syllable àm.
    for (const char* written : {"caf<E9> d<E9>j<E0> vu r<E9>sum<E9>\n", "M<FC>ller Stra<DF>e gr<F6><DF>er\n", "5 <B5>m\n", "25<B0>C\n", "H<B5> N<E9>i\n", "<C4><E3><BA><C3>\n"})
        EXPECT_TRUE(holds(error_of_text(written), "in doubt")) << written << ": " << error_of_text(written);
    const auto declared = to_text(with_bytes("ch<ED> ph<ED>"), {.declared = Encoding::tcvn3});
    EXPECT_EQ(declared->text, "chớ phớ");
    EXPECT_EQ(declared->grounds, Grounds::declared);
    EXPECT_EQ(to_text(with_bytes("ch<ED> ph<ED>"), {.declared = Encoding::vni})->text, "chí phí");
}

TEST(Encoding, ABrokenFileIsRefusedUnlessDeclared) {
    const std::string written = "Cộng hòa xã hội\nchủ nghĩa <FF> Việt Nam";
    EXPECT_TRUE(holds(error_of_text(written), "UTF-8 but for 1 places, the first at byte 36 (line 2)")) << error_of_text(written);
    const auto declared = to_text(with_bytes(written), {.declared = Encoding::utf8});
    EXPECT_EQ(declared->text, "Cộng hòa xã hội\nchủ nghĩa \uFFFD Việt Nam");
    EXPECT_EQ(declared->replaced, 1U);
    EXPECT_EQ(declared->first_replaced, 35U);
    const std::string broken = std::string{kTcvn3Motto} + "<E0>";
    EXPECT_TRUE(holds(error_of_text(broken), "most words are right in tcvn3")) << error_of_text(broken);
    EXPECT_EQ(to_text(with_bytes(broken), {.declared = Encoding::tcvn3})->replaced, 1U);
}

TEST(Encoding, WhatIsNoTextIsNamedByItsPlace) {
    EXPECT_TRUE(holds(error_of_text("ab\nc<00>d"), "byte 5 (line 2) is NUL")) << error_of_text("ab\nc<00>d");
    EXPECT_TRUE(holds(error_of_text("ab\nc<00>d", {.declared = Encoding::tcvn3}), "byte 5 (line 2) is NUL"));
    EXPECT_TRUE(holds(error_of_text("ab<01>"), "byte 3 (line 1) is the control character 01"));
    EXPECT_EQ(to_text("ab\x1A")->text, "ab");
    EXPECT_TRUE(holds(error_of_text("PK<03><04><14><00>"), "workbook"));
    EXPECT_TRUE(holds(error_of_text("<D0><CF><11><E0><00>"), ".xls"));
    EXPECT_TRUE(holds(error_of_text("<FF><FE><00><00>a<00><00><00>"), "utf-32le"));
    EXPECT_TRUE(holds(error_of_text("<FF><FE>a<00><00><00>"), "byte 5 is NUL"));
}

TEST(Encoding, AMarkAndADeclarationMustAgree) {
    EXPECT_TRUE(holds(error_of_text("<EF><BB><BF>a", {.declared = Encoding::vni}), "byte-order mark of utf-8, but vni was declared"));
    EXPECT_EQ(to_text("\xEF\xBB\xBF" "a", {.declared = Encoding::utf8})->text, "a");
}

TEST(Encoding, IsBoundedAndHasNames) {
    EXPECT_EQ(to_text("abcd", {.most_bytes = 3}).error().code, Code::too_large);
    for (const Encoding encoding : kEncodings) EXPECT_EQ(encoding_of(name_of(encoding)), encoding);
    EXPECT_EQ(encoding_of(" ABC "), Encoding::tcvn3);
    EXPECT_EQ(encoding_of("CP1258"), Encoding::windows1258);
    EXPECT_EQ(encoding_of("latin1"), std::nullopt);
}

}  // namespace
}  // namespace vg::tables
