// Readers of lists of indicators, one a form. Pure: bytes and settings in, a Reading out; the bytes come from strangers.
//
//   const Reader* reader = find_reader("misp");           // or reader_for(bytes, "feed/apt_x.txt")
//   const Reading reading = reader->read({.bytes = bytes, .name = "feed.json"});
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intel/collector.h"
#include "intel/entry.h"

namespace vg::intel {

// Which column of a CSV says what: the name in the header, without regard to case, or its number from 1.
struct Columns {
    std::vector<std::string> values;  // each cell of these is a value; a header that names a kind (md5, domain) gives the kind
    std::string kind, family, confidence, tlp, from, until, comment;
    [[nodiscard]] bool is_empty() const { return values.empty(); }
};

struct CsvMapping {
    Columns columns;      // empty: by the words of the header
    char separator = 0;   // 0: as the lines look
    char quote = '"';     // 0: none
    std::string comment = "#";  // lines that begin so are passed over
    bool header = true;
};

struct Input {
    std::string_view bytes;
    std::string_view name;   // of the file, with the folders that are known: some forms say the family by it
    Entry about{};           // what holds for entries that do not say otherwise: family, confidence, tlp, role, from, until
    std::optional<Kind> kind{};  // of a plain list: all values are of this kind
    CsvMapping csv{};
    ReadingLimits limits{};
};

struct Reader {
    std::string_view name;
    std::string_view about;  // what it reads, for people
    // Whether these bytes look like it: the first that says so reads, in the order of the list.
    bool (*sniff)(std::string_view bytes, std::string_view name);
    Reading (*read)(const Input& input);
};

const std::vector<const Reader*>& all_readers();
const Reader* find_reader(std::string_view name);
// By the look of the bytes and the name; a plain list when nothing else fits.
const Reader& reader_for(std::string_view bytes, std::string_view name);

// "ip-dst", "IPv4", "hostname", "sha256", "domain-name"...: what lists call the kinds. Nothing for other words.
std::optional<Kind> kind_of_word(std::string_view word);
// 0 to 100, also "75%", "high", "medium", "low".
std::optional<std::uint8_t> parse_confidence(std::string_view text);
// RFC 3339, a date alone, or seconds since 1970.
std::optional<Time> parse_when(std::string_view text);
// The name a comment begins with: "Dark Caracal - MS Windows HtmlHelp" is "Dark Caracal".
std::string_view leading_name(std::string_view comment);

// Gives each line without its end, with its number from 1, until `line` says false.
template <class Line>
void for_each_line(std::string_view text, Line line) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view one = text.substr(0, end);
        if (one.ends_with('\r')) one.remove_suffix(1);
        if (!line(number, one)) return;
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

}  // namespace vg::intel
