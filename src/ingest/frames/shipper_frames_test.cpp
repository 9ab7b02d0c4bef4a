// Frames of RELP and Lumberjack, objects of HEC, lines of files. The bytes are written by hand from the protocols' texts.
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "ingest/frames/file_lines.h"
#include "ingest/frames/json_objects.h"
#include "ingest/frames/lumberjack.h"
#include "ingest/frames/relp.h"

namespace vg::ingest {
namespace {

using Found = std::vector<std::string>;

struct Relp {
    explicit Relp(std::size_t most = 65536) : frames{most, [this](const RelpFrames::Frame& f) { found.push_back(std::to_string(f.transaction) + "|" + std::string{f.command} + "|" + std::string{f.data} + (f.cut ? "|cut" : "")); }} {}
    Found found;
    RelpFrames frames;
};

TEST(RelpFrames, TakesTheConversationOfLibrelp) {
    Relp relp;
    ASSERT_TRUE(relp.frames.feed("1 open 86 relp_version=0\nrelp_software=librelp,1.10.0,http://librelp.adiscon.com\ncommands=syslog\n"
                                 "2 syslog 14 <13>one\nline 2\n3 syslog 4 <1>x\n4 close 0\n"));
    EXPECT_EQ(relp.found, (Found{"1|open|relp_version=0\nrelp_software=librelp,1.10.0,http://librelp.adiscon.com\ncommands=syslog", "2|syslog|<13>one\nline 2", "3|syslog|<1>x", "4|close|"}));
}

TEST(RelpFrames, CutsLongDataAndFindsTheNextFrame) {
    Relp relp{4};
    ASSERT_TRUE(relp.frames.feed("7 syslog 10 0123456789\n8 syslog 4 abcd\n"));
    EXPECT_EQ(relp.found, (Found{"7|syslog|0123|cut", "8|syslog|abcd"}));
}

TEST(RelpFrames, RefusesWhatIsNone) {
    for (const char* bytes : {"GET / HTTP/1.1\r\n", "1 syslog 2 abc\n", "x syslog 1 a\n", "1  1 a\n", "1 syslog x\n", "1 syslog \n", "1\n", "1 syslog 999999999 a", "1234567890 syslog 1 a\n"})
        EXPECT_FALSE(Relp{}.frames.feed(bytes)) << bytes;
    EXPECT_TRUE(Relp{}.frames.feed("1 syslog 10 abc")) << "the beginning of a frame";
}

TEST(RelpFrames, AnswersHaveTheLengthOfTheirData) { EXPECT_EQ(RelpFrames::response(12, "200 OK"), "12 rsp 6 200 OK\n"); }

std::string big_endian(std::size_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
    return out;
}
std::string window(std::size_t count) { return "2W" + big_endian(count); }
std::string event(std::size_t sequence, const std::string& json) { return "2J" + big_endian(sequence) + big_endian(json.size()) + json; }
std::string compressed(const std::string& frames) {
    uLongf size = ::compressBound(frames.size());
    std::string packed(size, '\0');
    ::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(frames.data()), frames.size());
    packed.resize(size);
    return "2C" + big_endian(size) + packed;
}

struct Lumber {
    explicit Lumber(std::size_t most = 1 << 20) : frames{most, [this](const LumberjackFrames::Event& e) { found.push_back(std::to_string(e.sequence) + (e.too_long ? "|too long" : "|" + std::string{e.json})); }} {}
    Found found;
    LumberjackFrames frames;
};

TEST(LumberjackFrames, TakesPlainAndCompressedWindows) {
    const std::string all = window(2) + event(1, "{\"a\":1}") + event(2, "{}") + window(3) + compressed(event(1, "{\"b\":1}") + event(2, "{\"b\":2}")) + event(3, "{\"b\":3}");
    for (std::size_t step = 1; step <= all.size(); ++step) {
        Lumber lumber;
        for (std::size_t i = 0; i < all.size(); i += step) ASSERT_TRUE(lumber.frames.feed(std::string_view{all}.substr(i, step)));
        EXPECT_EQ(lumber.found, (Found{"1|{\"a\":1}", "2|{}", "1|{\"b\":1}", "2|{\"b\":2}", "3|{\"b\":3}"})) << step;
        EXPECT_EQ(lumber.frames.last_sequence(), 3u);
        EXPECT_EQ(lumber.frames.window(), 3u);
    }
}

TEST(LumberjackFrames, ReportsALongEventOnceAndGoesOn) {
    Lumber lumber{8};
    ASSERT_TRUE(lumber.frames.feed(window(2) + event(1, "{\"a\":\"" + std::string(1000, 'x') + "\"}") + compressed(event(2, std::string(300, 'y')) + event(3, "{}"))));
    EXPECT_EQ(lumber.found, (Found{"1|too long", "2|too long", "3|{}"}));
}

TEST(LumberjackFrames, EndsABombEarly) {
    std::string inner;
    for (int i = 0; i < 300; ++i) inner += event(static_cast<std::size_t>(i), std::string(1 << 20, ' '));
    std::size_t count = 0;
    LumberjackFrames frames{1 << 20, [&](const LumberjackFrames::Event&) { ++count; }};
    const Status fed = frames.feed(compressed(inner));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code, Code::too_large);
    EXPECT_LE(count, 256u);
}

TEST(LumberjackFrames, RefusesWhatIsNone) {
    for (const std::string& bytes : {std::string{"GET /"}, "1W" + big_endian(1), "2X" + big_endian(1), compressed(compressed(event(1, "{}"))), "2C" + big_endian(5) + "hello", "2C" + big_endian(0),
                                     compressed(event(1, "{}").substr(0, 9)), "2J" + big_endian(1) + big_endian(std::size_t{1} << 30)})
        EXPECT_FALSE(Lumber{}.frames.feed(bytes)) << bytes.substr(0, 8);
}

TEST(LumberjackFrames, AcknowledgesWithTheSequence) { EXPECT_EQ(LumberjackFrames::acknowledgement(258), (std::string{"2A\0\0\1\2", 6})); }

TEST(JsonObjects, FindsObjectsBehindOneAnother) {
    Found found;
    JsonObjects objects{64, [&](const JsonObjects::Object& o) {
                            found.push_back(std::to_string(o.number) + (o.too_long ? "|too long" : "|" + std::string{o.text}));
                            return true;
                        }};
    ASSERT_TRUE(objects.feed("{\"event\":\"}\"}{\"event\":{\"a\":[1,{}]}}\r\n\t {\"event\":\"\\\"}\"}"));
    ASSERT_TRUE(objects.feed("{\"event\":\"" + std::string(80, 'x') + "\"}{\"e\":"));
    ASSERT_TRUE(objects.feed("1}"));
    ASSERT_TRUE(objects.finish());
    EXPECT_EQ(found, (Found{"0|{\"event\":\"}\"}", "1|{\"event\":{\"a\":[1,{}]}}", "2|{\"event\":\"\\\"}\"}", "3|too long", "4|{\"e\":1}"}));
}

TEST(JsonObjects, SaysWhatIsNoObject) {
    JsonObjects objects{64, [](const JsonObjects::Object&) { return true; }};
    EXPECT_FALSE(objects.feed("{},{}"));
    EXPECT_EQ(objects.count(), 1u);
    JsonObjects torn{64, [](const JsonObjects::Object&) { return true; }};
    EXPECT_TRUE(torn.feed("{\"a\":[}"));
    EXPECT_FALSE(torn.finish());
}

Found lines_of(std::string_view bytes, TextUnit unit, std::size_t most, std::size_t& used) {
    Found found;
    used = split_file_lines(bytes, unit, most, [&](const FileLine& line) { found.push_back((line.too_long ? "long:" : "") + std::string{line.bytes} + (line.goes_on ? "…" : "")); });
    return found;
}

TEST(FileLines, LeavesALineWhoseEndHasNotCome) {
    std::size_t used = 0;
    EXPECT_EQ(lines_of("one\r\ntwo\n\nthr", TextUnit::byte, 100, used), (Found{"one", "two", ""}));
    EXPECT_EQ(used, 10u);
    EXPECT_EQ(lines_of("thr", TextUnit::byte, 100, used), Found{});
    EXPECT_EQ(used, 0u);
}

TEST(FileLines, TellsALongLine) {
    std::size_t used = 0;
    EXPECT_EQ(lines_of("123456789\nx\n", TextUnit::byte, 8, used), (Found{"long:12345678", "x"}));
    EXPECT_EQ(lines_of("1234567890123", TextUnit::byte, 8, used), Found{"long:12345678…"});
    EXPECT_EQ(used, 13u);
    EXPECT_EQ(behind_line_end("rest\nnext", TextUnit::byte), 5u);
}

TEST(FileLines, FindsLineEndsOfUtf16AndNotTheByteInsideACharacter) {
    std::size_t used = 0;
    // U+0A0D and U+0D0A hold the byte 0A and are no line ends.
    const std::string little{"a\0\x0d\x0a\x0a\x0d\r\0\n\0b\0", 12};
    EXPECT_EQ(lines_of(little, TextUnit::utf16le, 100, used), (Found{std::string{"a\0\x0d\x0a\x0a\x0d", 6}}));
    EXPECT_EQ(used, 10u);
}

TEST(TextDecoder, TurnsEncodingsIntoUtf8) {
    EXPECT_EQ((*TextDecoder::make("utf-16le"))->decode(std::string_view{"\xff\xfe\x1e\x01", 4}), "Ğ");
    EXPECT_EQ((*TextDecoder::make("UTF-16BE"))->decode(std::string_view{"\x1e\xa1", 2}), "ạ");
    EXPECT_EQ((*TextDecoder::make("windows-1258"))->decode("\xd0\xf4ng"), "Đông") << "Microsoft's table: D0 is U+0110, F4 is U+00F4";
    EXPECT_EQ((*TextDecoder::make("iso-8859-1"))->decode("\xe9"), "é");
    EXPECT_EQ((*TextDecoder::make(""))->decode("\xef\xbb\xbfx\xff"), "x\xff") << "UTF-8 stays as it is";
    EXPECT_FALSE(TextDecoder::make("klingon"));
    EXPECT_FALSE(TextDecoder::make("utf-32le"));
    EXPECT_FALSE(TextDecoder::make("ibm-37")) << "EBCDIC has another line end";
    EXPECT_EQ(encoding_of_mark("\xff\xfe"), "utf-16le");
    EXPECT_EQ(encoding_of_mark("ab"), "");
}

}  // namespace
}  // namespace vg::ingest
