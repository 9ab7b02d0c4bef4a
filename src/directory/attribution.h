// Attribution: whose an address was, at a port and a time, by the dated claims that people made and approved. An immutable
// value: its owner builds a new one from all claims and swaps the shared_ptr; whoever asks keeps the one that he began with.
// Pure: no clock, no tables. Building takes one thread; any thread may ask.
//
//   auto attribution = TRY(Attribution::build(claims));
//   const Answer answer = attribution->of({address, 51234, event_time});
//   if (answer.kind == Answer::Kind::owner) use(attribution->claim(answer.claim).organisation);
//
// Which claim counts. Those that hold the address and the port and were valid then; of them the most specific: the one over
// fewer addresses, be it within the other or only overlap it; of equally many addresses the one over fewer ports. Those that
// are equal in both are equally specific: by one organisation they agree, by several they are a conflict.
//   - An IPv4 address and its IPv4-mapped IPv6 form are the same. A claim over IPv6 addresses says nothing of IPv4, however wide.
//   - A claim with ports does not answer a question without one; the answer says that a port would have told more.
//   - In a special block (special_addresses.h) only a claim that lies wholly in the block names its addresses: 10.8.0.0/16
//     does, 0.0.0.0/0 does not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/ip.h"
#include "base/result.h"
#include "directory/special_addresses.h"

namespace vg::directory {

// Addresses from the first to the last, both included; both IPv4 or both IPv6. Need not be a network.
struct AddressRange {
    Address first, last;
    friend auto operator<=>(const AddressRange&, const AddressRange&) = default;
    [[nodiscard]] std::string text() const;  // "203.0.113.0/24", "203.0.113.7", "203.0.113.4-203.0.113.9"
};
inline AddressRange range_of(const Network& network) { return {network.base, network.last()}; }

struct PortRange {
    std::uint16_t first = 0, last = 65535;  // both included
    friend auto operator<=>(const PortRange&, const PortRange&) = default;
};

// The texts are only looked at; those that an Attribution gives live as long as it does.
struct Claim {
    std::int64_t number = 0;               // the claim's own, by which people cite it
    AddressRange range;
    std::optional<PortRange> ports = {};   // none: all, as 0 to 65535
    OrganisationId organisation;
    std::string_view system = {};          // the information system or NAT pool behind it; empty: not told
    Time from;                             // valid from then on
    std::optional<Time> until = {};        // and before then; none: until further notice
    std::string_view document = {}, claimed_by = {}, approved_by = {};
};

struct Ask {
    Address address;
    std::optional<std::uint16_t> port = {};
    Time time;
};

struct Answer {
    enum class Kind : std::uint8_t {
        owner,     // one organisation
        conflict,  // several, equally specific: explain() names all
        gap,       // no claim was valid then: nobody knows whose it was
        nobody,    // a special address that no claim names
    };
    Kind kind = Kind::gap;
    Special special = Special::none;   // of `nobody`
    bool port_would_tell = false;      // without a port: there were claims with ports, as specific or more
    std::uint32_t claim = 0;           // of owner and conflict: for claim(). Of several the one valid from latest, then of the greatest number
    friend bool operator==(const Answer&, const Answer&) = default;
};

struct Explanation {
    Answer answer;
    std::vector<Claim> claims;     // owner, conflict: all equally specific ones that were valid then, in the order of `answer.claim`
    // gap, nobody: the claims that hold address and port (without a port: those over all ports) and ended last before, or begin
    // first after. Of several the one over the fewest addresses, then of the greatest number.
    std::optional<Claim> before, after;
    std::vector<Claim> history;    // all that was ever said of the very ranges of the above, whatever the port: by range, time and number
};

class Attribution {
public:
    // Code::bad_input names the claim: a range or ports whose first is behind the last, IPv4 and IPv6 in one range, no time in
    // which it is valid. Code::too_large: over kMostClaims in all or kMostAround around one address, or so many that overlap in
    // part that the index would outgrow them (over 4 entries a claim and a million).
    static Result<std::shared_ptr<const Attribution>> build(std::span<const Claim> claims);
    static constexpr std::size_t kMostClaims = 50'000'000, kMostAround = 20'000;

    [[nodiscard]] Answer of(const Ask& ask) const;
    // The same for many at once, faster; `answers` has room for all. Allocates nothing.
    void of(std::span<const Ask> asks, std::span<Answer> answers) const;

    [[nodiscard]] Claim claim(std::uint32_t index) const;  // below size()
    [[nodiscard]] Explanation explain(const Ask& ask) const;

    [[nodiscard]] std::size_t size() const;   // claims
    [[nodiscard]] std::size_t bytes() const;  // of memory

    struct Layout;
    explicit Attribution(std::unique_ptr<const Layout> layout);  // for build() alone
    ~Attribution();
    Attribution(const Attribution&) = delete;
    Attribution& operator=(const Attribution&) = delete;

private:
    std::unique_ptr<const Layout> layout_;
};

}  // namespace vg::directory
