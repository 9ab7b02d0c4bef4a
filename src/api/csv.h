// Events as CSV (RFC 4180): a column for each field of the dictionary, one for all native fields as JSON. A value that a
// spreadsheet would take for a formula gets an apostrophe before it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "directory/directory.h"
#include "store/archive.h"

namespace vg::api {

std::string csv_line(const std::vector<std::string>& cells);
std::string csv_head();
void csv_row(std::string& out, const Uuid& journal, const directory::Snapshot& directory, const store::FoundEvent& event);

}  // namespace vg::api
