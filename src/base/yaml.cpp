#include "base/yaml.h"

#include <yaml.h>

#include <cstdlib>
#include <map>
#include <set>

#include "base/text.h"

namespace vg::yaml {

namespace {

// The core schema of YAML 1.2.2, section 10.3.2.
json::Value plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const bool negative = text[0] == '-' || text[0] == '+';
    const char first = negative ? (text.size() > 1 ? text[1] : ' ') : text[0];
    if ((first < '0' || first > '9') && first != '.') return text;
    if (text.size() > 2 && text.size() <= 17 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
        char* end = nullptr;
        const long long value = std::strtoll(text.c_str() + 2, &end, text[1] == 'x' ? 16 : 8);
        if (*end == '\0') return value;
        return text;
    }
    const std::string_view unsigned_text = text[0] == '+' ? std::string_view{text}.substr(1) : std::string_view{text};
    if (const auto value = parse_int(unsigned_text)) return *value;
    if (text == ".inf" || text == "-.inf" || text == ".nan") return text;
    if (text.find_first_not_of("0123456789+-.eE") == std::string::npos)
        if (const auto value = parse_real(unsigned_text)) return *value;
    return text;
}

// Whether a value would be written as the text that it was read from.
bool is_as_written(const json::Value& value, const std::string& text) {
    return !value.is_number() || value.dump() == text;
}

// Builds values from libyaml's events; libyaml itself keeps no tree and does not recurse.
class Reader {
public:
    Reader(std::string_view text, const Limits& limits) : limits_(limits) {
        yaml_parser_initialize(&parser_);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    }
    ~Reader() {
        drop();
        yaml_parser_delete(&parser_);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Result<std::vector<Document>> read() {
        std::vector<Document> documents;
        while (true) {
            TRY(next());
            if (event_.type == YAML_STREAM_END_EVENT) return documents;
            if (event_.type != YAML_DOCUMENT_START_EVENT) continue;
            anchors_.clear();
            TRY(next());
            const int line = static_cast<int>(event_.start_mark.line) + 1;
            json::Value value = TRY(node(limits_.depth));
            if (!value.is_null()) documents.push_back({std::move(value), line});
        }
    }

private:
    struct Anchored {
        json::Value value;
        std::size_t nodes;
        std::size_t height;
    };

    void drop() {
        if (have_) yaml_event_delete(&event_);
        have_ = false;
    }

    Status next() {
        drop();
        if (yaml_parser_parse(&parser_, &event_) == 0) {
            const yaml_mark_t& mark = parser_.problem_mark;
            return fail(Code::bad_input, format("line {}, column {}: {}", mark.line + 1, mark.column + 1, parser_.problem != nullptr ? parser_.problem : "not YAML"));
        }
        have_ = true;
        return {};
    }

    [[nodiscard]] std::string place() const { return format("line {}: ", event_.start_mark.line + 1); }

    Status count(std::size_t more) {
        nodes_ += more;
        if (nodes_ + kept_ > limits_.nodes) return fail(Code::too_large, place() + format("the YAML text has more than {} nodes", limits_.nodes));
        return {};
    }

    // The value that begins with the present event, which is consumed up to its end. `height_` is set to its depth.
    Result<json::Value> node(std::size_t depth) {
        if (depth == 0) return fail(Code::too_large, place() + "nested too deeply");
        TRY(count(1));
        const std::size_t before = nodes_;
        switch (event_.type) {
            case YAML_SCALAR_EVENT: {
                const auto& scalar = event_.data.scalar;
                const std::string text{reinterpret_cast<const char*>(scalar.value), scalar.length};
                const std::string anchor = name(scalar.anchor);
                json::Value value = scalar.plain_implicit != 0 && scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain_scalar(text) : json::Value{text};
                if (limits_.numbers_as_written && !is_as_written(value, text)) value = json::Value{text};
                height_ = 1;
                keep(anchor, value, before);
                return value;
            }
            case YAML_SEQUENCE_START_EVENT: {
                const std::string anchor = name(event_.data.sequence_start.anchor);
                json::Array items;
                std::size_t height = 0;
                for (TRY(next()); event_.type != YAML_SEQUENCE_END_EVENT; TRY(next())) {
                    items.push_back(TRY(node(depth - 1)));
                    height = std::max(height, height_);
                }
                height_ = height + 1;
                json::Value value{std::move(items)};
                keep(anchor, value, before);
                return value;
            }
            case YAML_MAPPING_START_EVENT: {
                const std::string anchor = name(event_.data.mapping_start.anchor);
                json::Object members;
                std::set<std::string, std::less<>> names;
                std::size_t height = 0;
                for (TRY(next()); event_.type != YAML_MAPPING_END_EVENT; TRY(next())) {
                    if (event_.type != YAML_SCALAR_EVENT) return fail(Code::bad_input, place() + "a key must be a plain name");
                    std::string key{reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length};
                    if (!names.insert(key).second) return fail(Code::bad_input, place() + format("the key '{}' stands twice", shorten(key, 80)));
                    TRY(next());
                    members.emplace_back(std::move(key), TRY(node(depth - 1)));
                    height = std::max(height, height_);
                }
                height_ = height + 1;
                json::Value value{std::move(members)};
                keep(anchor, value, before);
                return value;
            }
            case YAML_ALIAS_EVENT: {
                const std::string wanted = name(event_.data.alias.anchor);
                const auto found = anchors_.find(wanted);
                if (found == anchors_.end()) return fail(Code::bad_input, place() + format("the alias *{} names nothing before it", shorten(wanted, 80)));
                TRY(count(found->second.nodes));
                if (found->second.height > depth) return fail(Code::too_large, place() + "nested too deeply");
                height_ = found->second.height;
                return found->second.value;
            }
            case YAML_NO_EVENT:
            case YAML_STREAM_START_EVENT:
            case YAML_STREAM_END_EVENT:
            case YAML_DOCUMENT_START_EVENT:
            case YAML_DOCUMENT_END_EVENT:
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT: return json::Value{};
        }
        return json::Value{};
    }

    static std::string name(const yaml_char_t* anchor) { return anchor == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(anchor)}; }

    void keep(const std::string& anchor, const json::Value& value, std::size_t before) {
        if (anchor.empty()) return;
        kept_ += nodes_ - before + 1;
        anchors_.insert_or_assign(anchor, Anchored{value, nodes_ - before + 1, height_});
    }

    const Limits& limits_;
    yaml_parser_t parser_{};
    yaml_event_t event_{};
    bool have_ = false;
    std::size_t nodes_ = 0;   // read or copied by an alias
    std::size_t kept_ = 0;    // copied for later aliases
    std::size_t height_ = 0;  // of the value last read
    std::map<std::string, Anchored> anchors_;
};

// libyaml keeps a stack of what is open; each level costs it memory, and flow collections cost it time.
bool opens_too_deep(std::string_view text, std::size_t depth) {
    std::size_t open = 0;
    for (char c : text) {
        if (c == '[' || c == '{') {
            if (++open > depth * 8) return true;
        } else if ((c == ']' || c == '}') && open > 0) {
            --open;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<Document>> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) return fail(Code::too_large, format("the YAML text is larger than {} bytes", limits.bytes));
    if (!is_utf8(text)) return fail(Code::bad_input, "the YAML text is not UTF-8");
    if (opens_too_deep(text, limits.depth)) return fail(Code::too_large, "the YAML text is nested too deeply");
    return Reader{text, limits}.read();
}

}  // namespace vg::yaml
