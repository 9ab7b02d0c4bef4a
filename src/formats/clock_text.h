// Times as logs write them, read fast: the ISO forms that almost every record has without a table or a copy, the rest by
// base/time.h. Called by the formats.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace vg::formats {

// RFC 3339 and its relatives (see parse_time), also without seconds and with AM or PM behind. `with_offset` is set to
// whether the text itself names its offset; when not, it is taken in `zone`.
std::optional<Time> read_time(std::string_view text, std::string_view zone, bool* with_offset);

// Seconds, milliseconds, microseconds or nanoseconds since 1970, by their size, with a fraction or not:
// from 2001 to 2286 the four do not overlap.
std::optional<Time> read_epoch(std::string_view text);

// Days from 1970-01-01 of a date that is one.
std::int64_t days_of(int year, int month, int day);

}  // namespace vg::formats
