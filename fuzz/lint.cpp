// Lint of hostile rules: it ends soon, and says something of each that is refused.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "detect/lint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 20'000) return 0;
    const std::vector<vg::detect::RuleFile> files{{"fuzz.yml", {reinterpret_cast<const char*>(data), size}}};
    vg::detect::LintOptions options;
    options.fields = {{"CommandLine", "Image", "process.executable"}, size % 2 == 0};
    const auto report = vg::detect::lint(files, options);
    CHECK(report.has_value(), "lint tells what is wrong, it does not fail");
    for (const vg::detect::Remark& remark : report->remarks)
        CHECK(!remark.reason.vi.empty() && !remark.reason.en.empty() && !remark.remedy.vi.empty() && !remark.remedy.en.empty(), "every remark is told in both languages");
    return 0;
}
