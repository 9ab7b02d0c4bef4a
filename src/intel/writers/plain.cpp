// One value a line, nothing else.
#include "intel/writers/writer.h"

namespace vg::intel {
namespace {

Written write_plain(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) {
        if (entry.kind == Kind::pattern) return false;  // who takes plain lines looks values up
        text += entry.text;
        text += '\n';
        return true;
    });
}

}  // namespace

extern const Writer plain_writer{.name = "text", .content_type = "text/plain; charset=utf-8", .about = "one value a line", .write = write_plain};

}  // namespace vg::intel
