// Times as text. RFC 3339 in UTC is the only form that leaves this program; what comes in may be in any of the forms
// below. Zones are IANA names ("Asia/Ho_Chi_Minh") looked up in the system's zone files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace vg {

// "2024-04-26T01:02:03.000004Z"; the fraction is cut to 3 digits when the rest is zero, and left out when all is.
std::string to_rfc3339(Time time);
// RFC 3339 with any fraction and offset; also a space for 'T'. Without an offset the text is taken in `zone`
// (UTC when empty). Years 1601 to 9999.
std::optional<Time> parse_time(std::string_view text, std::string_view zone = {});

// A civil time in a zone. A time that does not exist (a clock put forward) takes the offset before the jump; one that
// exists twice is the first.
struct Civil {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0;
};
std::optional<Time> from_civil(const Civil& civil, std::string_view zone = {});  // nothing: not a date, or no such zone
Civil to_civil(Time time, std::string_view zone = {});
bool is_zone(std::string_view zone);

// "30s", "15m", "24h", "90d", "2w" (also "ms" and "us").
std::optional<Span> parse_span(std::string_view text);

}  // namespace vg
