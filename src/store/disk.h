// All durable writes of the journal go through a Disk and its Files, so that tests can cut the power at any moment.
// system_disk() is the real one; store/fault_disk.h is the one with faults.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vg::store {

// One open file. Used by one thread at a time, except read(), which any thread may call.
class File {
public:
    virtual ~File() = default;
    // Appends all bytes or none that count: after an error the file's end is unknown until truncate().
    virtual Status append(std::string_view bytes) = 0;
    // After success everything appended so far survives a power cut. After a failure nothing may be assumed: the caller
    // must cut back to what was synced before and write again (a failed fsync can drop dirty pages).
    virtual Status sync() = 0;
    virtual Status truncate(std::uint64_t size) = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
    // Up to `length` bytes from `offset`; shorter at the end of the file.
    [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset, std::size_t length) const = 0;
};

enum class Open { read, append, create };  // create: must not exist yet

class Disk {
public:
    virtual ~Disk() = default;
    virtual Result<std::unique_ptr<File>> open(const std::string& path, Open how) = 0;
    virtual Status rename(const std::string& from, const std::string& to) = 0;
    virtual Status remove(const std::string& path) = 0;
    virtual Status make_folder(const std::string& path) = 0;  // succeeds when it exists
    // Makes creations, renames and removals in the folder survive a power cut.
    virtual Status sync_folder(const std::string& path) = 0;
    virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;  // names, sorted
    virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
    virtual bool exists(const std::string& path) = 0;
};

Disk& system_disk();

// "data/journal" of "data/journal/identity"; "." when there is none.
std::string parent_of(const std::string& path);

// Code::unavailable: with `bytes` more the disk of the folder would have less than `reserve` free. A reserve of 0 and a disk
// that cannot say how much is free are tried.
Status leave_free(Disk& disk, const std::string& folder, std::uint64_t bytes, std::uint64_t reserve);

// Writes a small file so that after a power cut either the old or the new content stands there whole.
Status write_whole(Disk& disk, const std::string& path, std::string_view bytes);
Result<std::string> read_whole(Disk& disk, const std::string& path, std::size_t limit = std::size_t{64} << 20);

}  // namespace vg::store
