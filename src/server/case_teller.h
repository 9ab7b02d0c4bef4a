// CaseTeller: tells people and programs what happens to cases, by the notification rules that ask for it (their event "case"): one message
// for each recipient and look, with number and title of the case, its organisation, what happened and a link, and nothing of whom or what it
// is about. Sent by notify::Outbox as all messages are: at least once, signed, tried again. Called by
// notify::Notifier at each look, on its thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "directory/directory.h"
#include "store/state.h"

namespace vg::server {

class CaseTeller {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        Random& random;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<std::string()> console = {};  // its address, for links
    };
    explicit CaseTeller(Parts parts) : parts_(std::move(parts)) {}

    // How many messages were made. What nobody asked to be told is forgotten.
    Result<std::int64_t> look();

private:
    Result<std::int64_t> tell_some(bool& more);

    Parts parts_;
};

}  // namespace vg::server
