#include "formats/lease_text.h"

#include "base/text.h"
#include "formats/text_scan.h"

namespace vg::formats {

using event::Ecs;

std::string_view lease_action(std::string_view message) {
    if (message.starts_with("DHCP")) message.remove_prefix(4);
    constexpr std::pair<std::string_view, std::string_view> kActions[] = {
        {"ACK", "lease_granted"}, {"REPLY", "lease_granted"}, {"OFFER", "lease_offered"}, {"ADVERTISE", "lease_offered"}, {"REQUEST", "lease_requested"}, {"DISCOVER", "lease_discovered"},
        {"SOLICIT", "lease_discovered"}, {"NAK", "lease_refused"}, {"RELEASE", "lease_released"}, {"DECLINE", "lease_declined"}, {"EXPIRE", "lease_expired"},
        {"INFORM", "lease_informed"}, {"RENEW", "lease_requested"}, {"REBIND", "lease_requested"}};
    return meaning_of(kActions, message);
}

void add_lease(const Lease& lease, event::Builder& builder) {
    put(builder, Ecs::lease_ip, lease.address);
    put(builder, Ecs::client_ip, lease.address);
    const std::string_view mac = lower_in(lease.mac, builder.arena());
    put(builder, Ecs::lease_mac, mac);
    put(builder, Ecs::client_mac, mac);
    put(builder, Ecs::lease_hostname, lease.host);
    put(builder, Ecs::lease_client_id, lease.client_id);
    put(builder, Ecs::lease_relay, lease.relay);
    put(builder, Ecs::lease_seconds, lease.seconds);
}

}  // namespace vg::formats
