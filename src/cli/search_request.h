// Requests of `vonggac search`: times as people write them, errors that point at the character, progress on a terminal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "cli/ask.h"

namespace vg::cli {

// "2026-01-31T08:00:00Z", "2026-01-31", "now", "-24h" or "24h" (before now), "now-90d".
Result<Time> parse_moment(std::string_view text, Time now);

// "there is no field souce.ip", and below it the query with a caret under the wrong place and the suggestion.
std::string pointed(std::string_view query, std::size_t offset, std::size_t length, std::string_view text, std::string_view suggestion);

// Sends, and shows the progress of the search on a terminal meanwhile; `id` names it in the target or body. A server that
// loses the connection (Ctrl-C) cancels the search by itself. An answer of 300 and more is an error, with `query` shown
// where it is wrong.
Result<net::Answer> send_search(Call& call, const Message& message, const std::string& id, std::string_view query);

// Says on standard error what an answer lacks ("incomplete" of the API, an array). The exit code: 3, and 0 when it is whole.
int tell_incomplete(Call& call, const json::Value* incomplete);

}  // namespace vg::cli
