// systemd's Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS): fields as "NAME=value\n", or, for values that hold
// a newline, "NAME\n", eight bytes of length (little endian), the value, "\n"; an empty line ends the entry.
#pragma once

#include <optional>
#include <string_view>

namespace vg::formats {

struct JournalField {
    std::string_view name, value;
};
enum class JournalStep : char { field, end, more, broken };  // more: the bytes stop in the middle

// Takes the next field from the begin of `rest`.
JournalStep next_journal_field(std::string_view& rest, JournalField& field);

// How many bytes the entry at the begin of the text has, its empty line included. Nothing: more bytes are needed.
// `broken`: they are no entry; then the bytes up to the next empty line.
std::optional<std::size_t> journal_entry_size(std::string_view text, bool& broken);

}  // namespace vg::formats
