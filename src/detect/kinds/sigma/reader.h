// How one YAML document becomes a rule, a filter or a correlation: the steps of read_file(). Used by read.cpp (detections),
// read_info.cpp (what all documents have) and read_correlation.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/yaml.h"
#include "detect/kinds/sigma/lines.h"
#include "detect/kinds/sigma/read.h"

namespace vg::detect::sigma {

inline constexpr std::size_t kMostSelections = 1'000;  // also fields of a correlation
inline constexpr std::size_t kMostListed = 10'000;     // tags, references, rules and so on

// One document of a file, while it is read.
class Reader {
public:
    Reader(const RuleFile& file, const EngineOptions& options, const Lines& lines, const yaml::Document& document, LoadReport& report)
        : file_(file), options_(options), lines_(lines), top_(document.value), line_(document.line), report_(report) {}

    Status read(Documents& documents);
    // What a rule of another kind has in common with these. Whether rules of its status are wanted.
    Result<bool> read_head(RuleInfo& info);

    [[nodiscard]] int refused_line() const { return refused_line_; }
    [[nodiscard]] std::string title() const { return shorten(top_.text("title").value_or(""), 256); }

private:
    using Path = std::vector<std::string>;

    tl::unexpected<Error> refuse(const Path& path, std::string reason);
    void warn(const Path& path, std::string_view text);

    // What rules and correlation rules have in common. `part` names the specification for messages.
    Status read_info(RuleInfo& info, std::string& name, std::string_view part);
    Result<std::string> read_title(std::string_view part);
    std::string read_title_vi();
    Result<std::string> read_id(std::string_view title, std::string_view part);

    // A text that detection does not depend on: what is wrong with it is only a warning.
    std::string read_words(const char* key, std::size_t longest, std::string_view part);
    std::vector<std::string> read_list(const char* key, std::string_view part);
    Status read_source(Source& source, std::string_view part);
    Status read_taxonomy();

    // Whether the options want rules of that status; a rule that says nothing is wanted unless some are asked for.
    [[nodiscard]] bool is_wanted(const std::string& status) const;

    Status read_rule(Documents& documents);

    // The search identifiers and the condition of a rule or a filter. In a filter `rules` is no search identifier.
    Status read_detection(const json::Value& given, const char* where, Detection& detection);
    Status read_selection(const json::Value& value, const Path& path, Selection& selection);
    Status read_map(const json::Value& map, const Path& path, std::vector<Item>& items);
    Status read_item(std::string_view key, const json::Value& value, const Path& path, std::vector<Item>& items);

    // Names of rules: ids or names, at least one.
    Status read_rule_names(const json::Value* given, const Path& path, std::string_view section, std::vector<std::string>& names);
    Status read_filter(Documents& documents);
    Status read_correlation(Documents& documents);
    Status read_bounds(const json::Value& given, Correlation& correlation);
    Status read_aliases(const json::Value& given, Correlation& correlation);

    const RuleFile& file_;
    const EngineOptions& options_;
    const Lines& lines_;
    const json::Value& top_;
    int line_;
    LoadReport& report_;
    int refused_line_ = 0;
    std::size_t items_ = 0;
    std::size_t values_ = 0;
    std::size_t tests_ = 0;
    std::size_t regexes_ = 0;
};


}  // namespace vg::detect::sigma
