// A ScanReport as one page of HTML that needs nothing from outside and runs no script: Vietnamese first, English second.
// Everything that comes from events, files or rules is hostile text and is escaped. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/scan_report.h"

namespace vg::cli {

std::string html_report(const ScanReport& report);

// Text for the inside of an element or a quoted attribute; what would not show or would turn the text around as U+FFFD.
std::string html_text(std::string_view text);

}  // namespace vg::cli
