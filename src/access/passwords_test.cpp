#include "access/passwords.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace vg::access {
namespace {

TEST(Passwords, KnowsThePasswordItHashed) {
    SeededRandom random{1};
    Passwords passwords{random, {kCheapPasswords}};
    const auto stored = passwords.hash("mật khẩu rất dài");
    ASSERT_TRUE(stored) << stored.error().text;
    EXPECT_TRUE(*passwords.verify(*stored, "mật khẩu rất dài"));
    EXPECT_FALSE(*passwords.verify(*stored, "mật khẩu rất dài "));
    EXPECT_FALSE(*passwords.verify(*stored, ""));
}

TEST(Passwords, TheSamePasswordNeverHashesAlike) {
    SeededRandom random{1};
    Passwords passwords{random, {kCheapPasswords}};
    EXPECT_NE(*passwords.hash("one password"), *passwords.hash("one password"));
}

TEST(Passwords, ComposedAndDecomposedAccentsAreOnePassword) {
    SeededRandom random{1};
    Passwords passwords{random, {kCheapPasswords}};
    const auto stored = passwords.hash("m\u1eadt kh\u1ea9u");  // composed
    EXPECT_TRUE(*passwords.verify(*stored, "ma\u0323\u0302t kha\u0302\u0309u"));
}

// The vector that the reference implementation of Argon2 ships in its test suite (argon2id, version 19, t=2, m=2^16, p=1,
// salt "somesalt", password "password").
TEST(Passwords, ReadsHashesOfOtherPrograms) {
    SeededRandom random{1};
    Passwords passwords{random, {kCheapPasswords}};
    const std::string stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    EXPECT_TRUE(*passwords.verify(stored, "password"));
    EXPECT_FALSE(*passwords.verify(stored, "Password"));
    EXPECT_TRUE(passwords.is_outdated(stored));
}

TEST(Passwords, NobodyHasNoPassword) {
    SeededRandom random{1};
    Passwords passwords{random, {kCheapPasswords}};
    EXPECT_FALSE(*passwords.verify(std::nullopt, ""));
    EXPECT_FALSE(*passwords.verify(std::nullopt, "anything"));
    EXPECT_FALSE(*passwords.verify(std::string{"not a hash"}, "anything"));
    EXPECT_FALSE(*passwords.verify(std::string(500, 'x'), "anything"));
}

TEST(Passwords, AnotherCostIsOutdated) {
    SeededRandom random{1};
    Passwords cheap{random, {kCheapPasswords}}, dear{random, {{2, 16'384}}};
    const auto stored = cheap.hash("some password");
    EXPECT_FALSE(cheap.is_outdated(*stored));
    EXPECT_TRUE(dear.is_outdated(*stored));
    EXPECT_TRUE(*dear.verify(*stored, "some password"));
}

// One place, nobody may wait, and sixteen come at once: each either gets an answer or is told to come again, and nothing
// stays taken.
TEST(Passwords, RefusesRatherThanComputesMoreAtOnceThanAllowed) {
    SeededRandom random{1};
    Passwords passwords{random, {.cost = {1, std::uint64_t{8} << 20}, .at_once = 1, .waiting = 0}};
    const std::string stored = *passwords.hash("the right one");
    std::atomic<int> right = 0, busy = 0;
    {
        std::latch start{16};
        std::vector<std::jthread> threads;
        for (int i = 0; i < 16; ++i)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                const auto answer = passwords.verify(stored, "the right one");
                if (!answer) {
                    EXPECT_EQ(answer.error().code, Code::busy);
                    ++busy;
                } else if (*answer) {
                    ++right;
                }
            });
    }
    EXPECT_EQ(right + busy, 16);
    EXPECT_GE(right, 1);
    EXPECT_TRUE(*passwords.verify(stored, "the right one"));
}

TEST(Passwords, AcceptsLengthWithoutComposition) {
    EXPECT_TRUE(password_is_acceptable("con bò vàng ăn cỏ", "an"));
    EXPECT_TRUE(password_is_acceptable("xkcd plain words", "an"));
    EXPECT_TRUE(password_is_acceptable("ệệệệệệ bốn ệ", "an"));
}

TEST(Passwords, RefusesWhatIsGuessedFirst) {
    for (const char* bad : {"", "short", "elevenchars", "Password1234", "121212121212", "abcabcabcabc", "aaaaaaaaaaaa", "abcdefghijkl",
                            "123456789012", "098765432109", "MatKhau12345", "nguyenvana12", "nguyenvananguyenvana", "NGUYENVANA!!"})
        EXPECT_FALSE(password_is_acceptable(bad, "nguyenvana")) << bad;
    EXPECT_EQ(password_is_acceptable("short", "an").error().text, "field password: needs at least 12 characters");
}

// Twelve characters are counted, not bytes: eleven of three bytes each are too few.
TEST(Passwords, CountsCharactersAndNotBytes) {
    EXPECT_FALSE(password_is_acceptable("ệẩữọặởẫộẵợể", "an"));
    EXPECT_TRUE(password_is_acceptable("ệẩữọặởẫộẵợểỗ", "an"));
}

TEST(Passwords, RefusesBytesThatAreNoText) {
    EXPECT_FALSE(password_is_acceptable("\xff\xfe some twelve bytes", "an"));
    EXPECT_FALSE(password_is_acceptable(std::string_view{"nul inside\0 of text", 19}, "an"));
    EXPECT_FALSE(password_is_acceptable(std::string(2'000, 'a') + "b", "an"));
}

}  // namespace
}  // namespace vg::access
