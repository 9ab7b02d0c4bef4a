// One input of a scan cut into batches of records: unpacked, members of a tar archive apart, EVTX and JSON and text split
// into records. Bounded memory: one step reads at most 256 kB of unpacked bytes. Used by one thread at a time.
//
//   Reader reader{path, "", name};
//   while (!reader.ended()) for (Batch& batch : reader.step()) use(batch);
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cli/scan_source.h"
#include "formats/format.h"

namespace vg::cli {

// Records of one file, in order, in one piece of memory.
struct Batch {
    struct Item {
        std::uint64_t number = 0;  // of the record within its file, from 1
        std::size_t begin = 0, size = 0;
    };
    std::string file;    // as a person named it; "archive.tar/member"
    std::string format;  // what the splitter knows, else the pinned one, else empty
    Time changed;
    std::string bytes;
    std::vector<Item> items;
    std::vector<std::string> trouble;  // damage that was skipped, told after the records
    bool ends_file = false;

    [[nodiscard]] std::string_view raw(const Item& item) const { return std::string_view{bytes}.substr(item.begin, item.size); }
};

class Reader {
public:
    // `format`: pinned, or empty. `name` is what the output calls the input.
    Reader(std::string path, std::string format, std::string name);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Reads on. Not after ended().
    std::vector<Batch> step();
    [[nodiscard]] bool ended() const { return ended_; }

private:
    class Part;
    class Tar;
    void take(std::string_view piece);

    const std::string path_, format_, name_;
    std::unique_ptr<ByteSource> source_;
    std::string head_;  // until it is clear whether this is a tar archive
    std::unique_ptr<Tar> tar_;
    std::unique_ptr<Part> part_;
    std::vector<Batch> made_;
    bool decided_ = false;
    bool ended_ = false;
};

// What a scan is asked to read: (path, name) in the order of the names, folders entered, each once. "-" stands for standard
// input. Code::not_found for an argument that is not there. Folders that cannot be entered go into `refused` as (name, reason).
struct Input {
    std::string path, name;
    friend auto operator<=>(const Input&, const Input&) = default;
};
Result<std::vector<Input>> find_inputs(const std::vector<std::string>& arguments, std::vector<std::pair<std::string, std::string>>& refused);

}  // namespace vg::cli
