// What other programs make of our files: pdftotext, and the parts of a DOCX. For the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "base/text.h"
#include "reports/document.h"
#include "tables/xml.h"
#include "tables/zip.h"

namespace vg::reports {

// A folder of its own, gone afterwards.
class TestFolder {
public:
    TestFolder() {
        std::string made = (std::filesystem::temp_directory_path() / "vonggac-reports-XXXXXX").string();
        path_ = ::mkdtemp(made.data());
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    std::string put(const std::string& name, const std::string& bytes) const {
        const std::string path = (path_ / name).string();
        std::ofstream{path, std::ios::binary} << bytes;
        return path;
    }
    [[nodiscard]] std::string get(const std::string& name) const {
        std::ifstream stream{path_ / name, std::ios::binary};
        std::ostringstream bytes;
        bytes << stream.rdbuf();
        return bytes.str();
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

// The text of a PDF with each run of blanks and line ends as one blank.
inline std::string text_of_pdf(const std::string& pdf) {
    const TestFolder folder;
    const std::string command = "pdftotext -enc UTF-8 '" + folder.put("a.pdf", pdf) + "' '" + folder.path() + "/a.txt' 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << "pdftotext is in the package poppler-utils";
    std::string out;
    for (const char c : folder.get("a.txt"))
        if (c == '\n' || c == ' ' || c == '\f') {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else {
            out += c;
        }
    return out;
}

// The text of a DOCX, a line for each paragraph; nothing when a part is missing or not well-formed.
inline std::optional<std::string> text_of_docx(const std::string& docx) {
    auto zip = tables::ZipFile::open(docx);
    if (!zip) return std::nullopt;
    std::string out;
    for (const char* name : {"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml", "word/header1.xml", "docProps/core.xml"}) {
        const tables::ZipEntry* entry = zip->find(name);
        if (entry == nullptr) return std::nullopt;
        const auto part = zip->read(*entry);
        if (!part) return std::nullopt;
        auto xml = tables::XmlReader::open(*part);
        if (!xml) return std::nullopt;
        const bool is_body = std::string_view{name} == "word/document.xml";
        for (;;) {
            const auto token = xml->next();
            if (!token) return std::nullopt;
            if (*token == tables::XmlToken::done) break;
            if (!is_body) continue;
            if (*token == tables::XmlToken::text) out += xml->text();
            if (*token == tables::XmlToken::end && xml->name() == "p") out += '\n';
        }
    }
    return out;
}

// Where VONGGAC_PICTURES names a folder, pages are put there for people to look at.
inline void show_pages(const std::string& name, const Document& document) {
    const char* folder = std::getenv("VONGGAC_PICTURES");
    if (folder == nullptr) return;
    const auto pages = to_pngs(document, {.first = 1, .most = 4, .dpi = 80});
    ASSERT_TRUE(pages);
    for (std::size_t i = 0; i < pages->size(); ++i) std::ofstream{std::filesystem::path{folder} / format("{}-{}.png", name, i + 1), std::ios::binary} << (*pages)[i];
    const auto docx = to_docx(document);
    ASSERT_TRUE(docx);
    std::ofstream{std::filesystem::path{folder} / (name + ".docx"), std::ios::binary} << *docx;
}

}  // namespace vg::reports
