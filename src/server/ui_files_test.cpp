#include "server/ui_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace vg::server {
namespace {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() : path_(fs::temp_directory_path() / format("vonggac-ui-{}-{}", ::getpid(), ++number_)) { fs::create_directories(path_ / "assets"); }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    void put(const std::string& name, const std::string& text) const { std::ofstream{path_ / name, std::ios::binary} << text; }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    static inline int number_ = 0;
    fs::path path_;
};

net::Request get(std::string path, std::string encodings = {}) {
    net::Request request;
    request.method = "GET";
    request.path = std::move(path);
    if (!encodings.empty()) request.headers.emplace_back("accept-encoding", std::move(encodings));
    return request;
}

std::string header(const net::Response& response, std::string_view name) {
    for (const auto& [one, value] : response.headers)
        if (one == name) return value;
    return {};
}

struct Built {
    Built() {
        folder.put("index.html", "<!doctype html>");
        folder.put("icon.svg", "<svg/>");
        folder.put("assets/a-1234.js", "plain");
        folder.put("assets/a-1234.js.gz", "zipped");
        folder.put("assets/a-1234.js.br", "squeezed");
        folder.put("assets/secret.pem", "not of the build");
        auto loaded = UiFiles::load(folder.path());
        EXPECT_TRUE(loaded);
        if (loaded) files = std::move(*loaded);
    }
    Folder folder;
    UiFiles files;
};

TEST(UiFiles, RoutesOfTheApplicationGiveTheIndexUnstored) {
    const Built built;
    for (const char* path : {"/ui", "/ui/", "/ui/findings", "/ui/findings/0190a", "/ui/first-run"}) {
        const auto response = built.files.answer(get(path));
        ASSERT_TRUE(response) << path;
        EXPECT_EQ(response->body, "<!doctype html>");
        EXPECT_EQ(header(*response, "Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(header(*response, "Cache-Control"), "no-store");
    }
}

TEST(UiFiles, AssetsNeverChange) {
    const Built built;
    const auto response = built.files.answer(get("/ui/assets/a-1234.js"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "plain");
    EXPECT_EQ(header(*response, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(header(*response, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(*built.files.answer(get("/ui/icon.svg")), "Cache-Control"), "no-store");
}

// RFC 9110, section 12.5.3: a coding with q=0 is not acceptable.
TEST(UiFiles, SendsTheBestFormThatIsAccepted) {
    const Built built;
    const auto with = [&](const char* encodings) { return *built.files.answer(get("/ui/assets/a-1234.js", encodings)); };
    EXPECT_EQ(with("gzip, deflate, br").body, "squeezed");
    EXPECT_EQ(header(with("br"), "Content-Encoding"), "br");
    EXPECT_EQ(with("GZIP;q=0.5").body, "zipped");
    EXPECT_EQ(with("br;q=0, gzip").body, "zipped");
    EXPECT_EQ(with("br;q=0.0").body, "plain");
    EXPECT_EQ(with("zstd").body, "plain");
    EXPECT_EQ(header(with("zstd"), "Content-Encoding"), "");
    EXPECT_EQ(header(with("br"), "Vary"), "Accept-Encoding");
}

TEST(UiFiles, ThePolicyAllowsNothingInlineAndNothingFromElsewhere) {
    const Built built;
    const std::string policy = header(*built.files.answer(get("/ui/")), "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; "));
    for (const char* word : {"unsafe", "*", "http", "data:", "blob:"}) EXPECT_EQ(policy.find(word), std::string::npos) << word;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(header(*built.files.answer(get("/ui/")), "X-Content-Type-Options"), "nosniff");
}

TEST(UiFiles, SaysHttpsOnlyWhenItCameByTls) {
    const Built built;
    net::Request request = get("/ui/");
    EXPECT_EQ(header(*built.files.answer(request), "Strict-Transport-Security"), "");
    request.tls = true;
    EXPECT_NE(header(*built.files.answer(request), "Strict-Transport-Security"), "");
}

TEST(UiFiles, WhatIsNotOfTheBuildIsNotThere) {
    const Built built;
    for (const char* path : {"/ui/assets/none.js", "/ui/none.css", "/ui/assets/secret.pem", "/ui/assets/a-1234.js.gz", "/ui/assets/", "/ui/../etc/passwd", "/", "/uix", "/api/v1/findings"})
        EXPECT_FALSE(built.files.answer(get(path))) << path;
}

TEST(UiFiles, OnlyReadingIsAnswered) {
    const Built built;
    net::Request request = get("/ui/");
    for (const char* method : {"POST", "PUT", "DELETE"}) {
        request.method = method;
        EXPECT_FALSE(built.files.answer(request));
    }
    request.method = "HEAD";
    EXPECT_TRUE(built.files.answer(request));
}

TEST(UiFiles, WithoutABuildNothingIsAnswered) {
    const UiFiles none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(none.answer(get("/ui/")));
    EXPECT_FALSE(UiFiles::load("/no/such/folder"));
}

TEST(UiFiles, AFolderThatIsNoBuildIsRefused) {
    const Folder folder;
    for (int i = 0; i < 2001; ++i) folder.put(format("{}.txt", i), "x");
    const auto loaded = UiFiles::load(folder.path());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::too_large);
}

}  // namespace
}  // namespace vg::server
