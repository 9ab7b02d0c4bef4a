#include "formats/text_table.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/flat.h"
#include "formats/json_text.h"

namespace vg::formats {
namespace {

TEST(TextTable, TellsTextsOfEveryLengthApart) {
    std::string all;
    for (std::size_t size = 0; size <= 40; ++size, all += static_cast<char>('a' + size % 26)) {
        const std::string same = all;
        EXPECT_TRUE(same_text(all, same)) << size;
        EXPECT_FALSE(same_text(all, all + "x")) << size;
        for (std::size_t i = 0; i < size; ++i) {
            std::string other = all;
            other[i] = 'Z';
            EXPECT_FALSE(same_text(all, other)) << size << " " << i;
        }
    }
}

TEST(TextTable, NumbersTextsInTheOrderOfTheirComing) {
    std::vector<std::string> texts{""};
    for (int i = 0; i < 3000; ++i) texts.push_back("the same begin " + std::to_string(i) + " and the same end");
    TextTable table;
    EXPECT_EQ(table.find(""), 0U);
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(table.add(texts[i]), i + 1);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(table.find(texts[i]), i + 1);
        EXPECT_EQ(table.add(texts[i]), i + 1);
    }
    EXPECT_EQ(table.find("the same begin 3000 and the same end"), 0U);
    EXPECT_EQ(table.size(), texts.size());
}

TEST(BaseNames, AreThoseOfTheEcsFieldsFirst) {
    for (const event::FieldInfo& field : event::all_fields()) EXPECT_EQ(base_names().find(field.name), static_cast<std::uint32_t>(event::ecs_field(field.name))) << field.name;
    EXPECT_EQ(base_names().find("timestamp"), kFirstTime);
}

// A text is the same whether escapes stand in its sixteen bytes, in those beside it, or nowhere, and however long the record.
TEST(JsonIndex, MarksWhatIsSpecialWhereverItStands) {
    for (std::size_t before = 0; before < 1200; before += before < 80 ? 1 : 13)
        for (const std::string inside : {"plain", "a\\\\b", "t\\u1ea5t", "\xE1\xBA\xA5n", "e\xCC\x81"}) {  // the last is é as e and U+0301
            const std::string raw = "{\"" + std::string(before, 'k') + "\":\"" + inside + "\",\"next\":\"good\"}";
            Arena arena;
            std::vector<std::string> read[2];
            std::vector<bool> known_nfc;
            for (const Special special : {Special::unmarked, Special::marked}) {
                const auto index = index_json(raw, arena, special);
                ASSERT_TRUE(index) << raw;
                JsonCursor at{*index, arena};
                for (bool more = at.open('{'); more; more = at.next('}')) {
                    read[special == Special::marked].emplace_back(at.key().text);
                    const JsonString text = at.text();
                    read[special == Special::marked].emplace_back(text.text);
                    if (special == Special::marked) known_nfc.push_back(text.nfc);
                }
                EXPECT_FALSE(at.failed()) << raw;
            }
            EXPECT_EQ(read[0], read[1]) << raw;
            ASSERT_EQ(known_nfc.size(), 2U);
            EXPECT_TRUE(inside != "e\xCC\x81" || !known_nfc[0]) << raw;
        }
}

}  // namespace
}  // namespace vg::formats
