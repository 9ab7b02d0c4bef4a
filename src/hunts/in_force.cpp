#include "hunts/in_force.h"

#include <utility>

#include "base/json.h"

namespace vg::hunts {

event::Position in_force_from(const store::Journal& journal, event::Position from, Controlled what, std::string_view name) {
    const auto [control, member] = what == Controlled::content ? std::pair{"content", "fingerprint"} : std::pair{"indicators", "set"};
    const event::Position end = journal.end();
    for (event::Position at = from; at < end; ++at.value) {
        const auto stored = journal.at(at);
        if (!stored || stored->record.envelope.kind != event::Kind::control) continue;
        const auto said = json::parse(stored->record.raw);
        if (said && said->text("control") == control && said->text(member) == name) return at;
    }
    return end;
}

}  // namespace vg::hunts
