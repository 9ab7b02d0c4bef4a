#include "tables/zip.h"

#include <gtest/gtest.h>

#include "tables/zip_test_file.h"

namespace vg::tables {
namespace {

using Method = ZipTestFile::Method;

std::string error_of_zip(const std::string& bytes, const ZipLimits& limits = {}) {
    auto zip = ZipFile::open(bytes, limits);
    if (!zip) return zip.error().text;
    for (const ZipEntry& entry : zip->entries())
        if (const auto content = zip->read(entry); !content) return content.error().text;
    return "";
}

bool says(const std::string& error, std::string_view word) { return error.find(word) != std::string::npos; }

// Offsets in the header of the first entry in the directory (APPNOTE 4.3.12).
std::size_t directory_of(const std::string& bytes) { return bytes.find("PK\x01\x02"); }

TEST(Zip, ReadsStoredAndDeflatedEntriesByNameInAnyCase) {
    const std::string bytes = ZipTestFile{}.add("xl/workbook.xml", "<a/>").add("Empty", "", Method::deflated).add("b", "twice twice twice", Method::deflated).bytes();
    auto zip = ZipFile::open(bytes);
    ASSERT_TRUE(zip) << zip.error().text;
    ASSERT_EQ(zip->entries().size(), 3U);
    ASSERT_NE(zip->find("XL/Workbook.XML"), nullptr);
    EXPECT_EQ(zip->read(*zip->find("XL/Workbook.XML")).value(), "<a/>");
    EXPECT_EQ(zip->read(*zip->find("empty")).value(), "");
    EXPECT_EQ(zip->read(*zip->find("b")).value(), "twice twice twice");
    EXPECT_EQ(zip->find("c"), nullptr);
}

TEST(Zip, EveryCutIsRefused) {
    const std::string bytes = ZipTestFile{}.add("a", "some text").add("b", "more text, more text", Method::deflated).bytes();
    ASSERT_EQ(error_of_zip(bytes), "");
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(error_of_zip(bytes.substr(0, size)), "") << size;
    EXPECT_TRUE(says(error_of_zip(bytes.substr(0, bytes.size() - 1)), "cut off"));
    EXPECT_NE(error_of_zip(bytes + "x"), "");
}

TEST(Zip, ABombIsRefusedByItsRatio) {
    // DEFLATE packs zeros about a thousand to one.
    const std::string bomb = ZipTestFile{}.add("bomb", std::string(std::size_t{8} << 20, '\0'), Method::deflated).bytes();
    ASSERT_LT(bomb.size(), 20'000U);
    EXPECT_TRUE(says(error_of_zip(bomb), "'bomb' unpacks from")) << error_of_zip(bomb);
    EXPECT_EQ(error_of_zip(bomb, {.ratio = 2'000}), "");
}

TEST(Zip, AnEntryThatUnpacksToMoreThanItSaysIsRefused) {
    std::string bytes = ZipTestFile{}.add("liar", std::string(5'000, 'x'), Method::deflated).bytes();
    bytes.replace(directory_of(bytes) + 24, 4, std::string{"\x64\0\0\0", 4});
    EXPECT_TRUE(says(error_of_zip(bytes), "more than it says")) << error_of_zip(bytes);
}

TEST(Zip, TheBytesOfAllEntriesAreBoundedTogether) {
    const std::string bytes = ZipTestFile{}.add("a", std::string(600, 'a')).add("b", std::string(600, 'b')).bytes();
    EXPECT_EQ(error_of_zip(bytes, {.unpacked_bytes = 1'200}), "");
    EXPECT_TRUE(says(error_of_zip(bytes, {.unpacked_bytes = 1'199}), "more than 1199 bytes"));
    EXPECT_TRUE(says(error_of_zip(bytes, {.entries = 1}), "2 entries"));
}

TEST(Zip, OverlappingEntriesAreRefused) {
    // The second entry's header stands within the stored bytes of the first.
    std::string bytes = ZipTestFile{}.add("b", "x").bytes();
    const std::string inner = bytes.substr(0, directory_of(bytes));
    ZipTestFile file;
    file.add("a", inner).add("b", "x");
    bytes = file.bytes();
    const std::size_t second = bytes.find("PK\x01\x02", directory_of(bytes) + 4);
    std::string where;
    put(where, std::uint32_t{31});  // behind the header of 30 bytes and the name of one
    bytes.replace(second + 42, 4, where);
    EXPECT_TRUE(says(error_of_zip(bytes), "'a' and 'b' overlap")) << error_of_zip(bytes);
}

TEST(Zip, WhatIsNotTakenIsNamed) {
    const std::string good = ZipTestFile{}.add("a", "some text").bytes();
    std::string bytes = good;
    bytes[directory_of(good) + 8] = 1;
    EXPECT_TRUE(says(error_of_zip(bytes), "encrypted"));
    bytes = good;
    bytes[directory_of(good) + 10] = 14;  // LZMA
    EXPECT_TRUE(says(error_of_zip(bytes), "method 14"));
    bytes = good;
    bytes[31] = 'T';  // the first byte of its text
    EXPECT_TRUE(says(error_of_zip(bytes), "checksum"));
    bytes = good;
    bytes[30] = 'b';
    EXPECT_TRUE(says(error_of_zip(bytes), "two names"));
    bytes = good;
    bytes.replace(directory_of(good) + 20, 4, "\xFF\xFF\xFF\xFF");
    EXPECT_TRUE(says(error_of_zip(bytes), "ZIP64"));
    bytes = good;
    bytes.insert(bytes.size() - 22, std::string{"PK\x06\x07", 4} + std::string(16, '\0'));  // 4.3.15, the locator
    EXPECT_TRUE(says(error_of_zip(bytes), "ZIP64"));
    EXPECT_TRUE(says(error_of_zip(ZipTestFile{}.add("a", "1").add("A", "2").bytes()), "twice"));
    EXPECT_EQ(error_of_zip("PDF"), "this is no ZIP archive");
}

}  // namespace
}  // namespace vg::tables
