// The verbs of `vonggac rule` that have a file of their own, and what they share. One thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/noun.h"
#include "detect/engine.h"

namespace vg::cli {

Result<int> rule_lint(Call& call);
Result<int> rule_test(Call& call);
Result<int> rule_explain(Call& call);
Result<int> rule_import(Call& call);
Result<int> rule_packs(Call& call);
Result<int> rule_remove(Call& call);
Result<int> rule_disable(Call& call);
Result<int> rule_enable(Call& call);
Result<int> rule_disabled(Call& call);
Result<int> rule_backtest(Call& call);
Result<int> rule_coverage(Call& call);
Result<int> rule_score(Call& call);

// The rule files that are named, folders entered ("cases" left out), each once, in the order of their paths. What cannot be
// read goes into `unreadable` as (path, reason).
Result<std::vector<detect::RuleFile>> rule_files(const std::vector<std::string>& paths, std::vector<std::pair<std::string, std::string>>& unreadable);
// What --pipeline names, for the engine.
Result<detect::EngineOptions> engine_options(const Call& call);

}  // namespace vg::cli
