// The bytes of papers: issued, signed and sent files stand under their hash, so that they can be given again bit for bit. Below the data
// folder's evidence, where a backup finds them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/disk.h"
#include "store/state.h"

namespace vg::reports {

inline constexpr std::string_view kPaperFiles = "evidence/papers";
inline constexpr std::size_t kMostPaperFile = std::size_t{32} << 20;

struct PaperPlace {
    store::Disk& disk;
    std::string folder;  // FOLDER/SHA256
};

// Durable when it returns; the same bytes are kept once. The hash.
Result<std::string> keep_bytes(const PaperPlace& place, std::string_view bytes);
// Code::corrupt: they are not what was kept; not_found: they are gone.
Result<std::string> kept_bytes(const PaperPlace& place, std::string_view sha256);
// All of them: what is wrong, in sentences. `checked` gets how many were looked at.
Result<std::vector<std::string>> check_paper_files(store::State& state, const PaperPlace& place, std::int64_t& checked);

}  // namespace vg::reports
