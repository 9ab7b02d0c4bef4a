// Lists that are no tables: JSON and mails of other programs, made into rows with the names of their members as headers. Pure; hostile.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "lists/source.h"
#include "tables/table.h"

namespace vg::lists {

// Nothing when the text is none of these forms.
Result<std::optional<Opened>> open_form(std::string_view text, const ReadOptions& options);

// Rows whose cells are told by the name of their column, in the order in which names come up.
class FormTable {
public:
    // A name that comes up twice in a row adds its text behind a comma.
    void set(std::string_view name, std::string_view text);
    void end_row(std::size_t line);
    void refuse(std::size_t line, std::string reason, std::string_view text);
    [[nodiscard]] bool has_rows() const { return !table_.rows.empty() || !table_.refused.empty(); }
    Opened finish(std::string form);

    std::vector<std::string> remarks;

private:
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<std::string> names_;
    std::vector<std::string> row_;
    tables::Table table_;
    std::size_t too_many_ = 0;
};

// Members of members get their names behind each other ("Report.SourceIp"); lists are joined by commas.
void flatten(const json::Value& value, const std::string& name, FormTable& into, int depth = 0);

// Rows of the attributes of MISP events that are addresses, names or pages, each in a column of its type.
bool looks_like_misp(const json::Value& document);
void read_misp_events(const json::Value& document, FormTable& into);

// Rows of the observed data of a STIX bundle, and of the values that its indicators name.
bool looks_like_stix(const json::Value& document);
void read_stix_bundle(const json::Value& document, FormTable& into);

// The block of an X-ARF mail (version 0.1 and 0.2): "Reported-From: ..." and so on.
bool read_xarf_mail(std::string_view text, FormTable& into);

}  // namespace vg::lists
