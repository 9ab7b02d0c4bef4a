// Framing of RFC 6587, with messages of RFC 3164 section 5.4 and RFC 5424 section 6.5.
#include "ingest/frames/syslog_frames.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vg::ingest {
namespace {

const std::string kSu = "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8";
const std::string kEvil = "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\"] \xef\xbb\xbfviệc";

std::vector<std::string> frames_of(const std::string& bytes, std::size_t most = 65536) {
    std::vector<std::string> found;
    SyslogFrames frames{most, [&](const SyslogFrames::Frame& frame) { found.push_back((frame.cut ? "cut:" : "") + std::string{frame.text}); }};
    frames.feed(bytes);
    frames.finish();
    return found;
}

std::string counted(const std::string& message) { return std::to_string(message.size()) + " " + message; }

using Found = std::vector<std::string>;

TEST(SyslogFrames, TakesCountedMessagesWithLineFeedsInThem) {
    EXPECT_EQ(frames_of(counted(kEvil) + counted("<1>two\nlines") + counted(kSu)), (Found{kEvil, "<1>two\nlines", kSu}));
}

TEST(SyslogFrames, TakesMessagesThatEndWithLineFeedOrNul) {
    EXPECT_EQ(frames_of(kSu + "\n" + kEvil + "\r\n<1>a" + std::string(1, '\0') + "<2>b"), (Found{kSu, kEvil, "<1>a", "<2>b"}));
}

TEST(SyslogFrames, FindsTheFramingOfEachMessageApart) {
    EXPECT_EQ(frames_of(counted(kSu) + kEvil + "\n" + counted(kSu) + "\n" + counted(kEvil)), (Found{kSu, kEvil, kSu, kEvil}));
}

// A line of a device that writes no priority may begin with digits: it is no count, for a message begins with '<'.
TEST(SyslogFrames, DigitsBeforeOtherTextAreNoCount) {
    EXPECT_EQ(frames_of("12 monkeys\n2024-04-26 01:02:03 router up\n123456789 <1>x\n0 <1>y\n"),
              (Found{"12 monkeys", "2024-04-26 01:02:03 router up", "123456789 <1>x", "0 <1>y"}));
}

TEST(SyslogFrames, CutsWhatIsLongerAndGoesOnBehindIt) {
    EXPECT_EQ(frames_of("<1>" + std::string(50, 'a') + "\n<2>b\n", 10), (Found{"cut:<1>aaaaaaa", "<2>b"}));
    EXPECT_EQ(frames_of(counted("<1>" + std::string(50, 'a')) + counted("<2>b"), 10), (Found{"cut:<1>aaaaaaa", "<2>b"}));
    EXPECT_EQ(frames_of("<1>aaaaaaa\r\n<2>bbbbbbb\n", 10), (Found{"<1>aaaaaaa", "<2>bbbbbbb"})) << "exactly as long is not longer";
}

TEST(SyslogFrames, TakesSixtyFourKilobytes) {
    const std::string message = "<1>" + std::string(65'533, 'x');
    EXPECT_EQ(frames_of(counted(message)), Found{message});
    EXPECT_EQ(frames_of(message + "\n"), Found{message});
}

TEST(SyslogFrames, WhatBrokeOffIsKeptAndMarked) {
    EXPECT_EQ(frames_of("<1>whole\n<2>no end"), (Found{"<1>whole", "<2>no end"}));
    EXPECT_EQ(frames_of("20 <1>short"), Found{"cut:<1>short"});
    EXPECT_EQ(frames_of("20 "), Found{"20 "});
    EXPECT_EQ(frames_of(""), Found{});
}

TEST(SyslogFrames, PiecesDoNotMatter) {
    const std::string all = counted(kSu) + kEvil + "\n" + counted("<1>" + std::string(60, 'a')) + "12 x\n" + counted(kEvil);
    for (std::size_t step = 1; step < all.size(); ++step) {
        Found found;
        SyslogFrames frames{50, [&](const SyslogFrames::Frame& frame) { found.push_back((frame.cut ? "cut:" : "") + std::string{frame.text}); }};
        for (std::size_t i = 0; i < all.size(); i += step) frames.feed(std::string_view{all}.substr(i, step));
        frames.finish();
        EXPECT_EQ(found, frames_of(all, 50)) << step;
    }
}

}  // namespace
}  // namespace vg::ingest
