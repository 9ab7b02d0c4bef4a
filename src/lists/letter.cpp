#include "lists/letter.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostLine = 4'096;
constexpr std::size_t kHeadLines = 60;
constexpr std::size_t kMostSubject = 500;

bool is_numeral(char c) { return c >= '0' && c <= '9'; }

// Where `word` stands in the folded text as a word of its own, from `from` on.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
    const auto inside = [](char c) { return (c >= 'a' && c <= 'z') || is_numeral(c); };
    for (std::size_t at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !inside(text[at - 1])) && (end >= text.size() || !inside(text[end]))) return at;
    }
    return std::string_view::npos;
}

std::optional<int> take_number(std::string_view& text) {
    text = trim(text);
    std::size_t end = 0;
    while (end < text.size() && end < 4 && is_numeral(text[end])) ++end;
    if (end == 0) return {};
    const auto value = parse_int(text.substr(0, end));
    text.remove_prefix(end);
    return static_cast<int>(*value);
}

bool take_word(std::string_view& text, std::string_view word) {
    text = trim(text);
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// "ngày 05 tháng 02 năm 2024" or "ngày 05/02/2024", in folded text. A blank one ("ngày tháng năm 2024") is no date.
std::string date_in(std::string_view folded) {
    for (std::size_t at = find_word(folded, "ngay"); at != std::string_view::npos; at = find_word(folded, "ngay", at + 1)) {
        std::string_view rest = folded.substr(at + 4);
        const auto day = take_number(rest);
        if (!day || !(take_word(rest, "thang") || take_word(rest, "/") || take_word(rest, "-") || take_word(rest, "."))) continue;
        const auto month = take_number(rest);
        if (!month || !(take_word(rest, "nam") || take_word(rest, "/") || take_word(rest, "-") || take_word(rest, "."))) continue;
        const auto year = take_number(rest);
        if (!year || *year < 1990 || *year > 2200 || *month < 1 || *month > 12 || *day < 1 || *day > 31) continue;
        return format("{:04}-{:02}-{:02}", *year, *month, *day);
    }
    return {};
}

// The text that begins with capitals, digits and dashes: "CATTT-NCSC", "QĐ-TTg", "BTTTT-CATTT".
std::string_view code_at(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto c = static_cast<unsigned char>(text[end]);
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_numeral(text[end]) || c == '-' || c == '&' || c == '_' || c == '/' || c == '.') ++end;
        else if (c == 0xC4 && end + 1 < text.size() && (text[end + 1] == '\x90' || text[end + 1] == '\x91')) end += 2;  // Đ, đ
        else break;
    }
    std::string_view code = text.substr(0, end);
    while (!code.empty() && (code.back() == '.' || code.back() == '/' || code.back() == '-')) code.remove_suffix(1);
    return code;
}

// Behind "Số:" or "số": "123/CATTT-NCSC", "     /BTTTT-CATTT", "05/2017/QĐ-TTg".
void read_number(std::string_view line, Letter& letter) {
    for (const std::string_view word : {"Số", "số", "SỐ", "So", "SO", "so"}) {
        for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
            if (at > 0 && (static_cast<unsigned char>(line[at - 1]) >= 0x80 || (line[at - 1] >= 'A' && line[at - 1] <= 'z'))) continue;
            std::string_view rest = trim(line.substr(at + word.size()));
            const bool colon = rest.starts_with(':');
            if (colon) rest = tidy(rest.substr(1));
            std::size_t figures = 0;
            while (figures < rest.size() && figures < 8 && is_numeral(rest[figures])) ++figures;
            std::string_view behind = rest.substr(figures);
            while (figures == 0 && !behind.empty() && (behind.front() == '.' || behind.front() == '_' || behind.front() == ' ')) behind.remove_prefix(1);  // "Số: ......./"
            behind = trim(behind);
            if (!behind.starts_with('/')) continue;
            const std::string_view code = code_at(trim(behind.substr(1)));
            if (code.empty() || std::none_of(code.begin(), code.end(), [](char c) { return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; })) continue;
            if (figures == 0 && !colon) continue;
            const std::size_t slash = code.find('/');
            const bool has_year = slash == 4 && std::all_of(code.begin(), code.begin() + 4, is_numeral);
            if (letter.issuer.empty()) letter.issuer = has_year ? code.substr(slash + 1) : code;
            if (letter.number.empty() && figures > 0) letter.number = format("{}/{}", rest.substr(0, figures), code);
            return;
        }
    }
}

// Punctuation and blanks at the ends, and blanks that stand between single letters ("M Ậ T"), taken away; the rest folded by case.
std::string bare(std::string_view text) {
    const auto sign = [](std::string_view rest) -> std::size_t {
        const auto c = static_cast<unsigned char>(rest.front());
        if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? 0 : 1;
        if (c == 0xC2 && rest.size() > 1) return 2;
        return c == 0xE2 && rest.size() > 2 ? 3 : 0;
    };
    std::string_view inner = tidy(text);
    while (!inner.empty() && sign(inner) > 0) inner.remove_prefix(sign(inner));
    while (!inner.empty()) {
        std::size_t begin = inner.size() - 1;
        while (begin > 0 && (static_cast<unsigned char>(inner[begin]) & 0xC0) == 0x80) --begin;
        if (sign(inner.substr(begin)) == 0) break;
        inner.remove_suffix(inner.size() - begin);
    }
    return std::string{inner};
}

std::string without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\t') out.push_back(c);
    return out;
}

// "mat", "toi mat", "tuyet mat" with their accents in any case, or without them in capitals.
bool is_mark(std::string_view text) {
    constexpr std::array<std::string_view, 3> kMarks{"mật", "tốimật", "tuyệtmật"};
    constexpr std::array<std::string_view, 3> kCapitals{"MAT", "TOIMAT", "TUYETMAT"};
    const std::string joined = without_blanks(text);
    if (std::find(kCapitals.begin(), kCapitals.end(), joined) != kCapitals.end()) return true;
    const std::string folded = fold_case(nfc(joined));
    return std::find(kMarks.begin(), kMarks.end(), folded) != kMarks.end();
}

bool is_marked_line(std::string_view line) {
    if (line.empty() || line.size() > 200) return false;
    const std::string text = bare(line);
    if (text.size() > 100) return false;
    if (is_mark(text)) return true;
    // "Độ mật: Mật"
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return false;
    const std::string before = fold_header(std::string_view{text}.substr(0, colon));
    return (before == "do mat" || before == "muc do mat" || before == "muc mat" || before == "dau mat" || before == "dau chi muc do mat") && is_mark(bare(std::string_view{text}.substr(colon + 1)));
}

}  // namespace

void read_letter_line(std::string_view line, Letter& letter) {
    line = tidy(line.substr(0, kMostLine));
    if (line.empty()) return;
    const std::string folded = fold(is_utf8(line) ? line : std::string_view{to_valid_utf8(line)});
    if (letter.number.empty() || letter.issuer.empty()) read_number(line, letter);
    if (letter.date.empty()) letter.date = date_in(folded);
    if (letter.subject.empty()) {
        for (const std::string_view word : {"V/v", "v/v", "V/V", "Về việc", "về việc"}) {
            const std::size_t at = line.find(word);
            if (at == std::string_view::npos) continue;
            std::string_view rest = tidy(line.substr(at + word.size()));
            if (rest.starts_with(':')) rest = tidy(rest.substr(1));
            letter.subject = shorten(rest, kMostSubject);
            break;
        }
    }
    if (letter.urgency.empty()) {
        const std::string alone = fold_header(line);
        if (alone == "hoa toc" || alone.starts_with("hoa toc hen gio")) letter.urgency = "Hỏa tốc";
        else if (alone == "thuong khan") letter.urgency = "Thượng khẩn";
        else if (alone == "khan") letter.urgency = "Khẩn";
    }
}

std::optional<std::string> secrecy_mark(std::string_view text) {
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
        const std::string_view line = tidy(text.substr(begin, end - begin));
        if (is_marked_line(line)) return std::string{line};
        begin = end + 1;
    }
    return {};
}

Error secret(std::string_view mark) {
    return {Code::denied, format("the list bears the secrecy mark \"{}\": such documents may not enter this system, and nothing of the file was kept", mark)};
}

Status refuse_secret_head(std::string_view text) {
    std::size_t end = 0;
    for (std::size_t lines = 0; lines < kHeadLines && end < text.size(); ++lines) end = std::min(text.find('\n', end), text.size() - 1) + 1;
    std::string_view head = text.substr(0, std::min<std::size_t>(end, 1 << 16));
    while (!head.empty()) {
        const std::size_t cell = std::min(head.find_first_of(",;\t|\r\n"), head.size());
        if (const auto mark = secrecy_mark(head.substr(0, cell))) return fail(secret(*mark));
        head.remove_prefix(std::min(cell + 1, head.size()));
    }
    return {};
}

}  // namespace vg::lists
