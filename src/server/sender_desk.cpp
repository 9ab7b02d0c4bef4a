#include "server/sender_desk.h"

#include "base/log.h"

namespace vg::server {

namespace {

constexpr std::size_t kMostOthers = 100'000;

}  // namespace

ingest::SourceFacts facts_of(const directory::Source& source) { return {source.id, source.organisation, source.name, source.format, source.zone}; }

Result<std::unique_ptr<SenderDesk>> SenderDesk::start(Parts parts) {
    std::unique_ptr<SenderDesk> desk{new SenderDesk{std::move(parts)}};
    const auto other = TRY(desk->make(directory::kUnknownOther));
    TRY(desk->parts_.reload_directory());
    desk->other_ = facts_of(*other);
    return desk;
}

Result<std::optional<directory::Source>> SenderDesk::make(std::string_view name) {
    const Time now = parts_.clock.now();
    const auto id = make_id<SourceTag>(now, parts_.random);
    std::optional<directory::Source> made;
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        made = TRY(directory::Directory::ensure_own(tx, name, id, now));
        return {};
    }));
    return made;
}

ingest::SourceFacts SenderDesk::source_of(const ingest::Sender& sender) {
    const auto directory = parts_.directory();
    if (const directory::Source* known = directory->sender(sender.listener, sender.address, sender.names)) return facts_of(*known);
    const std::string name = std::string{directory::kUnknown} + sender.address.text();
    if (const directory::Source* known = directory->source_named(name)) return facts_of(*known);
    return unknown(sender.address);
}

ingest::SourceFacts SenderDesk::unknown(const Address& address) {
    const std::lock_guard lock{mutex_};
    const std::string name = std::string{directory::kUnknown} + address.text();
    const auto directory = parts_.directory();
    if (const directory::Source* known = directory->source_named(name)) return facts_of(*known);  // made while we waited
    if (others_as_of_ != directory || others_.size() > kMostOthers) {
        others_.clear();
        others_as_of_ = directory;
    }
    if (others_.contains(address)) return other_;
    const auto made = directory->unknown_count() < directory::kMostUnknown ? make(name) : Result<std::optional<directory::Source>>{std::nullopt};
    if (made && *made) {
        log::info("listeners: a sender that nobody has registered is kept under its address", {{"source", name}});
        const ingest::SourceFacts facts = facts_of(**made);
        if (const Status reloaded = parts_.reload_directory(); !reloaded) log::warn("the directory could not be read again", {{"reason", reloaded.error().text}});
        return facts;
    }
    if (!made) log::warn("listeners: a source for an unknown sender could not be made", {{"source", name}, {"reason", made.error().text}});
    others_.insert(address);
    return other_;
}

}  // namespace vg::server
