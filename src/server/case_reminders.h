// CaseReminders: keeps the deadlines of cases up to date and tells people of those that come near, before they are over. Who is told: the
// recipients of the notification rules of the case's organisation and of those above it, in one message for each look. Where nobody is there to
// be told, that is what stands in the case. Called by CaseWatch at each look, on its thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "cases/clocks.h"
#include "directory/directory.h"
#include "store/state.h"

namespace vg::server {

class CaseReminders {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        Random& random;
        std::shared_ptr<const regime::Regime> regime;  // none: there are no deadlines
        cases::ReminderPolicy policy;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<std::string()> console = {};      // its address, for links
    };
    explicit CaseReminders(Parts parts) : parts_(std::move(parts)) {}

    // How many deadlines people were reminded of.
    Result<std::int64_t> look();

private:
    Parts parts_;
    std::string after_;  // the case up to which clocks were renewed; a restart begins anew
};

}  // namespace vg::server
