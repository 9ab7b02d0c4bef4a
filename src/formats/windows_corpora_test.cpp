// What share of the Windows events of others' corpora is understood, and how completely.
#include <gtest/gtest.h>

#include <map>

#include "base/json.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

// The first lines of each data set: they are alike within a set.
constexpr std::size_t kLinesOfEach = 500;

TEST(WindowsCorpora, UnderstandsOtrfsDataSets) {
    const auto folder = testing::corpus("otrf-security-datasets");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::map<std::string, std::size_t> formats;
    std::size_t lines = 0;
    std::size_t windows = 0;
    std::size_t timed = 0;
    std::size_t complete = 0;
    std::map<std::string, std::size_t> unparsed;
    for (const auto& path : testing::files_under(*folder, ".json")) {
        if (path.filename().string().starts_with("._")) continue;  // what macOS left in an archive
        std::ifstream file{path};
        std::size_t count = 0;
        for (std::string line; count < kLinesOfEach && std::getline(file, line); ++count) {
            const testing::Read got{line};
            ++lines;
            ++formats[std::string{got.event().format}];
            if (!got.outcome.unparsed.empty()) ++unparsed[path.filename().string() + ": " + std::string{got.outcome.unparsed}];
            if (got.event().format != "windows") continue;
            ++windows;
            timed += got.event().occurred_known ? 1 : 0;
            complete += got.event().logsource.complete ? 1 : 0;
            EXPECT_NE(got.event().find("EventID"), nullptr) << path;
            // Nothing of the record is lost: every text of it stands in a field.
            if (count % 50 != 0) continue;
            const auto tree = json::parse(line);
            ASSERT_TRUE(tree) << path;
            for (const auto& [name, value] : tree->as_object()) {
                if (!value.is_text() || value.as_text().empty()) continue;
                bool found = false;
                for (const event::Field& field : got.event().fields) found |= field.text == value.as_text() || field.text == "{" + value.as_text() + "}" || (field.name == "Level" || field.name == "@timestamp");
                EXPECT_TRUE(found) << path << " line " << count + 1 << " loses " << name;
            }
        }
    }
    std::printf("%zu lines, %zu Windows events, %zu with their time, %zu with their log source\n", lines, windows, timed, complete);
    for (const auto& [name, count] : formats) std::printf("  %s: %zu\n", name.c_str(), count);
    for (const auto& [name, count] : unparsed) std::printf("  %zu x %s\n", count, name.c_str());
    EXPECT_EQ(timed, windows);
    EXPECT_EQ(complete, windows);
    EXPECT_TRUE(unparsed.empty());
}

}  // namespace
}  // namespace vg::formats
