// CSV with a header (RFC 4180). Cells that a spreadsheet would calculate are made harmless.
#include "base/text.h"
#include "base/time.h"
#include "intel/writers/writer.h"
#include "tables/csv.h"

namespace vg::intel {
namespace {

Written write(std::span<const Entry> entries, const WriteOptions& options) {
    Written out = write_each(entries, options, [](const Entry& entry, std::string& text) {
        const auto time = [](const std::optional<Time>& when) { return when ? to_rfc3339(*when) : std::string{}; };
        const std::string cells[] = {std::string{detect::indicator::name_of(entry.kind)},
                                     entry.text,
                                     entry.family,
                                     entry.confidence ? format("{}", *entry.confidence) : "",
                                     entry.tlp ? std::string{detect::indicator::name_of(*entry.tlp)} : "",
                                     time(entry.from),
                                     time(entry.until),
                                     std::string{name_of(entry.role)},
                                     entry.port != 0 ? format("{}", entry.port) : "",
                                     entry.comment};
        for (std::size_t i = 0; i < std::size(cells); ++i) {
            if (i > 0) text += ',';
            text += tables::csv_cell(cells[i]);
        }
        text += "\r\n";
        return true;
    });
    if (options.head) out.text.insert(0, "kind,value,family,confidence,tlp,valid_from,valid_until,role,port,comment\r\n");
    return out;
}

}  // namespace

extern const Writer csv_writer{.name = "csv", .content_type = "text/csv; charset=utf-8", .about = "all that is known of each, for spreadsheets and programs", .write = write};

}  // namespace vg::intel
