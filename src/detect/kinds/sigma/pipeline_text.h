// What the readers of a pipeline share: scalars, lists and expressions out of YAML, and errors that name file and line. Used by
// pipeline_read.cpp and pipeline_read_conditions.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/kinds/sigma/pipeline_model.h"

namespace vg::detect::sigma {

inline constexpr std::size_t kMostPipelineList = 20'000;

// "a, b, c"
std::string names_of(std::span<const std::string_view> all);

class PipelineText {
public:
    explicit PipelineText(const RuleFile& file) : file_(file) {}

    [[nodiscard]] std::string place(int line) const;
    [[nodiscard]] tl::unexpected<Error> fail_at(int line, std::string_view text) const;
    [[nodiscard]] tl::unexpected<Error> fail_here(std::string_view text) const { return fail_at(current_, text); }

    // A member of a map; none when it is null.
    static const json::Value* given(const json::Value& map, std::string_view key);
    // `what` names the parameter for messages.
    [[nodiscard]] Result<std::string> scalar(const json::Value& value, std::string_view what) const;
    [[nodiscard]] Result<std::vector<std::string>> list(const json::Value& value, std::string_view what) const;
    [[nodiscard]] Result<bool> truth(const json::Value& value, std::string_view what) const;
    // At the beginning of the text, as pySigma looks for conditions; or anywhere.
    [[nodiscard]] Result<Regex> regex(const json::Value& value, std::string_view what, bool anchored) const;

protected:
    const RuleFile& file_;
    int current_ = 1;  // line of the transformation in hand
};

// The three kinds of conditions of a transformation, with what links them.
Status read_conditions(const PipelineText& text, const json::Value& item, Transformation& out);

}  // namespace vg::detect::sigma
