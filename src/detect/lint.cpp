#include "detect/lint.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "detect/kinds/kind.h"

namespace vg::detect {

namespace {

Said see_section(std::string_view section) {
    return {format("xem mục «{}» của đặc tả Sigma 2.1", section), format("see the section '{}' of the Sigma specification 2.1", section)};
}

// What a refusal is about, by the section of the specification that it names. The reason itself stands behind it as it is.
struct Hint {
    std::string_view section, vi, remedy_vi, remedy_en;
};
constexpr Hint kHints[] = {
    {"Yaml File", "tệp không phải YAML đúng quy cách", "sửa chỗ được nêu: thụt dòng bằng dấu cách, đặt giá trị có ký tự đặc biệt trong dấu nháy", "mend the place: indent by spaces, quote values with special characters"},
    {"Title", "tiêu đề thiếu hoặc sai", "thêm «title:» dài 1 đến 256 ký tự", "add 'title:' of 1 to 256 characters"},
    {"Identification", "id sai", "ghi một UUID mới, ví dụ bằng «uuidgen»", "write a new UUID, for example by uuidgen"},
    {"Status", "trạng thái sai", "dùng stable, test, experimental, deprecated hoặc unsupported", "take stable, test, experimental, deprecated or unsupported"},
    {"Level", "mức sai", "dùng informational, low, medium, high hoặc critical", "take informational, low, medium, high or critical"},
    {"LogSource", "nguồn nhật ký thiếu hoặc sai", "nêu ít nhất một trong product, category, service", "name at least one of product, category, service"},
    {"Detection", "phần detection thiếu hoặc sai", "thêm ít nhất một phần tìm kiếm và một condition", "add at least one search identifier and a condition"},
    {"Condition", "điều kiện sai", "chỉ dùng tên các phần trong detection, and, or, not, 1 of, all of và dấu ngoặc", "use only names of the parts, and, or, not, 1 of, all of and brackets"},
    {"Related rules", "tương quan nêu luật không dùng được", "đưa luật được nêu vào cùng bộ, đúng id hoặc name", "put the named rule into the same set, with that id or name"},
    {"Taxonomy", "hệ tên trường không biết", "dùng tên trường của Sigma hoặc ECS", "use Sigma's or ECS names of fields"},
};

std::string_view section_of(std::string_view reason) {
    const std::size_t open = reason.rfind('[');
    if (open == std::string_view::npos || !reason.ends_with(']')) return {};
    const std::string_view inside = reason.substr(open + 1, reason.size() - open - 2);
    const std::size_t colon = inside.find(": ");
    return colon == std::string_view::npos ? inside : inside.substr(colon + 2);
}

Remark of_refusal(const RefusedRule& refused) {
    Remark remark{Remark::Weight::error, "refused", refused.file, refused.line, {}, refused.title, {"luật bị từ chối: " + refused.reason, refused.reason}, {}};
    const std::string_view section = section_of(refused.reason);
    const auto* hint = std::find_if(std::begin(kHints), std::end(kHints), [&](const Hint& one) { return one.section == section; });
    if (hint != std::end(kHints)) {
        remark.reason.vi = format("luật bị từ chối, {}: {}", hint->vi, refused.reason);
        remark.remedy = {std::string{hint->remedy_vi}, std::string{hint->remedy_en}};
    } else if (!section.empty()) {
        remark.remedy = see_section(section);
    } else {
        remark.remedy = {"sửa theo lý do đã nêu", "mend what the reason names"};
    }
    return remark;
}

// "FILE:LINE: text", or "FILE: text".
Remark of_warning(const std::string& warning, std::span<const RuleFile> files) {
    Remark remark;
    remark.check = "note";
    std::string_view text = warning;
    for (const RuleFile& file : files) {
        if (!text.starts_with(file.name) || text.size() <= file.name.size() || text[file.name.size()] != ':' || remark.file.size() > file.name.size()) continue;
        remark.file = file.name;
    }
    if (!remark.file.empty()) {
        text.remove_prefix(remark.file.size() + 1);
        const std::size_t colon = text.find(':');
        const auto line = colon == std::string_view::npos ? std::nullopt : parse_int(text.substr(0, colon));
        if (line) {
            remark.line = static_cast<int>(*line);
            text.remove_prefix(colon + 1);
        }
        text = trim(text);
    }
    const std::string_view section = section_of(text);
    remark.reason = {format("lưu ý: {}", text), std::string{text}};
    remark.remedy = section.empty() ? Said{"xem lại chỗ được nêu", "look at the place that is named"} : see_section(section);
    return remark;
}

}  // namespace

json::Value to_json(const Remark& remark) {
    const bool is_error = remark.weight == Remark::Weight::error;
    return json::object({{"type", remark.check == "refused" ? "refused" : is_error ? "error" : "warning"},
                         {"check", remark.check},
                         {"file", remark.file},
                         {"line", remark.line},
                         {"rule", remark.rule},
                         {"title", remark.title},
                         {"reason", remark.reason.en},
                         {"reason_vi", remark.reason.vi},
                         {"remedy", remark.remedy.en},
                         {"remedy_vi", remark.remedy.vi}});
}

Result<LintReport> lint(std::span<const RuleFile> files, const LintOptions& options) {
    LintReport report;
    TRY(Engine::make({files.begin(), files.end()}, options.engine, report.loaded));
    for (const RefusedRule& refused : report.loaded.refused) report.remarks.push_back(of_refusal(refused));
    for (const std::string& warning : report.loaded.warnings) report.remarks.push_back(of_warning(warning, files));
    for (const Kind* kind : all_kinds())
        if (kind->lint != nullptr) kind->lint(files, options, report.remarks);
    std::stable_sort(report.remarks.begin(), report.remarks.end(), [](const Remark& a, const Remark& b) { return std::tie(a.file, a.line) < std::tie(b.file, b.line); });
    if (report.remarks.size() > kMostRemarks) {
        report.left_out = report.remarks.size() - kMostRemarks;
        report.remarks.resize(kMostRemarks);
    }
    return report;
}

}  // namespace vg::detect
