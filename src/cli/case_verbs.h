// Verbs of `vonggac case` that stand in files of their own, and what they share. One thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/noun.h"
#include "cli/output.h"

namespace vg::cli::of_cases {

// The id of a case that is named by its id or by its number.
Result<std::string> case_id(Call& call, const std::string& named);
// "/api/v1/cases/ID/ACTION", of the case that is named, or of the first argument.
Result<std::string> case_path(Call& call, const std::string& named, std::string_view action = {});
Result<std::string> path_of(Call& call, std::string_view action = {});
std::span<const Column> case_columns();

// case_files.cpp
Result<std::string> file_contents(Call& call, const std::string& path);  // - is standard input
Result<int> attach(Call& call);
Result<int> attachments(Call& call);
Result<int> download(Call& call);

// case_sheet.cpp
Result<int> sheet(Call& call);
Result<int> answers(Call& call);

// case_work.cpp
Result<int> case_merge(Call& call);
Result<int> case_split(Call& call);
Result<int> case_tasks(Call& call);
Result<int> case_task(Call& call);
Result<int> case_end(Call& call);
Result<int> case_playbook(Call& call);

}  // namespace vg::cli::of_cases
