#include "detect/kinds/sigma/pipeline_text.h"

#include <re2/re2.h>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostRegexBytes = 4'096;

}  // namespace

std::string names_of(std::span<const std::string_view> all) {
    std::string out;
    for (const std::string_view one : all) out += (out.empty() ? "" : ", ") + std::string{one};
    return out;
}

std::string PipelineText::place(int line) const { return format("{}:{}", file_.name, line); }

tl::unexpected<Error> PipelineText::fail_at(int line, std::string_view text) const { return fail(Code::bad_input, format("pipeline {}: {}", place(line), text)); }

const json::Value* PipelineText::given(const json::Value& map, std::string_view key) {
    const json::Value* found = map.find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

Result<std::string> PipelineText::scalar(const json::Value& value, std::string_view what) const {
    if (value.is_text()) return value.as_text();
    if (value.is_int()) return std::to_string(value.as_int());
    if (value.is_bool()) return std::string{value.as_bool() ? "true" : "false"};
    if (value.is_real()) {
        std::string text;
        json::write_real(text, value.as_real());
        return text;
    }
    return fail_at(current_, format("{} must be a string", what));
}

Result<std::vector<std::string>> PipelineText::list(const json::Value& value, std::string_view what) const {
    std::vector<std::string> all;
    const json::Array single{value};
    const json::Array& items = value.is_array() ? value.as_array() : single;
    if (items.size() > kMostPipelineList) return fail_at(current_, format("{} has more than {} items", what, kMostPipelineList));
    for (const json::Value& one : items) all.push_back(TRY(scalar(one, what)));
    return all;
}

Result<bool> PipelineText::truth(const json::Value& value, std::string_view what) const {
    if (!value.is_bool()) return fail_at(current_, format("{} must be true or false", what));
    return value.as_bool();
}

Result<Regex> PipelineText::regex(const json::Value& value, std::string_view what, bool anchored) const {
    const std::string text = TRY(scalar(value, what));
    if (text.size() > kMostRegexBytes) return fail_at(current_, format("{} is longer than {} bytes", what, kMostRegexBytes));
    RE2::Options how;
    how.set_log_errors(false);
    how.set_max_mem(8 << 20);
    auto made = std::make_shared<const RE2>(anchored ? "\\A(?:" + text + ")" : text, how);
    if (!made->ok()) return fail_at(current_, format("{}: '{}' is not an expression that can be used here: {}", what, shorten(text, 80), made->error()));
    return Regex{std::move(made)};
}

}  // namespace vg::detect::sigma
