// Profiles as they stand in YAML (content/lists, and what people keep), and which of them a table's header fits. Pure, any thread.
//
//   const std::vector<Profile> profiles = TRY(read_profiles("content/lists/national.yaml", text));
//   const Profile* profile = fitting_profile(profiles, keys, "2026-11-27-event4_sinkhole.csv");
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lists/reading.h"

namespace vg::lists {

// One profile a document of the text. The error names the file, the profile and the setting. What is read counts as shipped.
Result<std::vector<Profile>> read_profiles(std::string_view file, std::string_view text);

// The one whose required headers are all among `keys`: people's own before shipped ones, then the one that requires more, then the one
// that names more of them. Null: none. `keys` are folded.
const Profile* fitting_profile(std::span<const Profile> profiles, std::span<const std::string> keys, std::string_view file_name);

}  // namespace vg::lists
