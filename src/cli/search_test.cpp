// `vonggac search` against a router that answers from a list.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/open_folder_test_kit.h"
#include "cli/search_request.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

const Time kNow = *parse_time("2026-05-01T12:00:00Z");

class CannedRouter final : public api::Router {
public:
    std::function<net::Response(net::Request&)> answer;
    net::Response handle(net::Request& request) override { return answer(request); }
    net::Response handle_as(const access::Actor&, net::Request& request) override {
        const std::lock_guard lock{mutex};
        asked.push_back(request.method + " " + request.path);
        last.clear();
        for (const auto& [name, value] : request.query) last[name] = value;
        body = request.read_all(1 << 20).value_or("");
        return answer(request);
    }
    Result<access::Actor> authenticate(const net::Request&) override { return fail(Code::denied, "not here"); }

    std::mutex mutex;
    std::vector<std::string> asked;
    std::map<std::string, std::string> last;
    std::string body;
};

class SearchCommand : public ::testing::Test {
protected:
    SearchCommand() : folder_((fs::temp_directory_path() / format("vonggac-cli-search-{}", ::getpid())).string()) { fs::create_directories(folder_); }
    ~SearchCommand() override { fs::remove_all(folder_); }

    int run(std::vector<std::string> words, bool terminal = false) {
        words.insert(words.begin(), "search");
        words.insert(words.begin() + 1, {"--data", folder_});
        std::istringstream in;
        std::ostringstream out, err;
        Streams streams{in, out, err, terminal, false};
        Surroundings surroundings;
        surroundings.open_folder = [this](const std::string&) -> Result<std::unique_ptr<OpenFolder>> { return std::make_unique<Borrowed>(router); };
        surroundings.now = [] { return kNow; };
        const int code = cli::run(words, surroundings, streams);
        out_ = out.str();
        err_ = err.str();
        return code;
    }
    void answers(std::string text, int status = 200) {
        router.answer = [text, status](net::Request&) { return net::Response::json(status, text); };
    }

    std::string folder_, out_, err_;
    CannedRouter router;
};

constexpr char kEvent[] = R"({"id":"j:1","occurred":"2026-05-01T11:00:00Z","received":"2026-05-01T11:00:00Z","source":{"id":null,"name":"web"},"organisation":"o","format":"json","peer":"","fields":{"message":"hello","host.name":"web-01"},"masked":false})";

TEST(Moments, AreWrittenAsPeopleWriteThem) {
    EXPECT_EQ(parse_moment("now", kNow)->micros, kNow.micros);
    EXPECT_EQ(to_rfc3339(*parse_moment("-24h", kNow)), "2026-04-30T12:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_moment("90d", kNow)), "2026-01-31T12:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_moment("now-15m", kNow)), "2026-05-01T11:45:00Z");
    EXPECT_EQ(to_rfc3339(*parse_moment("2026-01-31", kNow)), "2026-01-31T00:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_moment("2026-01-31T08:00:00+07:00", kNow)), "2026-01-31T01:00:00Z");
    for (const char* wrong : {"", "yesterday", "now+1h", "-", "24", "2026-13-01"}) EXPECT_FALSE(parse_moment(wrong, kNow)) << wrong;
}

TEST(Pointed, PutsACaretUnderTheWrongPlace) {
    EXPECT_EQ(pointed("souce.ip:1 AND x", 0, 8, "there is no field souce.ip", "source.ip"),
              "there is no field souce.ip\n    souce.ip:1 AND x\n    ^~~~~~~~\n    did you mean source.ip?");
    EXPECT_EQ(pointed("a AND", 5, 0, "something is missing", ""), "something is missing\n    a AND\n         ^");
    // Columns, not bytes: "mã độc" has 6 columns and 10 bytes.
    EXPECT_EQ(pointed("mã độc AND (", 15, 1, "not closed", ""), "not closed\n    mã độc AND (\n               ^");
    EXPECT_EQ(pointed("a\x1b[31m", 0, 99999, "wrong", "").find('\x1b'), std::string::npos);
    const std::string far = pointed(std::string(5000, 'x') + "(", 5000, 1, "not closed", "");
    EXPECT_LT(far.size(), 300U) << "a long query is shown around the place";
    EXPECT_NE(far.find("…"), std::string::npos);
}

TEST_F(SearchCommand, AsksForTheLastDayWithoutTimes) {
    answers(R"({"count":3})");
    EXPECT_EQ(run({"--count", "host.name:web-01", "mimikatz"}), 0);
    EXPECT_EQ(out_, "{\"count\":3}\n");
    EXPECT_EQ(router.asked.at(0), "GET /api/v1/events/count");
    EXPECT_EQ(router.last["q"], "host.name:web-01 mimikatz") << "words are one query";
    EXPECT_EQ(router.last["from"], "2026-04-30T12:00:00Z");
    EXPECT_EQ(router.last["to"], "2026-05-01T12:00:00Z");
}

TEST_F(SearchCommand, ATerminalGetsATable) {
    answers(std::string{R"({"items":[)"} + kEvent + R"(],"next":null})");
    EXPECT_EQ(run({"hello"}, true), 0);
    EXPECT_NE(out_.find("OCCURRED"), std::string::npos);
    EXPECT_NE(out_.find("web-01  hello"), std::string::npos) << out_;
    EXPECT_EQ(router.last["limit"], "100");
}

TEST_F(SearchCommand, AProgramGetsEverythingAsItComes) {
    router.answer = [](net::Request& request) {
        EXPECT_EQ(request.header("accept"), "application/x-ndjson");
        net::Response response;
        auto pieces = std::make_shared<std::vector<std::string>>(std::vector{std::string{kEvent}.substr(0, 20), std::string{kEvent}.substr(20) + "\n" + kEvent + "\n"});
        response.stream = [pieces](std::string& out) {
            out = pieces->front();
            pieces->erase(pieces->begin());
            return !pieces->empty();
        };
        return response;
    };
    EXPECT_EQ(run({"hello"}), 0);
    EXPECT_EQ(out_, std::string{kEvent} + "\n" + kEvent + "\n");
    EXPECT_EQ(run({"hello", "--limit", "1001"}), 0);
    EXPECT_EQ(run({"hello", "--limit", "0"}), 2);
}

TEST_F(SearchCommand, AStreamThatBreaksOffIsDoneInPart) {
    router.answer = [](net::Request&) {
        net::Response response;
        response.stream = [](std::string& out) {
            out = std::string{kEvent} + "\n" + R"({"problem":{"detail":"the search took too long"}})" + "\n";
            return false;
        };
        return response;
    };
    EXPECT_EQ(run({"hello"}), 3);
    EXPECT_NE(err_.find("took too long"), std::string::npos);
}

TEST_F(SearchCommand, AWrongQueryIsShownWithACaret) {
    answers(R"({"detail":"there is no field souce.ip","field":"q","offset":0,"length":8,"suggestion":"source.ip","code":"bad_input"})", 400);
    EXPECT_EQ(run({"souce.ip:1", "--count"}), 2);
    EXPECT_EQ(err_, "vonggac: there is no field souce.ip\n    souce.ip:1\n    ^~~~~~~~\n    did you mean source.ip?\n");
}

TEST_F(SearchCommand, ShowsNumbers) {
    answers(R"({"step":3600,"buckets":[{"from":"2026-05-01T10:00:00Z","count":4},{"from":"2026-05-01T11:00:00Z","count":2}]})");
    EXPECT_EQ(run({"--histogram", "1h"}, true), 0);
    EXPECT_EQ(router.last["step"], "3600");
    EXPECT_NE(out_.find(std::string(40, '#') + "\n"), std::string::npos) << out_;
    EXPECT_EQ(run({"--histogram", "auto"}), 0);
    EXPECT_FALSE(router.last.contains("step"));
    EXPECT_EQ(out_, "{\"from\":\"2026-05-01T10:00:00Z\",\"count\":4}\n{\"from\":\"2026-05-01T11:00:00Z\",\"count\":2}\n");
    answers(R"({"values":[{"value":"a","count":4}]})");
    EXPECT_EQ(run({"--top", "host.name"}), 0);
    EXPECT_EQ(router.last["field"], "host.name");
    EXPECT_EQ(out_, "{\"value\":\"a\",\"count\":4}\n");
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--histogram", "soon"}, {"--count", "--fields"}, {"--from", "now", "--to", "-1h"}, {"--order", "random"}}) EXPECT_EQ(run(wrong), 2) << wrong[0];
}

TEST_F(SearchCommand, ShowsTheSurroundingsOfAnEvent) {
    answers(std::string{R"({"before":[)"} + kEvent + R"(],"event":)" + kEvent + R"(,"after":[]})");
    EXPECT_EQ(run({"--context", "j:1", "--around", "5"}, true), 0);
    EXPECT_EQ(router.asked.at(0), "GET /api/v1/events/j:1/context");
    EXPECT_EQ(router.last["before"], "5");
    EXPECT_NE(out_.find("\n>  "), std::string::npos) << out_;
    EXPECT_EQ(run({"--context", "j:1", "a query"}), 2);
}

TEST_F(SearchCommand, WritesAnExportWholeOrNotAtAll) {
    answers("PAR1...");
    const std::string path = folder_ + "/out.parquet";
    EXPECT_EQ(run({"x", "--export", path}), 0);
    EXPECT_EQ(json::parse(router.body)->text("format"), "parquet");
    std::ifstream file{path};
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>{file}, {}), "PAR1...");
    EXPECT_EQ(run({"x", "--export", path}), 2) << "it exists";
    answers(R"({"detail":"too many searches","code":"busy"})", 429);
    EXPECT_EQ(run({"x", "--export", folder_ + "/other.csv"}), 2);
    EXPECT_FALSE(fs::exists(folder_ + "/other.csv"));
    EXPECT_FALSE(fs::exists(folder_ + "/other.csv.part"));
    EXPECT_EQ(run({"x", "--export", folder_ + "/other.xls"}), 2);
}

// ---- what an answer lacks ----

constexpr char kLacking[] = R"([{"from":"2026-05-01T10:00:00Z","to":"2026-05-01T10:07:00Z","events":7,"reason":"missing"},{"from":null,"to":null,"events":null,"reason":"lost"},{"from":"2026-05-01T11:59:00Z","to":"2026-05-01T12:00:00Z","events":null,"reason":"behind"}])";

TEST_F(SearchCommand, AnIncompleteAnswerIsToldAndEndsWithThree) {
    const auto with = [](const std::string& rest) { return "{" + rest + R"(,"incomplete":)" + kLacking + "}"; };
    const std::vector<std::pair<std::vector<std::string>, std::string>> all{{{"--count"}, R"("count":3)"},
                                                                            {{"--histogram", "1h"}, R"("step":3600,"buckets":[])"},
                                                                            {{"--top", "host.name"}, R"("field":"host.name","values":[])"},
                                                                            {{"--fields"}, R"("items":[])"},
                                                                            {{"--statistics", "host.name"}, R"("field":"host.name","events":1)"},
                                                                            {{"--context", "j:1"}, std::string{R"("before":[],"after":[],"event":)"} + kEvent},
                                                                            {{"--limit", "5"}, R"("items":[],"next":null)"}};
    for (const auto& [words, answer] : all) {
        answers(with(answer));
        EXPECT_EQ(run(words), 3) << words[0];
        EXPECT_EQ(err_, "vonggac: this answer is incomplete: events received from 2026-05-01T10:00:00Z to 2026-05-01T10:07:00Z are missing, at most 7; they are being put back from the journal\n"
                        "vonggac: this answer is incomplete: some events are lost to the archive\n"
                        "vonggac: this answer is incomplete: events received since 2026-05-01T11:59:00Z cannot be found yet; the archive is behind\n")
            << words[0];
        answers("{" + answer + "}");
        EXPECT_EQ(run(words), 0) << words[0];
        EXPECT_EQ(err_, "") << words[0];
    }
}

TEST_F(SearchCommand, AnIncompleteStreamPrintsItsEventsAndEndsWithThree) {
    answers(std::string{kEvent} + "\n{\"incomplete\":" + kLacking + "}\n");
    EXPECT_EQ(run({"hello"}), 3);
    EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 1) << out_;
    EXPECT_EQ(out_.find("incomplete"), std::string::npos) << "what is lacking is no event";
    EXPECT_NE(err_.find("being put back"), std::string::npos);
}

TEST_F(SearchCommand, AnIncompleteExportIsKeptAndEndsWithThree) {
    const std::string csv = R"(#incomplete,"[{""from"":""2026-05-01T10:00:00Z"",""to"":""2026-05-01T10:07:00Z"",""events"":7,""reason"":""missing""}]")";
    for (const auto& [name, body] : {std::pair<std::string, std::string>{"a.ndjson", std::string{kEvent} + "\n{\"incomplete\":" + kLacking + "}\n"}, {"a.csv", "id,occurred\r\nx,y\r\n" + csv + "\r\n"}, {"a.parquet", "PAR1"}}) {
        router.answer = [&](net::Request&) {
            net::Response response;
            response.body = body;
            if (name == "a.parquet") response.with("Vonggac-Incomplete", kLacking);
            return response;
        };
        EXPECT_EQ(run({"hello", "--export", folder_ + "/" + name}), 3) << name << err_;
        EXPECT_NE(err_.find("events received from 2026-05-01T10:00:00Z to 2026-05-01T10:07:00Z are missing, at most 7"), std::string::npos) << name << err_;
        EXPECT_TRUE(fs::exists(folder_ + "/" + name));
    }
    router.answer = [&](net::Request&) { return net::Response::json(200, std::string{kEvent} + "\n"); };
    EXPECT_EQ(run({"hello", "--export", folder_ + "/whole.ndjson"}), 0);
}

}  // namespace
}  // namespace vg::cli
