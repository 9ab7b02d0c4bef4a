#include "detect/kinds/counting/counting.h"

#include <cmath>
#include <map>

#include "base/yaml.h"
#include "detect/kinds/sigma/lines.h"
#include "detect/kinds/sigma/reader.h"

namespace vg::detect::counting {

namespace {

std::optional<Span> parse_span(std::string_view text) {
    if (text.size() < 2 || text.size() > 8) return std::nullopt;
    const auto count = parse_int(text.substr(0, text.size() - 1));
    if (!count || *count < 1) return std::nullopt;
    switch (text.back()) {
        case 's': return seconds(*count);
        case 'm': return minutes(*count);
        case 'h': return hours(*count);
        case 'd': return days(*count);
        default: return std::nullopt;
    }
}

// Whether a line begins with the word and a colon: files without are not parsed for it.
bool names(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
        if ((at == 0 || text[at - 1] == '\n') && at + word.size() < text.size() && text[at + word.size()] == ':') return true;
    return false;
}

}  // namespace

const json::Value* Settings::take(std::string_view key) {
    taken_.emplace(key);
    return given_.find(key);
}

std::int64_t Settings::number(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const json::Value* value = take(key);
    if (value == nullptr) return otherwise;
    if (value->is_int() && value->as_int() >= least && value->as_int() <= most) return value->as_int();
    refuse(format("{} must be a whole number from {} to {}", key, least, most));
    return otherwise;
}

std::int64_t Settings::hundredths(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const json::Value* value = take(key);
    if (value == nullptr) return otherwise;
    const std::optional<double> real = value->is_number() ? std::optional{value->as_real()} : value->is_text() ? parse_real(value->as_text()) : std::nullopt;  // "1.50" stays text
    if (real && *real >= static_cast<double>(least) / 100 && *real <= static_cast<double>(most) / 100) return std::llround(*real * 100);
    refuse(format("{} must be a number from {} to {}", key, static_cast<double>(least) / 100, static_cast<double>(most) / 100));
    return otherwise;
}

Span Settings::span(std::string_view key, Span otherwise, Span most) {
    const json::Value* value = take(key);
    if (value == nullptr) return otherwise;
    const auto span = value->is_text() ? parse_span(value->as_text()) : std::nullopt;
    if (span && *span <= most) return *span;
    refuse(format("{} must be a number and s, m, h or d, at most {} hours", key, most.micros / 3'600'000'000));
    return otherwise;
}

std::string Settings::choice(std::string_view key, std::span<const std::string_view> known) {
    const json::Value* value = take(key);
    if (value == nullptr) return std::string{known.front()};
    if (value->is_text() && std::find(known.begin(), known.end(), value->as_text()) != known.end()) return value->as_text();
    std::string all;
    for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string{one};
    refuse(format("{} must be one of {}", key, all));
    return std::string{known.front()};
}

std::vector<std::string> Settings::texts(std::string_view key, std::vector<std::string> otherwise, std::size_t most) {
    const json::Value* value = take(key);
    if (value == nullptr) return otherwise;
    const json::Array single{*value};
    const json::Array& list = value->is_array() ? value->as_array() : single;
    std::vector<std::string> out;
    for (const json::Value& one : list) {
        if (one.is_text() && !one.as_text().empty() && one.as_text().size() <= 255 && out.size() < most)
            out.push_back(one.as_text());
        else
            refuse(format("{} must be a list of at most {} texts", key, most));
    }
    return out;
}

std::vector<std::int64_t> Settings::numbers(std::string_view key, std::size_t most) {
    const json::Value* value = take(key);
    if (value == nullptr) return {};
    const json::Array single{*value};
    const json::Array& list = value->is_array() ? value->as_array() : single;
    std::vector<std::int64_t> out;
    for (const json::Value& one : list) {
        if (one.is_int() && out.size() < most)
            out.push_back(one.as_int());
        else
            refuse(format("{} must be a list of at most {} whole numbers", key, most));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string Settings::wrong() const {
    if (!wrong_.empty()) return wrong_;
    for (const auto& [key, value] : given_.as_object())
        if (!taken_.contains(key)) return format("'{}' is no setting of it", shorten(key, 40));
    return {};
}

Numbers::Numbers() {
    for (int i = 0; i < 1'000; ++i) {
        whole_.push_back(format("{}", i));
        hundredths_.push_back(format("{}.{:02}", i / 100, i % 100));
    }
}

std::string_view Numbers::whole(std::int64_t number) const { return whole_[static_cast<std::size_t>(std::clamp<std::int64_t>(number, 0, 999))]; }
std::string_view Numbers::hundredths(std::int64_t number) const { return hundredths_[static_cast<std::size_t>(std::clamp<std::int64_t>(number, 0, 999))]; }

std::vector<Document> read(std::span<const RuleFile> files, const EngineOptions& options, std::string_view word, LoadReport& report) {
    std::map<std::string, Document> by_id;
    for (const RuleFile& file : files) {
        if (!names(file.text, word)) continue;
        yaml::Limits limits;
        limits.numbers_as_written = true;
        const auto parsed = yaml::parse(file.text, limits);
        if (!parsed) continue;  // the kind sigma has refused the file
        const sigma::Lines lines{file.text};
        for (const yaml::Document& one : *parsed) {
            if (!is_of_own_kind(one.value) || one.value.find(word) == nullptr) continue;
            sigma::Reader reader{file, options, lines, one, report};
            Document document;
            document.line = one.line;
            const auto wanted = reader.read_head(document.info);
            const auto refuse = [&](int line, std::string reason) { report.refused.push_back({file.name, line, reader.title(), std::move(reason)}); };
            if (!wanted) {
                refuse(reader.refused_line() > 0 ? reader.refused_line() : one.line, wanted.error().text);
                continue;
            }
            if (!*wanted) {
                ++report.left_out;
                continue;
            }
            if (!one.value.find(word)->is_object()) {
                refuse(one.line, format("{} must be a map [docs/detection.md]", word));
                continue;
            }
            document.given = *one.value.find(word);
            document.info.kind = word;
            document.info.many = true;
            const auto [known, is_new] = by_id.try_emplace(document.info.id);
            if (!is_new) report.warnings.push_back(format("{}: rule {} stands twice; it replaces the one of {}", file.name, document.info.id, known->second.info.file));
            known->second = std::move(document);
        }
    }
    std::vector<Document> out;
    for (auto& [id, document] : by_id) out.push_back(std::move(document));
    return out;
}

}  // namespace vg::detect::counting
