// `vonggac org import`, `range`, `system`, `asset` and `contact` over a data folder that nobody serves: what each answers, with which
// exit code, and what is there when the folder is opened again.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/open_folder_test_kit.h"
#include "server/node.h"

namespace vg::server::directory_command_test {
namespace {

namespace fs = std::filesystem;

class DirectoryCommand : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / format("vonggac-directory-command-{}", ::getpid());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        settings_.data = (folder_ / "data").string();
        settings_.shipped_rules = false;
        settings_.content = std::string{VG_SOURCE_DIR} + "/content";
        open();
        // A child stands above its parent, a parent is unknown, a kind is none.
        const std::string table = write("org.csv",
                                        "Tên đơn vị,Loại,Cấp trên,Mã định danh,Tên tiếng Anh\n"
                                        "Trường A,school,Sở Giáo dục,H99.2,School A\n"
                                        "Sở Giáo dục,other,,H99.1,\n"
                                        "Trường B,,Sở Không Có,,\n"
                                        "Trường C,castle,Sở Giáo dục,,\n");
        EXPECT_EQ(run({"org", "import", table, "--document", "1/QĐ", "--from", "2024-01-01"}), 3) << err_;
        EXPECT_EQ(answer().integer("read"), 4);
        EXPECT_EQ(answer().integer("added"), 3);
        EXPECT_EQ(answer().integer("refused"), 1);
        EXPECT_EQ(answer().integer("facts_added"), 5) << "two identifiers, two kinds and an English name";
        EXPECT_NE(err_.find("line 4: there is no organisation Sở Không Có to be its parent"), std::string::npos) << err_;
        EXPECT_NE(err_.find("line 5: kind is one of ministry|"), std::string::npos) << err_;
    }
    void TearDown() override {
        node_.reset();
        fs::remove_all(folder_);
    }
    void open() {
        node_.reset();
        auto node = Node::open(settings_, {.clock = &clock_, .before_parse = {}});
        ASSERT_TRUE(node) << node.error().text;
        node_ = std::move(*node);
    }
    std::string write(const std::string& name, std::string_view text) {
        std::ofstream{folder_ / name, std::ios::binary} << text;
        return (folder_ / name).string();
    }
    int run(std::vector<std::string> words) {
        words.insert(words.begin() + 2, {"--data", settings_.data});
        std::istringstream in;
        std::ostringstream out, err;
        cli::Streams streams{in, out, err, false, false};
        cli::Surroundings surroundings;
        surroundings.open_folder = [this](const std::string&) -> Result<std::unique_ptr<cli::OpenFolder>> { return std::make_unique<cli::Borrowed>(node_->router()); };
        surroundings.now = [this] { return clock_.now(); };
        const int code = cli::run(words, surroundings, streams);
        out_ = out.str();
        err_ = err.str();
        return code;
    }
    // The last line of the answer.
    json::Value answer() {
        const std::string_view text = trim(out_);
        const std::size_t line = text.rfind('\n');
        return json::parse(line == std::string_view::npos ? text : text.substr(line + 1)).value_or(json::Value{});
    }

    fs::path folder_;
    Settings settings_;
    ManualClock clock_{parse_time("2026-03-01T00:00:00Z").value()};
    std::unique_ptr<Node> node_;
    std::string out_, err_;
};

TEST_F(DirectoryCommand, TheSameOrganisationsAgainAreThere) {
    const std::string table = write("again.csv", "name,kind,parent\nso giao duc,other,\nTrường A,school,Sở Giáo dục\n");
    EXPECT_EQ(run({"org", "import", table, "--document", "1/QĐ", "--from", "2024-01-01"}), 0) << err_;
    EXPECT_EQ(answer().integer("added"), 0);
    EXPECT_EQ(answer().integer("same"), 2);
    EXPECT_EQ(answer().integer("facts_added"), 0);
}

TEST_F(DirectoryCommand, ARangeIsImportedAskedAndEnded) {
    const std::string table = write("ranges.csv",
                                    "Đơn vị,Dải địa chỉ,Từ ngày,Đến ngày,Văn bản,Màu\n"
                                    "H99.1,203.0.113.0/24,01/02/2024,,5/QĐ,xanh\n"
                                    "Trường A,203.0.113.64/26,01/02/2024,31/12/2024,6/QĐ,\n"
                                    "Trường A,203.0.113.65/26,01/02/2024,,6/QĐ,\n");
    EXPECT_EQ(run({"range", "import", table, "--dry-run"}), 3);
    EXPECT_EQ(answer().integer("added"), 2);
    EXPECT_EQ(answer().boolean("kept"), false);
    EXPECT_NE(err_.find("the column Màu is passed over"), std::string::npos) << err_;
    EXPECT_NE(err_.find("line 4: field range: 203.0.113.65/26 has bits behind its prefix; is 203.0.113.64/26 meant?"), std::string::npos) << err_;
    EXPECT_EQ(run({"range", "list"}), 0);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(run({"range", "import", table}), 3);
    EXPECT_EQ(answer().integer("added"), 2);
    EXPECT_EQ(answer().text("state"), "approved");
    open();  // what is kept is read again
    EXPECT_EQ(run({"range", "whose", "203.0.113.70", "--time", "31/12/2024 23:59"}), 0);
    EXPECT_EQ(answer().text("kind"), "owner");
    EXPECT_EQ(answer().find("claims")->as_array().at(0).text("organisation_name"), "Trường A");
    EXPECT_EQ(answer().find("claims")->as_array().at(0).text("document"), "6/QĐ");
    EXPECT_EQ(run({"range", "whose", "203.0.113.70", "--time", "2025-01-01"}), 0) << "the day after its last";
    EXPECT_EQ(answer().find("claims")->as_array().at(0).text("organisation_name"), "Sở Giáo dục");
    EXPECT_EQ(run({"range", "whose", "8.8.8.8"}), 1);
    EXPECT_EQ(answer().text("kind"), "gap");
    EXPECT_EQ(run({"range", "list", "--text", "203.0.113.0"}), 0);
    const std::string number = format("{}", answer().integer("number").value_or(0));
    EXPECT_EQ(run({"range", "end", number, "--until", "2024-06-30", "--reason", "given back"}), 0) << err_;
    EXPECT_EQ(run({"range", "show", number}), 0);
    EXPECT_EQ(answer().text("until"), "2024-06-30T17:00:00Z") << "the last day is within";
    EXPECT_EQ(answer().text("reason"), "given back");
    EXPECT_EQ(run({"range", "whose", "203.0.113.1", "--time", "2024-07-01"}), 1);
    EXPECT_EQ(run({"range", "show", "999"}), 2);
    EXPECT_EQ(run({"range", "show", "seventeen"}), 2);
}

TEST_F(DirectoryCommand, SystemsAssetsAndContactsAreSaidInWords) {
    EXPECT_EQ(run({"system", "add", "Sở Giáo dục", "LMS", "Học trực tuyến", "--level", "3", "--operator", "Trường A", "--decision-date", "2024-02-01", "--from", "1/2/2024", "--document", "7/QĐ"}), 0) << err_;
    EXPECT_EQ(answer().text("state"), "approved");
    EXPECT_EQ(answer().find("body")->integer("level"), 3);
    EXPECT_EQ(run({"system", "add", "Sở Giáo dục", "LMS", "Học trực tuyến", "--level", "9", "--from", "1/2/2024", "--document", "7/QĐ"}), 2);
    EXPECT_NE(err_.find("level"), std::string::npos) << err_;
    EXPECT_EQ(run({"asset", "add", "Trường A", "may-01", "--addresses", "203.0.113.70; 10.0.0.7", "--system", "LMS", "--from", "2024-02-01", "--document", "kiểm kê"}), 0) << err_;
    EXPECT_EQ(answer().find("body")->find("addresses")->as_array().size(), 2u);
    EXPECT_EQ(run({"contact", "add", "Trường A", "incident", "email", "it@example.vn", "--hours", "24/7", "--from", "2024-02-01", "--document", "CV"}), 0) << err_;
    EXPECT_EQ(run({"contact", "list", "--org", "Trường A", "--format", "csv"}), 0);
    EXPECT_NE(out_.find("it@example.vn"), std::string::npos) << out_;
    EXPECT_EQ(run({"system", "list", "--text", "hoc truc tuyen"}), 0);
    EXPECT_EQ(answer().text("subject"), "LMS");
}

}  // namespace
}  // namespace vg::server::directory_command_test
