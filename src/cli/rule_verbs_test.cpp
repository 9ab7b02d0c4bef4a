// `vonggac rule lint` and `rule test` over files, and `rule import` against a router that notes what it gets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/zip.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/open_folder_test_kit.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

class Canned final : public api::Router {
public:
    net::Response handle(net::Request& request) override { return handle_as({}, request); }
    net::Response handle_as(const access::Actor&, net::Request& request) override {
        asked = request.method + " " + request.path;
        query.clear();
        for (const auto& [name, value] : request.query) query[name] = value;
        body = request.read_all(64 << 20).value_or("");
        return net::Response::json(200, answer);
    }
    Result<access::Actor> authenticate(const net::Request&) override { return fail(Code::denied, "not here"); }
    std::string asked, body, answer = "{}";
    std::map<std::string, std::string> query;
};

class RuleVerbs : public ::testing::Test {
protected:
    RuleVerbs() : folder_((fs::temp_directory_path() / format("vonggac-rule-{}", ::getpid())).string()) { fs::create_directories(folder_ + "/cases/one"); }
    ~RuleVerbs() override { fs::remove_all(folder_); }

    int run(std::vector<std::string> words, bool terminal = false) {
        std::istringstream in;
        std::ostringstream out, err;
        Streams streams{in, out, err, terminal, false};
        Surroundings surroundings;
        surroundings.open_folder = [this](const std::string&) -> Result<std::unique_ptr<OpenFolder>> { return std::make_unique<Borrowed>(router); };
        surroundings.variable = [](const char* name) -> std::optional<std::string> {
            if (std::string_view{name} == "VONGGAC_CONTENT") return std::string{VG_SOURCE_DIR "/content"};
            return std::nullopt;
        };
        words.insert(words.begin(), "rule");
        const int code = cli::run(words, surroundings, streams);
        out_ = out.str() + err.str();
        return code;
    }
    void write(const std::string& name, std::string_view text) { std::ofstream{folder_ + "/" + name} << text; }
    static std::string rule(std::string_view detection) {
        return format("title: One\nid: 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a77\nlogsource:\n    product: linux\n    service: sshd\ndetection:\n{}", detection);
    }

    std::string folder_, out_;
    Canned router;
};

constexpr char kAccepted[] = "    a:\n        event.action: ssh_login\n        event.outcome: success\n    condition: a\n";

TEST_F(RuleVerbs, LintTellsThePlaceInBothLanguages) {
    write("one.yaml", rule("    a:\n        n: 1\n    b:\n        n: 2\n    condition: a and b\n"));
    EXPECT_EQ(run({"lint", folder_}, true), 1);
    EXPECT_NE(out_.find("/one.yaml:10: lỗi / error: never-matches: One"), std::string::npos) << out_;
    EXPECT_NE(out_.find("không sự kiện nào"), std::string::npos);
    EXPECT_NE(out_.find("no event can match"), std::string::npos);
    write("one.yaml", rule("    a:\n        n: 1\n    b:\n        n: 2\n    condition: a\n"));
    EXPECT_EQ(run({"lint", folder_}), 0) << "warnings alone";
    EXPECT_NE(out_.find("\"unused-part\""), std::string::npos) << out_;
    EXPECT_EQ(run({"lint", folder_, "--strict"}), 1);
    write("one.yaml", rule("    a:\n        process.executible: x\n    condition: a\n"));
    run({"lint", folder_});
    EXPECT_NE(out_.find("process.executable"), std::string::npos) << out_;
    EXPECT_EQ(run({"lint", folder_ + "/nothing"}), 2);
}

TEST_F(RuleVerbs, TestRunsTheCasesBesideARule) {
    write("one.yaml", rule(kAccepted));
    EXPECT_EQ(run({"test", folder_ + "/one.yaml"}), 3) << "no cases";
    EXPECT_NE(out_.find("\"missing\""), std::string::npos) << out_;
    write("cases/one/attack.log", "May 13 02:14:07 web01 sshd[21877]: Accepted password for root from 203.0.113.45 port 51812 ssh2\n");
    write("cases/one/benign.log", "May 13 02:11:55 web01 sshd[21860]: Failed password for root from 203.0.113.45 port 51790 ssh2\n");
    write("cases/one/origin.txt", "worked by hand\n");
    EXPECT_EQ(run({"test", folder_}), 0) << out_;
    write("cases/one/benign.log", "May 13 02:14:07 web01 sshd[21877]: Accepted password for an from 203.0.113.45 port 51812 ssh2\n");
    EXPECT_EQ(run({"test", folder_}), 1);
    EXPECT_NE(out_.find("record 1: fires: 'One'; it must be: -"), std::string::npos) << out_;
    write("one.yaml", "title: One\n");
    EXPECT_EQ(run({"test", folder_}), 1) << "a refused rule fails";
}

TEST_F(RuleVerbs, ImportSendsAFolderAsAZip) {
    write("one.yaml", rule(kAccepted));
    write("LICENSE", "MIT License\n");
    write("note.md", "not sent\n");
    router.answer = R"({"pack":{"name":"my-rules","version":"1","licence":"MIT"},"before":null,"dry_run":false,"added":{"count":1,"rules":[{"id":"x","title":"One"}]},"changed":{"count":0,"rules":[]},
        "removed":{"count":0,"rules":[]},"same":0,"passed_over":0,"refused":[],"refused_count":0,"tuned":[],"in_force":1})";
    EXPECT_EQ(run({"import", folder_, "--name", "my-rules", "--version", "1", "--data", folder_}, true), 0) << out_;
    EXPECT_EQ(router.asked, "POST /api/v1/rule-packs");
    EXPECT_EQ(router.query["name"], "my-rules");
    const auto held = api::read_zip(router.body);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->files.size(), 2U);
    EXPECT_EQ(held->files.at("LICENSE"), "MIT License\n");
    EXPECT_NE(out_.find("+ 1 luật mới / added"), std::string::npos) << out_;
    router.answer = R"({"refused_count":2})";
    EXPECT_EQ(run({"import", folder_ + "/one.yaml", "--data", folder_}), 3) << "some are refused";
    EXPECT_EQ(router.query["name"], "one");
    EXPECT_EQ(run({"import", "ftp://x/y.zip", "--data", folder_}), 2);
    EXPECT_EQ(run({"import", folder_ + "/nothing.zip", "--data", folder_}), 2);
}

}  // namespace
}  // namespace vg::cli
