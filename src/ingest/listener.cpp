#include "ingest/listener.h"

#include <array>

namespace vg::ingest {

#define MEMBER(name) namespace of_##name { extern const Listener name; }
#include "ingest/listeners/list.inc"
#undef MEMBER

namespace {

constexpr std::array kListeners = {
#define MEMBER(name) &of_##name::name,
#include "ingest/listeners/list.inc"
#undef MEMBER
};

}  // namespace

std::span<const Listener* const> listeners() { return kListeners; }

const Listener* find_listener(std::string_view name) {
    for (const Listener* listener : kListeners)
        if (listener->name == name) return listener;
    return nullptr;
}

ListenerWorld ListenerWorld::make(std::string_view name, Intake& intake, Counters& counters, SenderBook& senders, metrics::Registry& metrics) {
    const metrics::Labels labels{{"listener", std::string{name}}};
    return {.name = name,
            .intake = intake,
            .counters = counters,
            .senders = senders,
            .messages = metrics.counter("vonggac_listener_records_total", "Records that came in over listeners that are not HTTP", labels),
            .cut = metrics.counter("vonggac_listener_cut_total", "Messages longer than the bound, of which the beginning was kept", labels),
            .lost = metrics.counter("vonggac_listener_lost_total", "Records taken from a sender that does not repeat them, and not kept", labels)};
}

}  // namespace vg::ingest
