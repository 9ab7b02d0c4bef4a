#include "base/yaml.h"

#include <yaml-cpp/yaml.h>

#include <set>

#include "base/text.h"

namespace vg::yaml {

namespace {

// The core schema of YAML 1.2.2, section 10.3.2.
json::Value plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const char first = text[0] == '-' || text[0] == '+' ? (text.size() > 1 ? text[1] : ' ') : text[0];
    if ((first >= '0' && first <= '9') || first == '.') {
        if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
            char* end = nullptr;
            const long long value = std::strtoll(text.c_str() + 2, &end, text[1] == 'x' ? 16 : 8);
            if (*end == '\0' && text.size() <= 17) return static_cast<std::int64_t>(value);
            return text;
        }
        const std::string_view unsigned_text = text[0] == '+' ? std::string_view{text}.substr(1) : std::string_view{text};
        if (const auto value = parse_int(unsigned_text)) return *value;
        if (text.find_first_not_of("0123456789+-.eE") == std::string::npos)
            if (const auto value = parse_real(unsigned_text)) return *value;
    }
    return text;
}

struct Converter {
    const Limits& limits;
    std::size_t nodes = 0;

    Result<json::Value> convert(const YAML::Node& node, std::size_t depth) {
        if (depth == 0) return fail(Code::too_large, format("line {}: nested too deeply", node.Mark().line + 1));
        if (++nodes > limits.nodes) return fail(Code::too_large, "the YAML document has too many nodes");
        switch (node.Type()) {
            case YAML::NodeType::Scalar: {
                const bool plain = node.Tag() == "?" || node.Tag().empty();
                return plain ? plain_scalar(node.Scalar()) : json::Value{node.Scalar()};
            }
            case YAML::NodeType::Sequence: {
                json::Array items;
                for (const YAML::Node& item : node) items.push_back(TRY(convert(item, depth - 1)));
                return json::Value{std::move(items)};
            }
            case YAML::NodeType::Map: {
                json::Object members;
                std::set<std::string, std::less<>> names;
                for (const auto& member : node) {
                    if (!member.first.IsScalar())
                        return fail(Code::bad_input, format("line {}: a key must be a plain name", member.first.Mark().line + 1));
                    const std::string& name = member.first.Scalar();
                    if (!names.insert(name).second)
                        return fail(Code::bad_input, format("line {}: the key '{}' stands twice", member.first.Mark().line + 1, shorten(name, 80)));
                    members.emplace_back(name, TRY(convert(member.second, depth - 1)));
                }
                return json::Value{std::move(members)};
            }
            case YAML::NodeType::Null:
            case YAML::NodeType::Undefined: return json::Value{};
        }
        return json::Value{};
    }
};

// yaml-cpp recurses while it reads flow collections; refuse what could exhaust the stack before it sees it.
bool opens_too_deep(std::string_view text, std::size_t depth) {
    std::size_t open = 0;
    for (char c : text) {
        if (c == '[' || c == '{') {
            if (++open > depth * 16) return true;
        } else if ((c == ']' || c == '}') && open > 0) {
            --open;
        }
    }
    std::size_t dashes = 0;  // "- - - -" nests a block sequence with each dash; so does "? " and "a: "
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '\n') dashes = 0;
        if ((text[i] == '-' || text[i] == '?' || text[i] == ':') && (text[i + 1] == ' ' || text[i + 1] == '\t') && ++dashes > 2000) return true;
    }
    return false;
}

}  // namespace

Result<std::vector<Document>> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) return fail(Code::too_large, format("the YAML text is larger than {} bytes", limits.bytes));
    if (!is_utf8(text)) return fail(Code::bad_input, "the YAML text is not UTF-8");
    if (opens_too_deep(text, limits.depth)) return fail(Code::too_large, "the YAML text is nested too deeply");
    try {
        std::vector<Document> documents;
        Converter converter{limits};
        for (const YAML::Node& node : YAML::LoadAll(std::string{text})) {
            if (!node.IsDefined() || node.IsNull()) continue;
            documents.push_back({TRY(converter.convert(node, limits.depth)), node.Mark().line + 1});
        }
        return documents;
    } catch (const YAML::Exception& error) {
        return fail(Code::bad_input, format("line {}, column {}: {}", error.mark.line + 1, error.mark.column + 1, error.msg));
    } catch (const std::exception& error) {
        return fail(Code::bad_input, format("not YAML: {}", error.what()));
    }
}

}  // namespace vg::yaml
