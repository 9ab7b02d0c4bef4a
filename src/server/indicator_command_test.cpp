// `vonggac indicator` and `vonggac feed` over a data folder that nobody serves: what each answers, and with which exit code.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/open_folder_test_kit.h"
#include "server/node.h"

namespace vg::server {
namespace {

namespace fs = std::filesystem;

class IndicatorCommand : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / format("vonggac-indicator-command-{}", ::getpid());
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "lists");
        fs::create_directories(folder_ / "warninglists");
        write("warninglists/big.json", R"({"name":"Big sites","type":"hostname","matching_attributes":["domain"],"list":["cdn.example"]})");
        settings_.data = (folder_ / "data").string();
        settings_.shipped_rules = false;
        settings_.content = std::string{VG_SOURCE_DIR} + "/content";
        settings_.warninglists = (folder_ / "warninglists").string();
        settings_.feed_folders = {(folder_ / "lists").string()};
        open();
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
    // The first line of the answer as JSON.
    json::Value answer() { return json::parse(out_.substr(0, out_.find('\n'))).value_or(json::Value{}); }

    fs::path folder_;
    Settings settings_;
    ManualClock clock_{*parse_time("2026-06-01T00:00:00Z")};
    std::unique_ptr<Node> node_;
    std::string out_, err_;
};

TEST_F(IndicatorCommand, ImportTellsWhatWasRefusedAndWhatIsLikelyAFalsePositive) {
    const std::string list = write("june.txt", "203.0.113.66\nwww.cdn.example\nthis is nothing\n");
    EXPECT_EQ(run({"indicator", "import", list, "--dry-run"}), 3);
    EXPECT_EQ(answer().integer("added"), 2);
    EXPECT_EQ(run({"indicator", "list"}), 0);
    EXPECT_EQ(out_, "") << "a preview keeps nothing";
    EXPECT_EQ(run({"indicator", "import", list}), 3);
    EXPECT_EQ(answer().integer("read"), 3);
    EXPECT_EQ(answer().integer("added"), 2);
    EXPECT_EQ(answer().integer("refused"), 1);
    EXPECT_EQ(answer().integer("warned"), 1);
    EXPECT_NE(err_.find("line 3: "), std::string::npos) << err_;
    EXPECT_NE(err_.find("www.cdn.example: on the warninglist \"Big sites\""), std::string::npos) << err_;
    EXPECT_EQ(run({"indicator", "show", "hxxp://www[.]cdn.example/x"}), 0);
    EXPECT_EQ(answer().text("warning"), "on the warninglist \"Big sites\"");
    EXPECT_EQ(answer().boolean("caution"), false);
    EXPECT_EQ(run({"indicator", "list", "--list", "june"}), 0);
    EXPECT_NE(out_.find("Big sites"), std::string::npos) << out_;
}

TEST_F(IndicatorCommand, ShowSaysNoWhenNothingIsSaid) {
    EXPECT_EQ(run({"indicator", "show", "203.0.113.1"}), 1);
    EXPECT_EQ(run({"indicator", "show", "this is nothing"}), 2);
}

TEST_F(IndicatorCommand, WhatIsAllowedIsNamedAndTakenBack) {
    run({"indicator", "import", write("june.txt", "evil.example\n")});
    EXPECT_EQ(run({"indicator", "allow", "evil.example", "--days", "30", "--reason", "our sinkhole"}), 0);
    EXPECT_EQ(answer().text("until"), "2026-07-01T00:00:00Z");
    EXPECT_EQ(run({"indicator", "allowed"}), 0);
    EXPECT_EQ(answer().text("reason"), "our sinkhole");
    EXPECT_EQ(run({"indicator", "export", "--tlp", "amber"}), 0);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(run({"indicator", "disallow", "evil.example"}), 0);
    EXPECT_EQ(run({"indicator", "export", "--tlp", "amber"}), 0);
    EXPECT_EQ(out_, "evil.example\n");
}

TEST_F(IndicatorCommand, EndTakesAwayOneValueOrAll) {
    run({"indicator", "import", write("june.txt", "evil.example\nworse.example\n")});
    EXPECT_EQ(run({"indicator", "end", "june", "--value", "evil.example", "--reason", "reassigned"}), 0);
    EXPECT_EQ(answer().integer("ended"), 1);
    EXPECT_EQ(run({"indicator", "show", "evil.example"}), 1);
    EXPECT_EQ(run({"indicator", "end", "june", "--reason", "it is over"}), 0);
    EXPECT_EQ(run({"indicator", "show", "worse.example"}), 1);
}

TEST_F(IndicatorCommand, ExportGivesEachFormWithoutWhatIsDoubtfulOrNotToBeShared) {
    run({"indicator", "import", write("june.txt", "evil.example\nwww.cdn.example\n"), "--family", "fox", "--confidence", "80", "--tlp", "green"});
    run({"indicator", "import", write("secret.txt", "secret.example\n"), "--tlp", "red"});
    const std::string file = (folder_ / "intel.dat").string();
    EXPECT_EQ(run({"indicator", "export", "--as", "zeek-intel", "--out", file}), 0);
    std::ifstream stream{file};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    EXPECT_EQ(text, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\nevil.example\tIntel::DOMAIN\tvonggac\tfox: june\n");
    // RFC 4648, section 4.
    EXPECT_EQ(run({"indicator", "export", "--as", "suricata-dataset-domain"}), 0);
    EXPECT_EQ(out_, "ZXZpbC5leGFtcGxl\n");
    EXPECT_EQ(run({"indicator", "export", "--as", "stix"}), 0);
    EXPECT_NE(out_.find("[domain-name:value = 'evil.example']"), std::string::npos) << out_;
    EXPECT_EQ(out_.find("secret"), std::string::npos);
    EXPECT_EQ(run({"indicator", "export", "--confidence", "81"}), 0);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(run({"indicator", "export", "--tlp", "red"}), 2);
    EXPECT_EQ(run({"indicator", "export", "--as", "pdf"}), 2);
}

TEST_F(IndicatorCommand, AFeedIsAddedPulledHeldReleasedAndRemoved) {
    std::string twenty, fifty;
    for (int i = 0; i < 50; ++i) (i < 20 ? twenty : fifty) += format("d{}.example\n", i);
    fifty = twenty + fifty;
    const std::string list = write("lists/pub.txt", twenty);
    EXPECT_EQ(run({"feed", "add", "pub", list, "--family", "fox", "--every", "30", "--org", "CERT Example"}), 0);
    EXPECT_EQ(answer().text("state"), "waiting");
    EXPECT_EQ(run({"feed", "pull", "pub"}), 0);
    EXPECT_EQ(answer().integer("entries"), 20);
    EXPECT_EQ(answer().text("next"), "2026-06-01T00:30:00Z");
    EXPECT_EQ(run({"indicator", "show", "www.d3.example"}), 0);
    EXPECT_EQ(answer().text("family"), "fox");
    write("lists/pub.txt", fifty);
    EXPECT_EQ(run({"feed", "pull", "pub"}), 1);
    EXPECT_EQ(answer().text("state"), "held");
    const std::string mark = answer().text("held").value_or("");
    EXPECT_EQ(run({"indicator", "show", "d33.example"}), 1);
    EXPECT_EQ(run({"feed", "show", "pub"}), 0);
    EXPECT_NE(out_.find("the feed grew from 20 to 50 entries"), std::string::npos) << out_;
    EXPECT_EQ(run({"feed", "release", "pub", "--reason", "looked at it", "--held", "something else"}), 2);
    EXPECT_EQ(run({"feed", "release", "pub", "--reason", "looked at it", "--held", mark}), 0);
    EXPECT_EQ(run({"indicator", "show", "d33.example"}), 0);
    EXPECT_EQ(run({"feed", "add", "outside", "/etc/hosts"}), 0);
    EXPECT_EQ(run({"feed", "pull", "outside"}), 1);
    EXPECT_EQ(answer().text("last_error"), "/etc/hosts is not there, or in no folder of the setting feeds.folders");
    EXPECT_EQ(run({"feed", "list"}), 0);
    EXPECT_EQ(answer().text("name"), "outside");
    EXPECT_EQ(run({"feed", "remove", "pub"}), 0);
    EXPECT_EQ(run({"indicator", "show", "d33.example"}), 1);
    EXPECT_EQ(run({"feed", "show", "pub"}), 2);
    EXPECT_EQ(run({"feed", "pull", "pub"}), 2);
}

// A warninglist that comes, or goes, holds from the next start on, for what is in force already.
TEST_F(IndicatorCommand, AnotherWarninglistHoldsFromTheNextStartOn) {
    run({"indicator", "import", write("june.txt", "evil.example\n")});
    EXPECT_EQ(run({"indicator", "show", "evil.example"}), 0);
    EXPECT_FALSE(answer().text("warning"));
    write("warninglists/big.json", R"({"name":"Big sites","type":"hostname","matching_attributes":["domain"],"list":["evil.example"]})");
    settings_.listen = {"127.0.0.1:0"};
    open();
    const Status served = node_->serve();
    ASSERT_TRUE(served) << served.error().text;
    EXPECT_EQ(run({"indicator", "show", "evil.example"}), 0);
    EXPECT_EQ(answer().text("warning"), "on the warninglist \"Big sites\"");
    // And from a reload on.
    write("warninglists/big.json", R"({"name":"Bigger sites","type":"hostname","matching_attributes":["domain"],"list":["evil.example"]})");
    EXPECT_TRUE(node_->reload());
    EXPECT_EQ(run({"indicator", "show", "evil.example"}), 0);
    EXPECT_EQ(answer().text("warning"), "on the warninglist \"Bigger sites\"");
    node_->stop(seconds(1));
    settings_.warninglists = (folder_ / "nowhere").string();
    open();
    const Status wrong = node_->serve();
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().text.find("indicators.warninglists"), std::string::npos) << wrong.error().text;
}

}  // namespace
}  // namespace vg::server
