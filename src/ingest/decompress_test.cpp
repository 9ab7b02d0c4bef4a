#include "ingest/decompress.h"

#include <gtest/gtest.h>

#include <random>

#include "ingest/packing_test_kit.h"

namespace vg::ingest {
namespace {

// The output, or the error's text behind "!".
std::string run(std::string_view encoding, std::string_view input, std::size_t step, std::uint64_t most = 1 << 30) {
    auto made = Decompressor::make(encoding, most);
    if (!made) return "!" + made.error().text;
    std::string out;
    for (std::size_t at = 0; at < input.size(); at += step) {
        const auto more = (*made)->feed(input.substr(at, step), [&](std::string_view bytes) {
            EXPECT_LE(bytes.size(), std::size_t{256} << 10);
            out += bytes;
            return true;
        });
        if (!more) return "!" + more.error().text;
    }
    const auto whole = (*made)->finish();
    return whole ? out : "!" + whole.error().text;
}

std::string sample() {
    std::string text;
    for (int i = 0; i < 40'000; ++i) text += std::to_string(i * 7919 % 65536) + "\n";
    return text;
}

TEST(Decompressor, GivesWhatWasCompressedInAnyPieces) {
    const std::string text = sample();
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
        EXPECT_EQ(run("gzip", gzip(text), step), text) << step;
        EXPECT_EQ(run(" GZIP ", gzip(text) + gzip(text), step), text + text) << step;
        EXPECT_EQ(run("zstd", zstd(text) + zstd("x"), step), text + "x") << step;
        EXPECT_EQ(run("", text.substr(0, 200'000), std::max<std::size_t>(step, 100)).size(), 200'000u) << step;
    }
}

TEST(Decompressor, RefusesWhatIsCutOffOrNotCompressed) {
    const std::string text = sample();
    for (const std::string& whole : {gzip(text), gzip(text) + gzip("x").substr(0, 15)}) EXPECT_TRUE(run("gzip", whole.substr(0, whole.size() - 1), 100).starts_with("!"));
    EXPECT_TRUE(run("zstd", zstd(text).substr(0, 500), 100).starts_with("!"));
    EXPECT_TRUE(run("gzip", "", 1).starts_with("!"));
    EXPECT_TRUE(run("zstd", "", 1).starts_with("!"));
    EXPECT_TRUE(run("gzip", text, 100).starts_with("!"));
    EXPECT_TRUE(run("br", text, 100).starts_with("!"));
}

TEST(Decompressor, BoundsTheOutput) {
    const std::string zeros(10 << 20, '\0');
    EXPECT_TRUE(run("gzip", gzip(zeros), 1000, 1 << 20).starts_with("!the body is longer"));
    EXPECT_TRUE(run("zstd", zstd(zeros), 1000, 1 << 20).starts_with("!the body is longer"));
    EXPECT_TRUE(run("", std::string_view{zeros}.substr(0, 100'000), 1000, 50'000).starts_with("!the body is longer"));
}

TEST(Decompressor, EndsOnEveryMutation) {
    std::mt19937_64 random{7};
    for (const auto& [encoding, whole] : {std::pair{"gzip", gzip(sample())}, std::pair{"zstd", zstd(sample())}}) {
        for (int round = 0; round < 300; ++round) {
            std::string bytes = whole.substr(0, 1 + random() % whole.size());
            for (int edits = 0; edits < 3; ++edits) bytes[random() % bytes.size()] = static_cast<char>(random());
            const std::string out = run(encoding, bytes, 1 + random() % 5000, 50 << 20);
            EXPECT_LE(out.size(), std::size_t{51} << 20);
        }
    }
}

}  // namespace
}  // namespace vg::ingest
