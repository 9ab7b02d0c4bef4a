// What is wrong with Sigma rules that load. The kind's part of detect::lint().
#pragma once

#include <span>
#include <vector>

#include "detect/lint.h"

namespace vg::detect::sigma {

// `files` and `options.others` as given; appends to `remarks`.
void lint(std::span<const RuleFile> files, const LintOptions& options, std::vector<Remark>& remarks);

}  // namespace vg::detect::sigma
