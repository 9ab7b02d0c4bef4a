// What stands beside the events of a MISP feed. Pure; the bytes are hostile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::intel {

// manifest.json: which events there are and when each was changed last, so that only changed ones are fetched. An event's file is
// UUID.json beside the manifest.
struct MispFeedEvent {
    std::string uuid;
    Time changed;
    std::string info;
};
Result<std::vector<MispFeedEvent>> read_misp_manifest(std::string_view bytes);

// hashes.csv: the MD5 of each attribute's value and the event that has it. These are not hashes of files.
struct MispFeedHash {
    std::string md5;
    std::string event;
};
struct MispFeedHashes {
    std::vector<MispFeedHash> rows;
    std::size_t refused = 0;
};
MispFeedHashes read_misp_hashes(std::string_view bytes);

}  // namespace vg::intel
