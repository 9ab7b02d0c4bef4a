// Writers of the live set for those who enforce elsewhere, one a form. Pure; any thread. What may not be shared with the reader
// and what the form cannot hold is left out and counted.
//
//   const Writer* writer = find_writer("zeek-intel");
//   const Written out = writer->write(entries, {.most = Tlp::green, .made = now, .source = "Vọng Gác"});
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intel/entry.h"

namespace vg::intel {

struct WriteOptions {
    Tlp most = Tlp::green;           // the strictest mark that the reader may have
    Tlp unmarked_is = Tlp::amber;    // how entries without a mark are treated
    Time made;                       // time of writing: entries that are not valid then are left out
    std::string_view source = "vonggac";
    bool head = true;                // false: another piece of the same file, without its first line
    int category = 1;                // of Suricata's iprep: the number in the categories file
};

struct Written {
    std::string text;
    std::size_t written = 0;
    std::size_t withheld = 0;   // the mark forbids it
    std::size_t not_valid = 0;  // expired, or not valid yet
    std::size_t unsuited = 0;   // the form has no place for this kind
};

struct Writer {
    std::string_view name;
    std::string_view content_type;
    std::string_view about;  // for people
    bool in_pieces = true;   // a file may be written piece by piece: all but the first with head = false
    Written (*write)(std::span<const Entry> entries, const WriteOptions& options);
};

const std::vector<const Writer*>& all_writers();
const Writer* find_writer(std::string_view name);

// Calls `one` for each entry that may go out; what `one` does not take (false) is counted as unsuited.
template <class One>
Written write_each(std::span<const Entry> entries, const WriteOptions& options, One one) {
    Written out;
    for (const Entry& entry : entries) {
        if (entry.tlp.value_or(options.unmarked_is) > options.most)
            ++out.withheld;
        else if ((entry.until && *entry.until <= options.made) || (entry.from && *entry.from > options.made))
            ++out.not_valid;
        else
            ++(one(entry, out.text) ? out.written : out.unsuited);
    }
    return out;
}

}  // namespace vg::intel
