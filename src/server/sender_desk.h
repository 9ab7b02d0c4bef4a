// SenderDesk: which source a sender without a token is. Registered ones by the directory's snapshot; others become sources
// of their own, unknown/ADDRESS, at most 1,000 of them; beyond that they are unknown/other. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "base/id.h"
#include "directory/directory.h"
#include "ingest/senders.h"
#include "store/state.h"

namespace vg::server {

class SenderDesk final : public ingest::SenderBook {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        Random& random;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<Status()> reload_directory;
    };
    // Makes unknown/other when it is missing.
    static Result<std::unique_ptr<SenderDesk>> start(Parts parts);
    ingest::SourceFacts source_of(const ingest::Sender& sender) override;

private:
    explicit SenderDesk(Parts parts) : parts_(std::move(parts)) {}
    ingest::SourceFacts unknown(const Address& address);
    Result<std::optional<directory::Source>> make(std::string_view name);

    // constant after start()
    Parts parts_;
    ingest::SourceFacts other_;

    std::mutex mutex_;  // held while a source is made: one at a time
    // guarded by mutex_
    std::set<Address> others_;                               // asked for, and not to be made
    std::shared_ptr<const directory::Snapshot> others_as_of_;  // what is true of them may change with the directory
};

// What ingest wants to know of a source.
ingest::SourceFacts facts_of(const directory::Source& source);

}  // namespace vg::server
