// ECMA-376 part 2 for the package (parts, relationships, content types), part 1, 18.2 for the workbook's own part.
#include "tables/xlsx.h"

#include <map>

#include "base/text.h"
#include "tables/sheet.h"

namespace vg::tables {
namespace {

struct Relationship {
    std::string type;    // the last word of its URI: "worksheet"
    std::string target;  // the part's name in the archive
};

// "../media/x" of a part in xl/worksheets/ is xl/media/x.
std::string resolve(std::string_view folder, std::string_view target) {
    std::vector<std::string_view> words;
    if (!target.starts_with('/')) words = split(folder, '/');
    for (const std::string_view word : split(target, '/')) words.push_back(word);
    std::vector<std::string_view> kept;
    for (const std::string_view word : words) {
        if (word == ".." && !kept.empty()) kept.pop_back();
        if (!word.empty() && word != "." && word != "..") kept.push_back(word);
    }
    std::string out;
    for (const std::string_view word : kept) out += format("{}{}", out.empty() ? "" : "/", word);
    return out;
}

std::string folder_of(std::string_view part) { return std::string{part.substr(0, part.rfind('/') == std::string_view::npos ? 0 : part.rfind('/'))}; }

tl::unexpected<Error> not_workbook(std::string_view what) { return fail(Code::bad_input, format("this is no .xlsx workbook: {}", what)); }

class WorkbookReader {
public:
    WorkbookReader(ZipFile& zip, const WorkbookLimits& limits) : zip_(zip), limits_(limits) { parts_.limits = &limits; }

    Result<Workbook> run() {
        if (zip_.find("content.xml") != nullptr && zip_.find("mimetype") != nullptr) return not_workbook("it is an OpenDocument file; save it as .xlsx or as CSV");
        if (zip_.find("[Content_Types].xml") == nullptr) return not_workbook("the archive has no [Content_Types].xml");
        std::string document;
        const auto roots = TRY(relationships("_rels/.rels", ""));
        for (const auto& [id, relationship] : roots)
            if (relationship.type == "officeDocument") document = relationship.target;
        if (document.empty()) return not_workbook("the package names no document");
        TRY(check_type(document));
        const std::string folder = folder_of(document);
        const std::string file = document.substr(folder.empty() ? 0 : folder.size() + 1);
        related_ = TRY(relationships(format("{}{}_rels/{}.rels", folder, folder.empty() ? "" : "/", file), folder));
        TRY(read_document(document));
        for (const auto& [id, relationship] : related_) {
            if (relationship.type == "vbaProject") book_.has_macros = true;
            if (relationship.type == "sharedStrings") {
                XmlReader xml = TRY(open(relationship.target));
                parts_.strings = TRY_IN(relationship.target + ": ", read_shared_strings(xml, limits_));
            }
            if (relationship.type == "styles") {
                XmlReader xml = TRY(open(relationship.target));
                parts_.styles = TRY_IN(relationship.target + ": ", read_styles(xml));
            }
        }
        parts_.dates = book_.dates;
        for (const auto& [sheet, target] : listed_) {
            book_.sheets.push_back({.name = sheet.name, .visibility = sheet.visibility});
            XmlReader xml = TRY(open(target));
            TRY_IN(format("in the sheet '{}': ", shorten(sheet.name, 100)), read_sheet(xml, parts_, book_.sheets.back()));
        }
        return std::move(book_);
    }

private:
    struct Listed {
        Sheet sheet;
        std::string target;
    };

    Result<XmlReader> open(const std::string& part) {
        const ZipEntry* entry = zip_.find(part);
        if (entry == nullptr) return not_workbook(format("the part '{}' is missing", shorten(part, 100)));
        std::string bytes = TRY(zip_.read(*entry));
        return TRY_IN(format("{}: ", shorten(part, 100)), XmlReader::open(std::move(bytes), limits_.xml));
    }

    Result<std::map<std::string, Relationship>> relationships(const std::string& part, std::string_view folder) {
        std::map<std::string, Relationship> out;
        if (zip_.find(part) == nullptr) return out;
        XmlReader xml = TRY(open(part));
        while (true) {
            const XmlToken token = TRY_IN(part + ": ", xml.next());
            if (token == XmlToken::done) return out;
            if (token != XmlToken::start || xml.name() != "Relationship" || xml.attribute("TargetMode").value_or("") == "External") continue;
            if (out.size() >= limits_.zip.entries) return fail(Code::too_large, format("{}: there are more than {} relationships", part, limits_.zip.entries));
            const std::string_view type = xml.attribute("Type").value_or("");
            Relationship relationship{.type = std::string{type.substr(type.rfind('/') + 1)}, .target = resolve(folder, xml.attribute("Target").value_or(""))};
            if (!out.emplace(xml.attribute("Id").value_or(""), std::move(relationship)).second) return not_workbook(format("in {} an Id stands twice", part));
        }
    }

    // What the main part is, by the package's own table.
    Status check_type(const std::string& document) {
        XmlReader xml = TRY(open("[Content_Types].xml"));
        std::string by_name, by_ending;
        while (true) {
            const XmlToken token = TRY_IN("[Content_Types].xml: ", xml.next());
            if (token == XmlToken::done) break;
            if (token != XmlToken::start) continue;
            const std::string type{xml.attribute("ContentType").value_or("")};
            if (xml.name() == "Override" && equal_ignoring_ascii_case(xml.attribute("PartName").value_or(""), "/" + document)) by_name = type;
            const std::string_view ending = xml.attribute("Extension").value_or("");
            if (xml.name() == "Default" && !ending.empty() && document.ends_with(format(".{}", ending))) by_ending = type;
        }
        const std::string type = by_name.empty() ? by_ending : by_name;
        const auto has = [&type](std::string_view word) { return type.find(word) != std::string::npos; };
        if (has("sheet.binary")) return not_workbook("it is a binary workbook (.xlsb); save it as .xlsx");
        if (has("wordprocessingml")) return not_workbook("it is a text document (.docx)");
        if (has("presentationml")) return not_workbook("it is a presentation (.pptx)");
        if (!has("spreadsheetml") && !has("ms-excel.sheet.macroEnabled") && !has("ms-excel.template.macroEnabled"))
            return not_workbook(format("its document is of the type '{}'", shorten(type, 100)));
        book_.has_macros = has("macroEnabled");
        return {};
    }

    Status read_document(const std::string& document) {
        XmlReader xml = TRY(open(document));
        while (true) {
            const XmlToken token = TRY_IN(document + ": ", xml.next());
            if (token == XmlToken::done) break;
            if (token != XmlToken::start) continue;
            if (xml.depth() == 1 && xml.name() != "workbook") return not_workbook(format("its document is '{}'", shorten(xml.name(), 60)));
            if (xml.depth() == 2 && xml.name() == "workbookPr") {
                const std::string_view value = xml.attribute("date1904").value_or("0");
                if (value == "1" || value == "true" || value == "on") book_.dates = DateSystem::of_1904;
            }
            if (xml.depth() == 3 && xml.name() == "sheet") TRY(list_sheet(xml));
        }
        if (listed_.empty() && book_.passed_over.empty()) return not_workbook("it has no sheet");
        return {};
    }

    Status list_sheet(const XmlReader& xml) {
        if (listed_.size() + book_.passed_over.size() >= limits_.most_sheets) return fail(Code::too_large, format("the workbook has more than {} sheets", limits_.most_sheets));
        Listed listed;
        listed.sheet.name = nfc(xml.attribute("name").value_or(""));
        const std::string_view state = xml.attribute("state").value_or("");
        listed.sheet.visibility = state == "hidden" ? Visibility::hidden : state == "veryHidden" ? Visibility::very_hidden : Visibility::visible;
        const auto found = related_.find(std::string{xml.attribute("id").value_or("")});
        if (found == related_.end()) return not_workbook(format("the sheet '{}' has no part", shorten(listed.sheet.name, 100)));
        if (found->second.type != "worksheet") {
            book_.passed_over.push_back(listed.sheet.name);
            return {};
        }
        listed.target = found->second.target;
        listed_.push_back(std::move(listed));
        return {};
    }

    ZipFile& zip_;
    const WorkbookLimits& limits_;
    std::map<std::string, Relationship> related_;  // of the workbook's part
    std::vector<Listed> listed_;
    SheetParts parts_;
    Workbook book_;
};

// Old workbooks and encrypted ones are both compound files ([MS-CFB]); the latter have a stream of this name ([MS-OFFCRYPTO] 2.3.4.4).
tl::unexpected<Error> compound_file(std::string_view bytes) {
    if (bytes.find(to_utf16le("EncryptedPackage")) != std::string_view::npos)
        return not_workbook("it is encrypted; open it in the spreadsheet program, take its password away and save it again");
    return not_workbook("it is one of Excel 97 to 2003 (.xls), or another old Office file; save it as .xlsx");
}

}  // namespace

bool may_be_xlsx(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

Result<Workbook> read_xlsx(std::string_view bytes, const WorkbookLimits& limits) {
    if (bytes.size() > limits.file_bytes) return fail(Code::too_large, format("the workbook has {} bytes, and {} are read", bytes.size(), limits.file_bytes));
    if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return compound_file(bytes);
    ZipFile zip = TRY(ZipFile::open(bytes, limits.zip));
    return WorkbookReader{zip, limits}.run();
}

}  // namespace vg::tables
