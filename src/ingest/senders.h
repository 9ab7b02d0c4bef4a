// Senders: who speaks on a listener that knows no tokens. The server says which source a sender is; one that is not
// registered is a source of its own, unknown/ADDRESS.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"
#include "ingest/http_source.h"

namespace vg::ingest {

// What a source may be bound to.
inline constexpr std::array<std::string_view, 5> kListenerNames = {"syslog_udp", "syslog_tcp", "syslog_tls", "relp", "lumberjack"};

struct Sender {
    std::string_view listener;            // one of kListenerNames
    const Address& address;
    std::span<const std::string> names;   // of its certificate
};

class SenderBook {
public:
    virtual ~SenderBook() = default;
    // Never fails: what cannot be told apart is unknown/other. May write to State for a sender that was never seen. Any thread.
    virtual SourceFacts source_of(const Sender& sender) = 0;
};

}  // namespace vg::ingest
