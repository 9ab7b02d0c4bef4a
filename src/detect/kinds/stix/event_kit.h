// Events for the tests of patterns.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "event/event.h"

namespace vg::detect::stix {

inline const Time kTestNow{1'780'000'000'000'000};  // 2026-05-28T20:26:40Z

struct TestEvent {
    Arena arena;
    event::Event event;
    explicit TestEvent(const std::vector<std::pair<event::Ecs, std::string>>& fields, Time occurred = kTestNow) {
        event::Builder builder{arena};
        for (const auto& [field, text] : fields) builder.ecs(field, arena.copy(text));
        event.fields = builder.finish();
        event.occurred = event.received = occurred;
        event.occurred_known = true;
    }
};

}  // namespace vg::detect::stix
