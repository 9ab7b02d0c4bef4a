// Follower: reads files that others write, line by line, as they grow: log files of programs that cannot send. Rotation by
// renaming, by copying and truncating, and new files of a folder are understood. How far each file was read is kept in a
// file of its own, written after the records are durable: a restart repeats at most what came in the last second.
//
//   auto follower = TRY(Follower::start({.targets = {{"web-01", "/var/log/nginx/*.log", ""}}, ...}, parts));
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "ingest/http_source.h"

namespace vg::ingest {

struct FollowTarget {
    std::string source;    // its name
    std::string pattern;   // a file, a folder (all files in it), or * and ? in the last part
    std::string encoding;  // empty: UTF-8, or UTF-16 by the file's mark
};
// "SOURCE=PATTERN[;encoding=NAME]".
Result<FollowTarget> parse_follow(const std::string& text);

struct FollowOptions {
    std::vector<FollowTarget> targets;
    std::string checkpoint;            // file
    bool from_start = true;            // of files that are seen for the first time
    std::size_t line_bytes = std::size_t{1} << 20;
    std::size_t most_files = 1000;
    Span every = milliseconds(250);    // between two looks at the files
};

class Follower {
public:
    struct Parts {
        Intake& intake;
        Counters& counters;
        metrics::Registry& metrics;
        std::function<std::optional<SourceFacts>(const std::string& name)> source;  // nothing: not there, or ended
    };
    static Result<std::unique_ptr<Follower>> start(FollowOptions options, Parts parts);
    virtual ~Follower() = default;
    // [{"source","path","offset","size","trouble"}], and one for each target that cannot be read. Any thread.
    [[nodiscard]] virtual json::Value report() const = 0;
    virtual void stop() = 0;  // idempotent; writes the checkpoint
};

}  // namespace vg::ingest
