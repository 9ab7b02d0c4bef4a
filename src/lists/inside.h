// Which machine stood behind a public address at a time: a join of what NAT devices, proxies and DHCP servers logged. Pure, one
// thread; the archive's side is inside_archive.h.
//
//   Join join{questions, {}};
//   for (...) join.add(seen);                   // events in any order; most fit no question and are forgotten at once
//   for (const Address& one : join.held()) ...  // inside addresses, whose leases are asked for next
//   const std::vector<Inside> answers = join.finish(known);
//
// Clocks differ: an event counts for a question when its time, taken `skew` longer on both sides, holds the question's; what every
// answer rests on, and how far off each event was, stands in it. What is not found is 'to be verified', never clean.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/ip.h"
#include "event/record.h"

namespace vg::lists {

// One row of a list: who was seen from outside, and what it spoke to, as far as the list says.
struct InsideQuestion {
    std::int64_t row = 0;
    OrganisationId organisation;               // whose the address was then
    Address address;
    std::optional<std::uint16_t> port = {};
    Time time;
    std::optional<Address> destination = {};
    std::optional<std::uint16_t> destination_port = {};
    std::string destination_name = {};         // lower case
};

// What one event says.
struct InsideSeen {
    enum class What : std::uint8_t {
        nat,    // `inside` had ports first..last of `outside`
        proxy,  // `inside` asked a proxy, which stood at `outside`, for the destination
        lease,  // `inside` was given to the machine `mac`, `host`
    };
    enum class Shape : std::uint8_t {
        begins,  // from `from` on, until `until` where that is known
        ends,    // until `until`, from `from` on where that is known
        moment,  // it was so at `from`; nobody says how long
    };
    What what = What::nat;
    Shape shape = Shape::moment;
    event::Position position;
    OrganisationId organisation;               // of the source: who may see it
    std::optional<Time> from, until;
    Address inside;
    std::optional<Address> outside = {};       // of a proxy: nothing where the log does not tell which
    std::uint16_t first = 0, last = 65535;
    std::optional<std::uint16_t> inside_port = {};
    std::optional<Address> destination = {};
    std::optional<std::uint16_t> destination_port = {};
    std::string destination_name = {};
    std::string transport = {};
    std::string mac = {}, host = {};           // canonical: 12 hex digits in pairs; as the log has it
    std::string user = {};                     // of a proxy; not kept
};

enum class InsideState : std::uint8_t {
    machine,  // one, and nothing speaks against it
    several,  // any of these
    verify,   // nobody logged it: all that is behind the address is to be verified
};
std::string_view name_of(InsideState state);  // "machine", "several", "verify"
std::optional<InsideState> inside_state_named(std::string_view name);

struct InsideEvidence {
    InsideSeen::What what = InsideSeen::What::nat;
    event::Position position;
    OrganisationId organisation;
    Time from;                                 // of what the event says; with `until` the same for a moment
    Time until;
    Span off;                                  // how far outside of it the question's time lies; 0: within
};
std::string_view name_of(InsideSeen::What what);  // "nat", "proxy", "dhcp"

struct InsideMachine {
    Address address;                           // inside
    std::string mac, host;                     // of the lease; empty: not known
    std::int64_t fact = 0;                     // the directory's machine; 0: none
    std::string known_as, system;              // by that fact
    bool other_destination = false;            // the port is right, but the event names another destination than the list
    bool proxy_unknown = false;                // the log does not tell which proxy it was
    std::vector<InsideEvidence> evidence;      // in the order of the chain: nat, proxy, lease
};

struct Inside {
    std::int64_t row = 0;
    InsideState state = InsideState::verify;
    std::vector<InsideMachine> machines;       // the closest in time first
    std::int64_t more = 0;                     // that were left out
    std::string pool;                          // the directory's NAT pool; empty: none
    std::vector<std::string> networks;         // behind the address, as far as anybody says; else its own range
};

// What the directory says, as of a time.
struct InsideKnown {
    struct Machine {
        std::int64_t fact = 0;
        std::string host, system;
    };
    // The machine of an organisation (or of one above or below it) with this address or, where the lease tells one, this host name.
    std::function<std::optional<Machine>(const OrganisationId&, const Address&, std::string_view host, Time)> machine = {};
    struct Pool {
        std::string name;
        std::vector<std::string> inside;
    };
    std::function<std::optional<Pool>(const OrganisationId&, const Address&, Time)> pool = {};
    // The range that the address was attributed by.
    std::function<std::string(const Address&, std::optional<std::uint16_t> port, Time)> range = {};
    // Whether what one organisation's logs call 10.0.0.7 is the same machine for the other; none: only for itself.
    std::function<bool(const OrganisationId&, const OrganisationId&)> related = {};
};

struct InsideOptions {
    Span skew = seconds(120);
    Span open = hours(1);        // of a connection of which nobody logged the end
    Span block = hours(24);      // of a block of ports, likewise
    Span lease = days(8);        // of a lease without a term
    std::size_t most_events = 2'000;    // that fit one question; beyond, it is to be verified
    std::size_t most_machines = 20;     // told of one question
};

class InsideJoin {
public:
    InsideJoin(std::vector<InsideQuestion> questions, InsideOptions options);

    // Whether it may count for any question. Leases only after ask_leases().
    bool add(const InsideSeen& seen);
    // Which leases are asked for: the inside addresses found, and the asked ones themselves. Returns them.
    std::vector<Address> ask_leases();
    // Answers in the order of the questions.
    [[nodiscard]] std::vector<Inside> finish(const InsideKnown& known) const;

    // What the archive is asked for: addresses, and names of destinations.
    [[nodiscard]] std::vector<Address> addresses() const;
    [[nodiscard]] std::vector<std::string> names() const;
    // Of events of NAT and proxies; of leases, which reach further back.
    [[nodiscard]] std::pair<Time, Time> window() const;
    [[nodiscard]] std::pair<Time, Time> lease_window() const;
    [[nodiscard]] std::size_t size() const { return questions_.size(); }

private:
    struct Fits {
        std::vector<InsideSeen> seen;
        bool too_many = false;
    };
    void keep(std::size_t question, const InsideSeen& seen);

    std::vector<InsideQuestion> questions_;
    InsideOptions options_;
    std::map<Address, std::vector<std::size_t>> by_address_, by_destination_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
    std::vector<Fits> fits_;                             // of each question
    std::map<Address, std::vector<InsideSeen>> leases_;  // of the addresses that are asked for
};

}  // namespace vg::lists
