// Files of a data folder into pieces and back. Inside of store/backup only. One thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/backup/depot.h"

namespace vg::store::backup {

// Cuts what is added into pieces, and stores them.
class EntryWriter {
public:
    EntryWriter(Depot& depot, const std::map<std::string, Piece>& known, Random& random, std::string path);
    // `added` is called after each piece with its bytes, and stops the work by returning false.
    Status add(std::string_view bytes, const std::function<bool(std::uint64_t)>& added);
    Result<Entry> finish(const std::function<bool(std::uint64_t)>& added);

private:
    Status flush(const std::function<bool(std::uint64_t)>& added);

    Depot& depot_;
    const std::map<std::string, Piece>& known_;
    Random& random_;
    Entry entry_;
    std::string pending_, tail_;
    Sha256Stream hash_;
};

// The last 4 KiB of a file of `bytes` bytes, as Entry::tail has it: for the end of a segment of the journal, whose close
// block vouches for everything before it, and for the footer of a Parquet file.
Result<std::string> tail_of(const File& file, std::uint64_t bytes);

// Lines into a zstd stream.
class Packing {
public:
    using Take = std::function<Status(std::string_view)>;
    explicit Packing(Take take);
    ~Packing();
    Packing(const Packing&) = delete;
    Packing& operator=(const Packing&) = delete;
    Status line(std::string_view text);
    Status finish();

private:
    Status run(std::string_view bytes, int mode);
    Take take_;
    void* context_;
    std::string out_;
};

// The lines of a packed entry. A line of more than 256 MiB is refused.
class Unpacking {
public:
    Unpacking(const Depot& depot, const Entry& entry, std::function<bool(std::uint64_t)> read);
    ~Unpacking();
    Unpacking(const Unpacking&) = delete;
    Unpacking& operator=(const Unpacking&) = delete;
    // Without its newline; nothing at the end.
    Result<std::optional<std::string>> next();

private:
    Status fill();

    const Depot& depot_;
    const Entry& entry_;
    std::function<bool(std::uint64_t)> read_;
    void* context_;
    std::size_t piece_ = 0;
    std::string packed_, text_;
    std::size_t packed_at_ = 0, text_at_ = 0;
    bool is_frame_whole_ = false;
};

}  // namespace vg::store::backup
