// Zeek's own table files: #separator, #set_separator, #empty_field, #unset_field, #path, #fields and #types say how the
// lines under them are read (Zeek manual, "Log Formats"). Each becomes the JSON object that Zeek's JSON writer makes.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "formats/joiner.h"

namespace vg::formats {

namespace {

constexpr std::size_t kMostColumns = 1000;

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
    return -1;
}

// How many bytes the well-formed character at `at` has; 0: it is none.
std::size_t character_at(std::string_view text, std::size_t at) {
    for (std::size_t size = 1; size <= 4 && at + size <= text.size(); ++size)
        if (is_utf8(text.substr(at, size))) return size;
    return 0;
}

// \\ and \xHH taken out. Control characters but blanks, and bytes that are no UTF-8, stay \xHH, as in Zeek's JSON.
std::string unescaped(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') {
            bytes += '\\';
            ++i;
        } else if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' && hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
            bytes += static_cast<char>(hex(text[i + 2]) * 16 + hex(text[i + 3]));
            i += 3;
        } else {
            bytes += text[i];
        }
    }
    const auto stays = [](char c) { return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\b' && c != '\f') || c == 0x7F; };
    if (is_utf8(bytes) && std::none_of(bytes.begin(), bytes.end(), stays)) return bytes;
    std::string plain;
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t size = character_at(bytes, i);
        if (size == 0 || stays(bytes[i])) {
            plain += format("\\x{:02x}", static_cast<unsigned char>(bytes[i++]));
        } else {
            plain.append(bytes, i, size);
            i += size;
        }
    }
    return plain;
}

bool is_number(std::string_view text) { return parse_real(text).has_value() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos && text.front() != '+' && text.front() != '.'; }

class ZeekJoiner final : public Joiner {
public:
    void line(std::string_view line, const Keep& keep) override {
        if (line.starts_with('#')) {
            header(line);
            return;
        }
        if (line.empty()) return;
        if (fields_.empty()) {
            damage_ = "a line stands before any #fields";
            return;
        }
        keep(record(line));
    }
    void finish(const Keep&) override {}
    std::string take_damage() override { return std::exchange(damage_, {}); }

private:
    void header(std::string_view line) {
        if (line.starts_with("#separator ")) {
            *this = ZeekJoiner{};
            const std::string separator = unescaped(trim(line.substr(11)));
            if (separator.empty() || separator.size() > 8) damage_ = "#separator is none";
            else separator_ = separator;
            return;
        }
        const std::size_t end = line.find(separator_);
        if (end == std::string_view::npos) return;
        const std::string_view word = line.substr(0, end);
        const std::string_view rest = line.substr(end + separator_.size());
        if (word == "#set_separator" && !rest.empty()) set_separator_ = rest;
        if (word == "#empty_field") empty_ = rest;
        if (word == "#unset_field") unset_ = rest;
        if (word == "#path") path_ = rest;
        if (word == "#fields") cut(rest, separator_, fields_);
        if (word == "#types") cut(rest, separator_, types_);
    }

    static void cut(std::string_view text, std::string_view separator, std::vector<std::string>& into) {
        into.clear();
        while (into.size() < kMostColumns) {
            const std::size_t end = text.find(separator);
            into.emplace_back(text.substr(0, end));
            if (end == std::string_view::npos) return;
            text.remove_prefix(end + separator.size());
        }
    }

    std::string record(std::string_view line) {
        std::string made = "{";
        if (!path_.empty()) made += "\"_path\":" + json::Value{path_}.dump();
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            const std::size_t end = line.find(separator_);
            const std::string_view cell = line.substr(0, end);
            if (cell != unset_ && !(cell.empty() && end == std::string_view::npos && i + 1 < fields_.size())) {
                if (made.size() > 1) made += ',';
                made += json::Value{to_valid_utf8(fields_[i])}.dump() + ":";
                value(i < types_.size() ? std::string_view{types_[i]} : std::string_view{"string"}, cell, made);
            }
            if (end == std::string_view::npos) {
                if (i + 1 < fields_.size()) damage_ = "a line has fewer columns than #fields";
                return made + "}";
            }
            line.remove_prefix(end + separator_.size());
        }
        damage_ = "a line has more columns than #fields";
        return made + "}";
    }

    void value(std::string_view type, std::string_view cell, std::string& made) {
        const bool many = type.starts_with("set[") || type.starts_with("vector[");
        if (!many) {
            scalar(type, cell == empty_ ? std::string_view{} : cell, made);
            return;
        }
        type = type.substr(type.find('[') + 1);
        type = type.substr(0, type.find(']'));
        made += '[';
        for (bool first = true; cell != empty_; first = false) {
            const std::size_t end = cell.find(set_separator_);
            const std::string_view one = cell.substr(0, end);
            if (!first) made += ',';
            if (one == unset_) made += "null";
            else scalar(type, one, made);
            if (end == std::string_view::npos) break;
            cell.remove_prefix(end + set_separator_.size());
        }
        made += ']';
    }

    static void scalar(std::string_view type, std::string_view cell, std::string& made) {
        const bool number = type == "time" || type == "interval" || type == "double" || type == "count" || type == "int" || type == "port";
        if (number && !cell.empty() && cell.size() < 40 && is_number(cell)) made += cell;
        else if (type == "bool" && (cell == "T" || cell == "F")) made += cell == "T" ? "true" : "false";
        else made += json::Value{to_valid_utf8(unescaped(cell))}.dump();
    }

    std::string separator_ = "\t", set_separator_ = ",", empty_ = "(empty)", unset_ = "-", path_;
    std::vector<std::string> fields_, types_;
    std::string damage_;
};

}  // namespace

std::unique_ptr<Joiner> zeek_joiner() { return std::make_unique<ZeekJoiner>(); }

}  // namespace vg::formats
