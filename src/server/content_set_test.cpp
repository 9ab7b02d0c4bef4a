#include "server/content_set.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/fault_disk.h"

namespace vg::server {
namespace {

class ContentSetTest : public ::testing::Test {
protected:
    ContentSetTest() : folder_(std::filesystem::temp_directory_path() / ("vonggac-content-set-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_ / "rules");
        std::filesystem::create_directories(folder_ / "pipelines");
        write("rules/a.yaml", "title: A\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlogsource: {product: windows}\nfields: [CommandLine]\ndetection:\n  a: {CommandLine: x}\n  condition: a\n");
    }
    ~ContentSetTest() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) { std::ofstream{folder_ / name} << text; }
    Result<std::shared_ptr<const ContentSet>> load() const { return load_content({.rules = {folder_ / "rules"}, .mappings = {}, .pipelines = {folder_ / "pipelines"}}); }

    std::filesystem::path folder_;
};

// A replay takes the pipelines of its time from the saved content.
TEST_F(ContentSetTest, PipelinesArePartOfItAndOfWhatIsSaved) {
    const auto plain = load().value();
    write("pipelines/p.yml", "transformations:\n- {type: field_name_mapping, mapping: {CommandLine: cmd}}\n");
    const auto adapted = load().value();
    EXPECT_NE(plain->fingerprint, adapted->fingerprint);
    ASSERT_EQ(adapted->engine->rules().size(), 1U);
    EXPECT_EQ(adapted->engine->rules()[0]->fields, std::vector<std::string>{"cmd"});
    store::FaultDisk disk{1};
    ASSERT_TRUE(save_content(disk, "content", *adapted));
    write("pipelines/p.yml", "transformations: []\n");
    const auto saved = load_saved_content(disk, "content", adapted->fingerprint);
    ASSERT_TRUE(saved) << saved.error().text;
    EXPECT_EQ((*saved)->engine->fingerprint(), adapted->engine->fingerprint());
    EXPECT_EQ((*saved)->engine->rules()[0]->fields, std::vector<std::string>{"cmd"});
}

TEST_F(ContentSetTest, APipelineThatCannotBeReadIsAnErrorWithItsPlace) {
    write("pipelines/p.yml", "transformations:\n- {type: field_name_maping, mapping: {}}\n");
    const auto content = load();
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().text.substr(0, 9), "pipeline ");
    EXPECT_NE(content.error().text.find("p.yml:2: 'field_name_maping' is no transformation (did you mean field_name_mapping?)"), std::string::npos);
}

}  // namespace
}  // namespace vg::server
