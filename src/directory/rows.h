// How the directory's tables are read: shared by organisations.cpp, sources.cpp and snapshot.cpp. Room-internal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.h"

namespace vg::directory {

inline constexpr std::string_view kCertificate = "certificate:";  // before the name of a peer that shows one

// All organisations or sources that `rest` ("where ... order by ... limit ...") leaves.
Result<std::vector<Organisation>> organisations(store::Transaction& tx, std::string_view rest, const store::Params& params);
Result<std::vector<Source>> sources(store::Transaction& tx, std::string_view rest, const store::Params& params);

// The organisation when it is in scope and not ended: where something new may be put.
Result<Organisation> live_organisation(store::Transaction& tx, const access::Scope& scope, const OrganisationId& id);

// Code::conflict when somebody asked for another version than the stored one.
Status check_version(std::optional<std::int64_t> wanted, std::int64_t stored);

// A page holds 1 to 1,000 items, whatever was asked.
std::size_t page_size(std::size_t wanted);

}  // namespace vg::directory
