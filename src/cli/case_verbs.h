// Verbs of `vonggac case` that stand in files of their own.
#pragma once

#include <string>
#include <string_view>

#include "cli/noun.h"

namespace vg::cli::of_cases {

// The path of a case by its id or by its number.
Result<std::string> path_of(Call& call, std::string_view action = {});

// case_files.cpp
Result<std::string> file_contents(Call& call, const std::string& path);  // - is standard input
Result<int> attach(Call& call);
Result<int> attachments(Call& call);
Result<int> download(Call& call);

// case_sheet.cpp
Result<int> sheet(Call& call);
Result<int> answers(Call& call);

}  // namespace vg::cli::of_cases
