// Contacts of an organisation's machines to the control servers of a family, as its own logs in the archive show them, and how much of the
// time those logs cover: what was not observed is never 'no contact seen'. Called by api for one victim of a case, and by server for all that
// are watched. Any thread.
//
//   const Contacts seen = TRY(contacts_of({.state = state, .archive = *archive, ...}, {.organisations = ..., .family = "Mirai", .subject = "203.0.113.7", .from = removed, .until = now}));
//   if (seen.why_not.empty()) ...
//
// What counts as a contact: an event that hits an address, network, name or URL of that family on the far side, unless somebody allows the
// value or something speaks against it. Whether it was let through does not matter: whoever tries is infected. Of whom:
//   - an event that names the subject is the subject's;
//   - one that names another machine so that both cannot be the same is not;
//   - one that leaves it open (a machine behind NAT, where the subject is a public address; a resolver that does not name its client) counts
//     too, and is counted apart.
// Sources: those of the organisations, registered and not ended, that sent such fields within the span or the thirty days before it. Where some
// of them have a cadence, an hour is covered when each of these spoke within its cadence; else when any source spoke in it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "event/event.h"
#include "intel/doubts.h"
#include "store/archive.h"
#include "store/state.h"

namespace vg::hunts {

struct ContactSource {
    SourceId id;
    OrganisationId organisation;
    std::string name;
    Span cadence;  // 0: nobody knows
};

struct ContactParts {
    store::State& state;
    store::Archive* archive = nullptr;  // none: Contacts::why_not says so
    Random& random;
    std::function<std::shared_ptr<const intel::Doubts>()> doubts = {};
    std::function<std::vector<ContactSource>()> sources = {};
};

struct ContactAsk {
    std::vector<OrganisationId> organisations;
    std::string family, subject;
    Time from, until;                   // occurred: from <= t < until
    Span most_time = seconds(30);
    std::stop_token stop = {};
};

// Each whole hour from `from` on.
struct HoursCovered {
    Time from;
    std::vector<bool> covered;
    std::vector<std::string> sources;   // that were counted, by name
};

struct Contacts {
    std::string why_not;                // "": it could be observed; else "no-archive", "no-control-servers" or "no-sources"
    std::int64_t servers = 0;           // values that were asked for
    std::int64_t contacts = 0, of_unknown = 0;  // of these, by a machine that may be another
    std::optional<Time> last;
    HoursCovered hours;
};

Result<Contacts> contacts_of(const ContactParts& parts, const ContactAsk& ask);

// Its second half alone, which is the same for all subjects of an organisation.
Result<HoursCovered> hours_covered(const ContactParts& parts, const ContactAsk& ask);

enum class Whose : std::uint8_t { its, unknown, others };
// Whether the machine of an event that hits a control server is the subject. `found`: the value that hit, which is no machine of ours. Pure.
Whose whose_contact(const event::Event& event, std::string_view found, std::string_view subject);

}  // namespace vg::hunts
