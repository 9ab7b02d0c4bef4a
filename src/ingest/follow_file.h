// One file that is followed: its descriptor, how far it was read, and by what it is known again. Used by Follower alone.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/json.h"
#include "ingest/delivery.h"
#include "ingest/frames/file_lines.h"
#include "net/sockets.h"

namespace vg::ingest {

// A file is the same while its first bytes are: inode numbers are used again.
struct FileMark {
    std::uint64_t device = 0, inode = 0;
    std::uint64_t head_bytes = 0;  // how many of the first bytes the hash is of
    std::uint64_t head_hash = 0;
};

struct FilePlace {
    std::string source, path;
    FileMark mark;
    std::uint64_t offset = 0;
    bool skipping = false;         // inside a line that is too long
};
json::Value to_json(const FilePlace& place);
std::optional<FilePlace> place_from(const json::Value& value);

class FollowedFile {
public:
    // Opens it; `known`: its place from before, when there is one that may be of this file.
    static Result<std::unique_ptr<FollowedFile>> open(const std::string& source, const std::string& path, std::string_view encoding, const FilePlace* known, bool from_start);

    // Reads what is new, at most some megabytes, into the delivery; true when there is more at once.
    Result<bool> read(Delivery& delivery, const SourceFacts& source, std::size_t line_bytes, const std::function<Status()>& flush);
    // The file has another name or none, and will not grow: its last line counts without a line end.
    void finish(Delivery& delivery, const SourceFacts& source);
    [[nodiscard]] const FilePlace& place() const { return place_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] bool is(const struct stat& info) const { return info.st_dev == place_.mark.device && info.st_ino == place_.mark.inode; }
    void renamed(const std::string& path) { place_.path = path; }
    int calm_looks = 0;  // looks since it was last seen to grow, while its path belongs to another file

private:
    FollowedFile() = default;
    Status look_again();

    net::Fd fd_;
    FilePlace place_;
    std::uint64_t size_ = 0;
    std::unique_ptr<TextDecoder> decoder_;
    std::string buffer_;
};

// Of the first `bytes` of an open file.
std::uint64_t hash_of_head(int fd, std::uint64_t bytes);

}  // namespace vg::ingest
