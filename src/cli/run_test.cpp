// The command line against a router of our own that notes what it is asked: in this process, over the control socket and
// over HTTP.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/open_folder_test_kit.h"
#include "cli/parse.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

struct Asked {
    std::string method, path, body, actor, authorization;
    std::vector<net::Header> query;
};

// Answers by a function; notes each request. Any thread.
class NotingRouter final : public api::Router {
public:
    std::function<net::Response(const Asked&)> answer = [](const Asked&) { return net::Response::json(200, R"({"items":[],"next":null})"); };

    net::Response handle(net::Request& request) override { return take(request, "remote"); }
    net::Response handle_as(const access::Actor& actor, net::Request& request) override { return take(request, actor.name); }
    Result<access::Actor> authenticate(const net::Request&) override { return fail(Code::denied, "not here"); }

    std::vector<Asked> asked() {
        const std::lock_guard lock{mutex_};
        return asked_;
    }

private:
    net::Response take(net::Request& request, std::string actor) {
        Asked one{request.method, request.path, request.read_all(1 << 20).value_or(""), std::move(actor), request.header("authorization").value_or(""), request.query};
        {
            const std::lock_guard lock{mutex_};
            asked_.push_back(one);
        }
        return answer(one);
    }
    std::mutex mutex_;
    std::vector<Asked> asked_;  // guarded by mutex_
};

class CommandLine : public ::testing::Test {
protected:
    CommandLine() : folder_((fs::temp_directory_path() / format("vonggac-cli-{}-{}", ::getpid(), ::testing::UnitTest::GetInstance()->random_seed())).string()) {
        fs::create_directories(folder_);
    }
    ~CommandLine() override { fs::remove_all(folder_); }

    int run(std::vector<std::string> words, const std::string& input = "", bool terminal = false) {
        std::istringstream in{input};
        std::ostringstream out, err;
        Streams streams{in, out, err, terminal, terminal};
        const Surroundings surroundings{
            .open_folder = [this](const std::string&) -> Result<std::unique_ptr<OpenFolder>> {
                if (held_) return fail(Code::busy, "another process has it");
                return std::make_unique<Borrowed>(router_);
            },
            .settings = [this](const std::vector<std::string>& arguments) -> Result<json::Value> {
                settings_words_ = arguments;
                if (!settings_error_.empty()) return fail(Code::bad_input, settings_error_);
                return json::array({json::object({{"key", "listen"}, {"value", "127.0.0.1:7300"}, {"text", "where to listen"}, {"text_vi", "nghe ở đâu"}})});
            },
            .serve = [](const std::vector<std::string>& arguments) { return static_cast<int>(40 + arguments.size()); },
            .variable = [this](const char* name) -> std::optional<std::string> {
                const auto found = variables_.find(name);
                return found == variables_.end() ? std::nullopt : std::optional{found->second};
            },
        };
        const int code = cli::run(words, surroundings, streams);
        out_ = out.str();
        err_ = err.str();
        return code;
    }
    // With --data at the end.
    int here(std::vector<std::string> words, const std::string& input = "", bool terminal = false) {
        words.insert(words.end(), {"--data", folder_});
        return run(std::move(words), input, terminal);
    }

    std::string folder_, out_, err_, settings_error_;
    bool held_ = false;
    std::map<std::string, std::string> variables_;
    std::vector<std::string> settings_words_;
    NotingRouter router_;
};

// ---- words ----

TEST_F(CommandLine, WrongWordsAreExplainedWithTheNearestKnownOne) {
    EXPECT_EQ(run({"findin"}), 2);
    EXPECT_NE(err_.find("did you mean finding?"), std::string::npos) << err_;
    EXPECT_EQ(run({"finding", "lst"}), 2);
    EXPECT_NE(err_.find("did you mean list?"), std::string::npos) << err_;
    EXPECT_EQ(here({"finding", "list", "--stat", "new"}), 2);
    EXPECT_NE(err_.find("did you mean --state?"), std::string::npos) << err_;
    EXPECT_EQ(here({"finding", "list", "--state"}), 2) << "without a value";
    EXPECT_EQ(here({"finding", "list", "--state", "new", "--state", "closed"}), 2) << "twice";
    EXPECT_EQ(here({"finding", "show"}), 2) << "without its argument";
    EXPECT_EQ(here({"finding", "show", "a", "b"}), 2) << "with one too many";
    EXPECT_EQ(here({"finding", "mute", "a", "--reason", "x"}), 2) << "without --until";
    EXPECT_EQ(here({"finding", "list", "--format", "xml"}), 2);
    EXPECT_TRUE(router_.asked().empty()) << "nothing is asked when the words are wrong";
}

TEST_F(CommandLine, ServeGetsItsWords) { EXPECT_EQ(run({"serve", "--config", "x"}), 42); }

TEST_F(CommandLine, HelpIsMadeFromTheNouns) {
    EXPECT_EQ(run({}), 0);
    for (const Noun* noun : nouns()) EXPECT_NE(out_.find("\n  " + std::string{noun->name} + " "), std::string::npos) << noun->name;
    EXPECT_EQ(run({"token", "--help"}), 0);
    EXPECT_NE(out_.find("vonggac token add --role ROLE"), std::string::npos) << out_;
    EXPECT_EQ(run({"token", "add", "--help"}), 0);
    EXPECT_NE(out_.find("--server URL"), std::string::npos) << out_;
    EXPECT_EQ(run({"help", "openapi"}), 0);
    EXPECT_TRUE(json::parse(out_));
    EXPECT_EQ(run({"version"}), 0);
    EXPECT_EQ(out_, "vonggac " VG_VERSION "\n");
}

TEST_F(CommandLine, EveryVerbIsDocumented) {
    const std::string man = man_page(), completion = bash_completion();
    for (const Noun* noun : nouns()) {
        EXPECT_TRUE(noun->about.ends_with(".")) << noun->name;
        EXPECT_NE(completion.find(std::string{noun->name}), std::string::npos);
        for (const Verb& verb : noun->verbs) {
            EXPECT_TRUE(verb.about.ends_with(".")) << noun->name << " " << verb.name;
            std::string named = ".B vonggac " + std::string{noun->name} + (verb.name.empty() ? "" : " " + std::string{verb.name});
            for (std::size_t at = named.find('-'); at != std::string::npos; at = named.find('-', at + 2)) named.insert(at, 1, '\\');  // roff's hyphen breaks lines
            EXPECT_NE(man.find(named), std::string::npos) << verb.name;
            std::set<std::string_view> names;
            for (const Option& option : verb.options) EXPECT_TRUE(names.insert(option.name).second) << option.name;
        }
    }
}

// ---- answers ----

TEST_F(CommandLine, ListsFollowTheCursorToTheEnd) {
    router_.answer = [](const Asked& asked) {
        for (const auto& [name, value] : asked.query)
            if (name == "after") return net::Response::json(200, value == "c1" ? R"({"items":[{"id":"3"}],"next":null})" : R"({"items":[]})");
        return net::Response::json(200, R"({"items":[{"id":"1"},{"id":"2"}],"next":"c1"})");
    };
    EXPECT_EQ(here({"finding", "list", "--state", "new"}), 0);
    EXPECT_EQ(out_, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
    ASSERT_EQ(router_.asked().size(), 2U);
    EXPECT_EQ(router_.asked()[1].query, (std::vector<net::Header>{{"state", "new"}, {"limit", "1000"}, {"after", "c1"}}));
    EXPECT_EQ(here({"finding", "list", "--limit", "1"}), 0);
    EXPECT_EQ(out_, "{\"id\":\"1\"}\n");
}

TEST_F(CommandLine, AListThatBreaksOffIsDoneInPart) {
    router_.answer = [](const Asked& asked) {
        if (asked.query.size() > 1) return net::Response::json(503, R"({"detail":"the disk is away","code":"unavailable"})");
        return net::Response::json(200, R"({"items":[{"id":"1"}],"next":"c1"})");
    };
    EXPECT_EQ(here({"org", "list"}), 3);
    EXPECT_NE(err_.find("the disk is away"), std::string::npos) << err_;
}

TEST_F(CommandLine, ATerminalGetsAnAlignedTableAndNoEscapes) {
    router_.answer = [](const Asked&) {
        return net::Response::json(200, R"({"items":[{"id":"1","name":"Tổ chức","created":"x"},{"id":"22","name":"B\u001b[31m","created":"y"}],"next":null})");
    };
    EXPECT_EQ(here({"org", "list"}, "", true), 0);
    EXPECT_EQ(out_, "ID  NAME     PARENT  CREATED  ENDED\n1   Tổ chức          x\n22  B\uFFFD[31m           y\n");
    EXPECT_EQ(here({"org", "list", "--format", "csv"}, "", true), 0);
    EXPECT_EQ(out_.substr(0, out_.find('\r')), "id,name,parent,created,ended");
    router_.answer = [](const Asked&) { return net::Response::json(200, R"({"items":[{"id":"=1+1","name":"a,\"b\""}],"next":null})"); };
    EXPECT_EQ(here({"org", "list", "--format", "csv"}), 0);
    EXPECT_EQ(out_, "id,name,parent,created,ended\r\n'=1+1,\"a,\"\"b\"\"\",,,\r\n") << "no formula, quoted by RFC 4180";
    EXPECT_EQ(here({"org", "list", "--format", "json"}), 0);
    EXPECT_TRUE(json::parse(out_));
}

TEST_F(CommandLine, ProblemsAreSaidWithTheirField) {
    router_.answer = [](const Asked&) { return net::Response::json(409, R"({"detail":"this name is taken","field":"name","code":"conflict"})"); };
    EXPECT_EQ(here({"source", "add", "web-01"}), 2);
    EXPECT_EQ(err_, "vonggac: name: this name is taken\n");
    EXPECT_EQ(out_, "");
}

TEST_F(CommandLine, ATokenStandsAloneOnStandardOutput) {
    router_.answer = [](const Asked&) { return net::Response::json(201, R"({"id":"i","name":"web-01-1","token":"vg_secret"})"); };
    EXPECT_EQ(here({"token", "add", "--role", "ingest", "--source", "web-01"}, "", true), 0);
    EXPECT_EQ(out_, "vg_secret\n");
    EXPECT_EQ(router_.asked()[0].body, R"({"role":"ingest","source":"web-01"})");
}

TEST_F(CommandLine, APasswordComesFromStandardInput) {
    router_.answer = [](const Asked&) { return net::Response::json(201, R"({"id":"i"})"); };
    EXPECT_EQ(here({"user", "add", "an", "--role", "reader", "--password-stdin"}, "một câu dài\r\n"), 0);
    EXPECT_EQ(json::parse(router_.asked()[0].body)->text("password"), "một câu dài");
    EXPECT_EQ(here({"user", "add", "an", "--role", "reader", "--password-stdin"}, ""), 2);
    EXPECT_EQ(here({"user", "add", "an", "--role", "reader", "--password", "x"}), 2) << "a secret is never an argument";
}

TEST_F(CommandLine, ANameStandsForItsId) {
    router_.answer = [](const Asked& asked) {
        if (asked.method == "GET") return net::Response::json(200, R"({"items":[{"id":"0190a8f0-0000-7000-8000-000000000001","name":"web-01"}],"next":null})");
        return net::Response::json(200, "{}");
    };
    EXPECT_EQ(here({"source", "end", "web-01"}), 0);
    EXPECT_EQ(router_.asked().back().path, "/api/v1/sources/0190a8f0-0000-7000-8000-000000000001/end");
    EXPECT_EQ(here({"source", "end", "web-02"}), 2);
}

TEST_F(CommandLine, AFailedVerificationIsExitCodeOne) {
    const auto verify = [&](const char* journal, const char* audit) {
        router_.answer = [=](const Asked& asked) {
            if (asked.method == "GET") return net::Response::json(200, audit);
            net::Response response;
            response.stream = [=, first = true](std::string& out) mutable {
                out += first ? "{\"type\":\"progress\",\"done\":1,\"bytes\":2}\n" : journal + std::string{"\n"};
                return std::exchange(first, false);
            };
            return response;
        };
        return here({"verify"});
    };
    const char* good = R"({"type":"result","good":true,"records":7})";
    EXPECT_EQ(verify(good, R"({"good":true,"lines":3})"), 0);
    EXPECT_EQ(out_, "{\"what\":\"journal\",\"good\":true,\"records\":7,\"reason\":\"\"}\n{\"what\":\"audit\",\"good\":true,\"lines\":3}\n");
    EXPECT_EQ(verify(good, R"({"good":false,"lines":3})"), 1);
    EXPECT_EQ(verify(R"({"type":"result","good":false,"damage":[{"segment":"00001.seg","reason":"checksum"}],"chain_errors":["x"]})", R"({"good":true})"), 1);
    EXPECT_NE(out_.find("00001.seg: checksum; x"), std::string::npos) << out_;
    EXPECT_EQ(verify(R"({"problem":{"detail":"broken"}})", R"({"good":true})"), 2);
    EXPECT_EQ(verify(R"({"type":"progress"})", R"({"good":true})"), 2) << "an answer that breaks off is no result";
}

TEST_F(CommandLine, ARebuildIsWaitedForAndNamesWhatWasKept) {
    int looks = 0;
    std::string kept = "[]";
    router_.answer = [&](const Asked& asked) {
        if (asked.method == "DELETE") return net::Response{.status = 204};
        if (asked.method == "POST") return net::Response::json(202, R"({"segments":3,"events":300,"ranges":0})");
        ++looks;
        const int left = std::max(0, 3 - looks);
        return net::Response::json(200, format(R"({{"trouble":"","segments":3,"events":300,"bytes":9,"missing":[],"damage":[],"rebuild":{{"segments":{},"events":{},"events_marked":300,"kept":{}}}}})", left, left * 100, kept));
    };
    EXPECT_EQ(here({"archive", "rebuild", "--from", "17"}), 0) << err_;
    EXPECT_EQ(router_.asked().front().method + " " + router_.asked().front().path, "POST /api/v1/archive/rebuild");
    EXPECT_EQ(router_.asked().front().body, R"({"from":17})");
    EXPECT_EQ(looks, 3) << "until nothing is left";
    EXPECT_EQ(out_, "{\"segments\":3,\"events\":300,\"ranges\":0,\"kept_segments\":0,\"kept\":[]}\n");
    kept = R"(["segment 000000000001 (positions 0 to 99, 100 events) was kept as it is: the journal holds its records no longer"])";
    EXPECT_EQ(here({"archive", "rebuild"}), 3);
    EXPECT_NE(err_.find("segment 000000000001"), std::string::npos);
    looks = 0;
    EXPECT_EQ(here({"archive", "rebuild", "--segment", "000000000002", "--no-wait"}), 0);
    EXPECT_EQ(router_.asked().back().body, R"({"segment":"000000000002"})");
    EXPECT_EQ(looks, 0);
    EXPECT_EQ(here({"archive", "rebuild", "--stop"}), 0);
    EXPECT_EQ(router_.asked().back().method, "DELETE");
    EXPECT_EQ(here({"archive", "rebuild", "--from", "x"}), 2);
    EXPECT_EQ(here({"archive", "show"}), 0);
    EXPECT_NE(out_.find("\"events_marked\":300"), std::string::npos) << out_;
}

TEST_F(CommandLine, ABackupNamesItsFolderAbsolutelyAndTakesItsPassphraseFromNoArgument) {
    const auto answer_with = [&](const std::string& line) {
        router_.answer = [=](const Asked&) {
            net::Response response;
            response.stream = [=](std::string& out) {
                out = line + "\n";
                return false;
            };
            return response;
        };
    };
    answer_with(R"({"type":"result","snapshot":"20240501T000000Z-0a1b","keys":true})");
    EXPECT_EQ(here({"backup", folder_ + "/x/../usb", "--passphrase-stdin"}, "mười hai con giáp\n"), 0) << err_;
    EXPECT_EQ(router_.asked().back().method + " " + router_.asked().back().path, "POST /api/v1/backup");
    EXPECT_EQ(router_.asked().back().body, format(R"({{"folder":"{}/usb","passphrase":"mười hai con giáp"}})", folder_));
    EXPECT_EQ(out_, "{\"snapshot\":\"20240501T000000Z-0a1b\",\"keys\":true}\n");
    variables_["VONGGAC_BACKUP_PASSPHRASE"] = "from the environment";
    EXPECT_EQ(here({"backup"}), 0) << "into the folder of the settings";
    EXPECT_EQ(router_.asked().back().body, R"({"passphrase":"from the environment"})");
    variables_.clear();

    answer_with(R"({"type":"result","keys":false})");
    EXPECT_EQ(here({"backup", "/mnt/usb"}), 3) << "the keys are missing";
    EXPECT_NE(err_.find("NOT in this backup"), std::string::npos);
    EXPECT_EQ(here({"backup", "/mnt/usb", "--without-keys"}), 0);
    EXPECT_EQ(router_.asked().back().body, R"({"folder":"/mnt/usb","without_keys":true})");
    answer_with(R"({"problem":{"detail":"the disk is full"}})");
    EXPECT_EQ(here({"backup", "/mnt/usb"}), 2);
    EXPECT_NE(err_.find("the disk is full"), std::string::npos) << err_;
    answer_with(R"({"type":"progress","stage":"journal","done":1,"bytes":2})");
    EXPECT_EQ(here({"backup", "/mnt/usb"}), 2) << "an answer that breaks off is no backup";
}

TEST_F(CommandLine, BackupFoldersAreLookedAtWithoutAServer) {
    for (const char* verb : {"list", "verify"}) {
        EXPECT_EQ(run({"backup", verb, folder_}), 2);
        EXPECT_NE(err_.find("is no backup"), std::string::npos) << err_;
    }
    EXPECT_EQ(run({"backup", "prune", folder_}), 2) << "without --keep";
    EXPECT_EQ(run({"backup", "prune", folder_, "--keep", "0"}), 2);
    EXPECT_EQ(run({"backup", "list"}), 2) << "without the folder";
    EXPECT_EQ(run({"backup", "list", folder_ + "/missing"}), 2);
    EXPECT_EQ(run({"restore", folder_}), 2) << "without --data";
    EXPECT_TRUE(router_.asked().empty());
}

TEST_F(CommandLine, ATableHasTitlesOfRulesInTheLanguageOfTheLocale) {
    router_.answer = [](const Asked& asked) {
        return net::Response::json(200, asked.path == "/api/v1/rules" ? R"({"items":[{"id":"1","title":"Ransom note","title_vi":"Thư đòi tiền chuộc"},{"id":"2","title":"Whoami"}],"next":null})"
                                                                      : R"({"items":[{"id":"1","rule":{"title":"Ransom note","title_vi":"Thư đòi tiền chuộc"}},{"id":"2","rule":{"title":"Whoami"}}],"next":null})");
    };
    for (const char* noun : {"rule", "finding"}) {
        variables_ = {{"LANG", "en_GB.UTF-8"}};
        EXPECT_EQ(here({noun, "list"}, "", true), 0);
        EXPECT_NE(out_.find("Ransom note"), std::string::npos) << out_;
        EXPECT_EQ(out_.find("Thư"), std::string::npos) << out_;
        variables_ = {{"LANG", "vi_VN.UTF-8"}};
        EXPECT_EQ(here({noun, "list"}, "", true), 0);
        EXPECT_NE(out_.find("Thư đòi tiền chuộc"), std::string::npos) << out_;
        EXPECT_EQ(out_.find("Ransom"), std::string::npos) << out_;
        EXPECT_NE(out_.find("Whoami"), std::string::npos) << "the one that there is";
        EXPECT_EQ(here({noun, "list", "--format", "csv"}), 0);
        EXPECT_NE(out_.find("Ransom note"), std::string::npos) << "for programs a column is what its head says";
    }
    router_.answer = [](const Asked&) { return net::Response::json(200, R"({"title":"Ransom note","title_vi":"Thư đòi tiền chuộc","author":"An","held":true,"parts":[]})"); };
    EXPECT_EQ(here({"rule", "explain", "e", "r", "--format", "table"}), 0);
    EXPECT_EQ(out_.find("Thư đòi tiền chuộc (An)"), 0U) << out_;
}

TEST_F(CommandLine, SettingsAreCheckedWithoutAServer) {
    EXPECT_EQ(run({"config", "show", "--config", "x.toml"}), 0);
    EXPECT_EQ(settings_words_, (std::vector<std::string>{"--config", "x.toml"}));
    EXPECT_EQ(out_, "{\"key\":\"listen\",\"value\":\"127.0.0.1:7300\",\"text\":\"where to listen\",\"text_vi\":\"nghe ở đâu\"}\n") << "one row a setting";
    EXPECT_EQ(run({"config", "show", "--format", "table"}), 0);
    EXPECT_NE(out_.find("where to listen"), std::string::npos) << out_;
    EXPECT_EQ(out_.find("nghe"), std::string::npos) << out_;
    variables_ = {{"LANG", "en_GB.UTF-8"}, {"LC_MESSAGES", "vi_VN.UTF-8"}};
    EXPECT_EQ(run({"config", "show", "--format", "table"}), 0);
    EXPECT_NE(out_.find("nghe ở đâu"), std::string::npos) << out_;
    EXPECT_EQ(out_.find("where"), std::string::npos) << out_;
    variables_["LC_ALL"] = "C";
    EXPECT_EQ(run({"config", "show", "--format", "table"}), 0);
    EXPECT_NE(out_.find("where to listen"), std::string::npos) << "LC_ALL is over the others";
    settings_error_ = "x.toml, line 3: there is no setting lisen; did you mean listen?";
    EXPECT_EQ(run({"config", "check"}), 2);
    EXPECT_NE(err_.find("did you mean listen?"), std::string::npos);
    EXPECT_TRUE(router_.asked().empty());
}

TEST_F(CommandLine, LintNamesRefusedRulesAndAnswersNo) {
    std::ofstream{folder_ + "/good.yml"} << "title: A rule\nid: 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11\nlogsource:\n    product: windows\ndetection:\n    s:\n        A: 1\n    condition: s\n";
    EXPECT_EQ(run({"rule", "lint", folder_}), 0) << out_ << err_;
    std::ofstream{folder_ + "/bad.yml"} << "title: Another\nlogsource:\n    product: windows\ndetection:\n    s:\n        A: 1\n    condition: s and\n";
    EXPECT_EQ(run({"rule", "lint", folder_}), 1);
    EXPECT_NE(out_.find("bad.yml"), std::string::npos) << out_;
    EXPECT_EQ(run({"rule", "lint", folder_ + "/missing"}), 2);
}

// ---- channels ----

TEST_F(CommandLine, AFreeFolderIsOpenedHereUnderOurOwnName) {
    EXPECT_EQ(here({"org", "list"}), 0);
    EXPECT_EQ(router_.asked()[0].actor, format("local:{}", ::geteuid()));
    EXPECT_EQ(run({"org", "list", "--data", folder_ + "/missing"}), 2);
    EXPECT_NE(err_.find("there is no data folder"), std::string::npos) << err_;
}

TEST_F(CommandLine, AHeldFolderIsAskedThroughItsSocketAndAFarServerByHttp) {
    metrics::Registry metrics;
    auto server = net::Server::start({.listen = {{folder_ + "/control.sock", 0}, {"127.0.0.1", 0}}}, [this](net::Request& request) { return router_.handle(request); }, metrics);
    ASSERT_TRUE(server) << server.error().text;
    held_ = true;
    variables_["VONGGAC_TOKEN"] = "vg_t";
    EXPECT_EQ(here({"org", "add", "Tổ chức"}), 0) << err_;
    ASSERT_EQ(router_.asked().size(), 1U);
    EXPECT_EQ(router_.asked()[0].body, R"({"name":"Tổ chức"})");
    EXPECT_EQ(router_.asked()[0].authorization, "") << "the socket says who we are";
    const std::string url = format("http://127.0.0.1:{}", (*server)->port(1));
    EXPECT_EQ(run({"finding", "list", "--entity", "host:a&b", "--server", url + "/"}), 0) << err_;
    EXPECT_EQ(router_.asked()[1].authorization, "Bearer vg_t");
    EXPECT_EQ(router_.asked()[1].query[0], (net::Header{"entity", "host:a&b"}));
    EXPECT_EQ(here({"org", "list", "--server", url}), 2) << "--data and --server exclude one another";
    variables_.clear();
    EXPECT_EQ(run({"org", "list", "--server", url}), 2) << "without a token";
    EXPECT_NE(err_.find("VONGGAC_TOKEN"), std::string::npos);
    (*server)->stop(seconds(1));
    variables_["VONGGAC_TOKEN"] = "vg_t";
    EXPECT_EQ(run({"org", "list", "--server", url}), 2) << "nobody answers";
}

}  // namespace
}  // namespace vg::cli
