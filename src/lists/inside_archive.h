// The archive's side of inside.h: which events speak of NAT, proxies and leases, and where they stand. Each part of the archive is read
// once for all questions together, and of it only the blocks that may hold one of their addresses.
//
//   InsideJoin join{questions, options};
//   const InsideAsked asked = TRY(ask_archive(join, *segments, {.stop = stop}));
//   const std::vector<Inside> answers = join.finish(known);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "lists/inside.h"
#include "store/archive.h"
#include "store/segments.h"

namespace vg::lists {

// What an event says of inside and outside; nothing: it is of another kind.
std::optional<InsideSeen> inside_seen(const store::FoundEvent& event);

struct InsideAsked {
    std::int64_t parts = 0, events = 0;  // read
    std::int64_t used = 0;               // that fit a question
    bool incomplete = false;             // a part of the archive was not there to be asked
};
struct InsideAskOptions {
    std::stop_token stop = {};
    std::function<bool()> busy = {};     // then it waits
    std::function<void(double)> progress = {};  // 0..1
};
// Code::unavailable when it was stopped.
Result<InsideAsked> ask_archive(InsideJoin& join, store::Segments& segments, const InsideAskOptions& options);

}  // namespace vg::lists
