#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/html_report.h"

namespace vg::cli::scan_test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRule =
    "title: Shell started\nid: 0b7f4e3e-6df4-4d0e-9a59-2f0c4f6b8a11\nauthor: Lan <lan@example.org>\nlevel: high\n"
    "tags:\n  - attack.execution\n  - attack.t1059\nlogsource:\n  product: windows\ndetection:\n  s:\n    Image|endswith: '\\sh.exe'\n  condition: s\n";

std::string event(int number, const std::string& image) {
    return format(R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"Microsoft-Windows-Sysmon"}}}},"EventID":1,"TimeCreated":{{"#attributes":{{"SystemTime":"2026-05-12T03:{:02}:{:02}.5Z"}}}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC1.example"}},"EventData":{{"Image":"{}","Number":"{}"}}}}}})",
                  number / 60 % 60, number % 60, image, number) +
           "\n";
}
std::string attack(int number) { return event(number, "C:\\\\Tools\\\\sh.exe"); }
std::string harmless(int number) { return event(number, "C:\\\\Tools\\\\calc.exe"); }

std::string gzip(const std::string& text) {
    std::string out(compressBound(static_cast<uLong>(text.size())) + 64, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

// A member of a ustar archive: POSIX.1-2017 pax, "ustar Interchange Format".
std::string tar_member(const std::string& name, const std::string& content) {
    std::string block(512, '\0');
    const auto put_at = [&](std::size_t at, const std::string& text) { block.replace(at, text.size(), text); };
    put_at(0, name);
    put_at(100, "0000644");
    put_at(124, format("{:011o}", content.size()));
    put_at(136, format("{:011o}", 0));
    put_at(148, "        ");
    put_at(156, "0");
    put_at(257, std::string("ustar\0" "00", 8));
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    put_at(148, format("{:06o}", sum) + std::string("\0 ", 2));
    return block + content + std::string((512 - content.size() % 512) % 512, '\0');
}

struct Scan : testing::Test {
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "vg-scan-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        write("rules/shell.yml", std::string{kRule});
        fs::create_directories(folder / "logs");
    }
    void TearDown() override { fs::remove_all(folder); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream{folder / name, std::ios::binary} << text;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }

    struct Answer {
        int code = 0;
        std::vector<json::Value> lines;
        std::string out, err;
        [[nodiscard]] std::vector<json::Value> of(std::string_view type) const {
            std::vector<json::Value> found;
            for (const json::Value& line : lines)
                if (line.text("type") == type) found.push_back(line);
            return found;
        }
        [[nodiscard]] std::vector<std::int64_t> records() const {
            std::vector<std::int64_t> numbers;
            for (const json::Value& line : of("match")) numbers.push_back(line.integer("record").value_or(0));
            return numbers;
        }
    };
    [[nodiscard]] Answer scan(std::vector<std::string> words, bool own_rules = true) const {
        std::vector<std::string> all{"scan"};
        if (own_rules) all.insert(all.end(), {"--rules", path("rules")});
        all.insert(all.end(), words.begin(), words.end());
        std::istringstream in;
        std::ostringstream out, err;
        Streams streams{in, out, err};
        Surroundings surroundings;
        surroundings.variable = [](const char* name) -> std::optional<std::string> { return std::string_view{name} == "VONGGAC_CONTENT" ? std::optional<std::string>{VG_SOURCE_DIR "/content"} : std::nullopt; };
        Answer answer;
        answer.code = run(all, surroundings, streams);
        answer.out = out.str();
        answer.err = err.str();
        std::istringstream read{answer.out};
        for (std::string line; std::getline(read, line);)
            if (auto value = json::parse(line)) answer.lines.push_back(std::move(*value));
        return answer;
    }

    fs::path folder;
};

TEST_F(Scan, TellsMatchesAsTheContractSays) {
    write("logs/a.json", harmless(1) + attack(2));
    const Answer answer = scan({path("logs/a.json")});
    EXPECT_EQ(answer.code, 0);
    ASSERT_EQ(answer.lines.size(), 2U);
    const json::Value expected = json::object({{"type", "match"},
                                               {"rule", json::object({{"id", "0b7f4e3e-6df4-4d0e-9a59-2f0c4f6b8a11"}, {"title", "Shell started"}, {"level", "high"}, {"kind", "sigma"}, {"author", "Lan <lan@example.org>"}})},
                                               {"file", path("logs/a.json")},
                                               {"record", 2},
                                               {"time", "2026-05-12T03:00:02.500Z"},
                                               {"matched", json::object({{"Image", "C:\\Tools\\sh.exe"}})}});
    EXPECT_EQ(answer.lines[0].dump(), expected.dump());
    const json::Value& summary = answer.lines[1];
    EXPECT_EQ(summary.text("type"), "summary");
    EXPECT_EQ(summary.integer("files"), 1);
    EXPECT_EQ(summary.integer("records"), 2);
    EXPECT_EQ(summary.integer("unparsed"), 0);
    EXPECT_EQ(summary.integer("matches"), 1);
    EXPECT_EQ(summary.integer("rules"), 1);
    EXPECT_EQ(summary.integer("rules_refused"), 0);
    EXPECT_NE(summary.find("seconds"), nullptr);
}

TEST_F(Scan, AnswersTheSameForAnyNumberOfThreads) {
    // More than one batch in one file, and many small files behind it.
    std::string large;
    for (int i = 1; i <= 3000; ++i) large += i % 7 == 0 ? attack(i) : harmless(i);
    write("logs/b/large.json", large);
    for (int i = 0; i < 40; ++i) write(format("logs/c/{:02}.json", i), attack(i) + "not json\n" + harmless(i));
    write("logs/a.json", "");
    const Answer one = scan({"--threads", "1", path("logs")});
    const Answer four = scan({"--threads", "4", path("logs")});
    EXPECT_EQ(one.code, 0);
    EXPECT_EQ(one.of("match").size(), 3000U / 7 + 40);
    const auto without_seconds = [](const std::string& text) { return text.substr(0, text.rfind(",\"seconds\"")); };
    EXPECT_EQ(without_seconds(one.out), without_seconds(four.out));
    EXPECT_EQ(one.of("summary").at(0).integer("files"), 42);
    EXPECT_EQ(one.of("summary").at(0).integer("unparsed"), 40);
}

TEST_F(Scan, CountsRecordsAlikeInArraysLinesAndDocuments) {
    const std::string second = attack(2).substr(0, attack(2).size() - 1);
    write("logs/lines.json", harmless(1) + "\n" + attack(2));
    write("logs/array.json", "[" + harmless(1) + "," + attack(2) + "]");
    write("logs/documents.json", harmless(1).substr(0, harmless(1).size() - 1) + second);
    for (const char* name : {"logs/lines.json", "logs/array.json", "logs/documents.json"}) EXPECT_EQ(scan({path(name)}).records(), std::vector<std::int64_t>{2}) << name;
}

TEST_F(Scan, ReadsPackedFilesByTheirFirstBytes) {
    write("logs/a.bin", gzip(harmless(1)) + gzip(attack(2)));  // two members
    write("logs/b", zstd(attack(1)) + zstd(harmless(2)));
    const Answer answer = scan({path("logs")});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.records(), (std::vector<std::int64_t>{2, 1}));
}

TEST_F(Scan, ReadsMembersOfAnArchiveAsFilesOfTheirOwn) {
    const std::string archive = tar_member("x/one.json", harmless(1) + attack(2)) + tar_member("empty.json", "") + tar_member("two.json", attack(1)) + std::string(1024, '\0');
    write("logs/all.tar.zst", zstd(archive));
    const Answer answer = scan({path("logs/all.tar.zst")});
    EXPECT_EQ(answer.code, 0);
    ASSERT_EQ(answer.records(), (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(answer.lines[0].text("file"), path("logs/all.tar.zst") + "/x/one.json");
    EXPECT_EQ(answer.lines[1].text("file"), path("logs/all.tar.zst") + "/two.json");
    EXPECT_EQ(answer.of("summary").at(0).integer("files"), 3);
}

TEST_F(Scan, KeepsWhatCameBeforeDamageAndNamesIt) {
    const std::string packed = gzip(attack(1) + attack(2));
    write("logs/cut.gz", packed.substr(0, packed.size() - 6));  // within the trailer: both records are whole
    const Answer answer = scan({path("logs/cut.gz")});
    EXPECT_EQ(answer.code, 3);
    EXPECT_EQ(answer.records(), (std::vector<std::int64_t>{1, 2}));
    ASSERT_EQ(answer.of("refused").size(), 1U);
    EXPECT_EQ(answer.of("refused")[0].text("file"), path("logs/cut.gz"));
    EXPECT_EQ(answer.of("refused")[0].text("reason"), "after record 2: the gzip data ends too early");
}

TEST_F(Scan, RefusesABrokenRuleAndGoesOn) {
    write("rules/broken.yml", "title: Broken\nlogsource:\n  product: windows\ndetection:\n  s:\n    a: b\n");
    write("logs/a.json", attack(1));
    const Answer answer = scan({path("logs/a.json")});
    EXPECT_EQ(answer.code, 3);
    EXPECT_EQ(answer.records(), std::vector<std::int64_t>{1});
    ASSERT_EQ(answer.of("refused").size(), 1U);
    EXPECT_EQ(answer.of("refused")[0].text("file"), path("rules/broken.yml"));
    EXPECT_EQ(answer.of("summary").at(0).integer("rules_refused"), 1);
}

TEST_F(Scan, SaysExitCode2ForWrongWordsAndMissingFiles) {
    write("logs/a.json", attack(1));
    EXPECT_EQ(scan({path("logs/none.json")}).code, 2);
    EXPECT_EQ(scan({}).code, 2);
    EXPECT_EQ(scan({"--threads", "0", path("logs/a.json")}).code, 2);
    EXPECT_EQ(scan({"--log-format", "nothing", path("logs/a.json")}).code, 2);
    EXPECT_EQ(scan({"--rules", path("nowhere"), path("logs/a.json")}, false).code, 2);
    EXPECT_EQ(scan({"--html", path("no/folder/r.html"), path("logs/a.json")}).code, 2);
    const Answer answer = scan({path("logs/a.json"), path("logs/none.json")});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.out, "") << "nothing is scanned when a file is missing";
}

TEST_F(Scan, RefusesBinaryDataByName) {
    write("logs/picture.png", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
    const Answer answer = scan({path("logs")});
    EXPECT_EQ(answer.code, 3);
    ASSERT_EQ(answer.of("refused").size(), 1U);
    EXPECT_EQ(answer.of("summary").at(0).integer("records"), 0);
}

TEST_F(Scan, TellsTheTitleInVietnameseOfARuleThatHasOne) {
    write("rules/shell.yml", "title_vi: Một shell được <chạy>\n" + std::string{kRule});
    write("logs/a.json", attack(1));
    const Answer answer = scan({"--html", path("r.html"), path("logs/a.json")});
    ASSERT_EQ(answer.of("match").size(), 1U);
    EXPECT_EQ(answer.of("match")[0].find("rule")->text("title_vi"), "Một shell được <chạy>");
    EXPECT_EQ(answer.of("match")[0].find("rule")->text("title"), "Shell started");
    std::ifstream file{folder / "r.html", std::ios::binary};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_LT(page.find("<bdi>Một shell được &lt;chạy&gt;</bdi>"), page.find("lang='en'><bdi>Shell started</bdi>"));
    EXPECT_NE(page.find("Shell started"), std::string::npos);
}

TEST_F(Scan, TakesAnEmptyFolder) {
    const Answer answer = scan({path("logs")});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.of("summary").at(0).integer("files"), 0);
}

TEST_F(Scan, EscapesHostileTextInThePage) {
    write("logs/a.json", event(1, "C:\\\\<script>alert(1)</script>\\u202e\\u001b[2J\\\\sh.exe"));
    EXPECT_EQ(scan({"--html", path("r.html"), path("logs/a.json")}).code, 0);
    std::ifstream file{folder / "r.html", std::ios::binary};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("\u202e"), std::string::npos);
    EXPECT_EQ(page.find('\x1b'), std::string::npos);
    EXPECT_NE(page.find("Lan &lt;lan@example.org&gt;"), std::string::npos);
    EXPECT_NE(page.find("Thực thi"), std::string::npos) << "the tactic of the rule's tag";
    EXPECT_NE(page.find("pc1.example"), std::string::npos);
    for (const char* outside : {"http:", "https:", "src=", "url(", "@import"}) EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

TEST(ScanReport, KeepsTheTimelineBoundedOverAnySpan) {
    detect::RuleInfo rule;
    rule.id = "r";
    ScanReport report;
    Done done;
    for (int day = 0; day < 20'000; ++day) {
        ScanMatch match;
        match.rule = &rule;
        match.time = {day * days(1).micros};
        match.time_known = true;
        done.matches.push_back(std::move(match));
    }
    report.add(done);
    EXPECT_LE(report.timeline.size(), 4'096U);
    std::uint64_t sum = 0;
    for (const auto& [begin, counts] : report.timeline)
        for (const std::uint64_t n : counts) sum += n;
    EXPECT_EQ(sum, 20'000U);
}

TEST(ScanReport, TellsTacticsFromTechniques) {
    EXPECT_EQ(tactic_of("attack.credential-access"), "credential-access");
    EXPECT_EQ(tactic_of("attack.defense_evasion"), "defense-evasion");
    EXPECT_EQ(tactic_of("attack.t1059.001"), "");
    EXPECT_EQ(tactic_of("attack.g0069"), "");
    EXPECT_EQ(tactic_of("cve.2024-1"), "");
}

}  // namespace
}  // namespace vg::cli::scan_test
