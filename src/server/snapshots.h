// Snapshots: the state of the correlations on disk, with the position in the journal that it belongs to. Two files in a
// folder take turns, so that the one before is there when the newest cannot be used. Written and read by the pipeline's
// thread.
//
//   TRY(Snapshots{disk, folder}.write({journal, position, content, correlator.save()}));
//   auto last = Snapshots{disk, folder}.newest(journal, committed);   // none: nothing that can be used
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "event/record.h"
#include "store/disk.h"

namespace vg::server {

struct Snapshot {
    Uuid journal{};
    event::Position position;  // of the first record that is not in it
    std::string content;       // fingerprint of the content in force there
    std::string state;         // of Correlator::save()
    std::string lane = {};     // allowances of the slow lane there
    std::string indicators = {};  // name of the set in force there
    std::string patterns = {};    // of stix::Watch::save(); empty in those of before
};

// The bytes of a file and back; hostile. Code::corrupt when they are not whole.
std::string to_bytes(const Snapshot& snapshot);
Result<Snapshot> parse_snapshot(std::string_view bytes);

class Snapshots {
public:
    Snapshots(store::Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

    Status write(const Snapshot& snapshot);
    // The newest one of that journal at or before the position. What is damaged is logged and left out.
    [[nodiscard]] std::optional<Snapshot> newest(const Uuid& journal, event::Position most) const;

private:
    [[nodiscard]] Result<Snapshot> read(int which) const;
    [[nodiscard]] std::string path(int which) const { return folder_ + (which == 0 ? "/even" : "/odd"); }

    store::Disk& disk_;
    std::string folder_;
    int next_ = -1;  // the file to be written next; -1: not known yet
};

}  // namespace vg::server
