// Records that take several lines of a file, and lines that mean nothing without an earlier one. A joiner is given the
// lines of a file one by one and gives whole records. Pure, hostile, bounded; used by the splitter of files.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vg::formats {

struct Joiner {
    using Keep = std::function<bool(std::string_view record)>;
    virtual ~Joiner() = default;
    // The next line, without its end; blank ones too. Calls keep for each record that is whole now.
    virtual void line(std::string_view line, const Keep& keep) = 0;
    // At the end of the file.
    virtual void finish(const Keep& keep) = 0;
    // What was wrong since the last call; empty: nothing.
    virtual std::string take_damage() { return {}; }
};

// For a file that begins with this line; nullptr: each line is a record by itself. `format`: pinned name or empty.
std::unique_ptr<Joiner> joiner_for(std::string_view first_line, std::string_view format);

std::unique_ptr<Joiner> zeek_joiner();      // lines under #fields → the JSON that Zeek would have written
std::unique_ptr<Joiner> w3c_joiner();       // lines under #Fields → each with that line before it
std::unique_ptr<Joiner> audit_joiner();     // lines with the same msg=audit(TIME:SERIAL) → one record of several lines
std::unique_ptr<Joiner> xml_joiner();       // <Event ...>...</Event>, wherever lines end
std::unique_ptr<Joiner> timed_joiner();     // of PostgreSQL and Zimbra: a line and those behind it that do not begin with a time

}  // namespace vg::formats
