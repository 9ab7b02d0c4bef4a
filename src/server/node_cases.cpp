// Cases that are watched: what the node's own logs say of their victims.
#include "api/case_observed.h"
#include "base/log.h"
#include "server/wired_node.h"

namespace vg::server {

namespace {

constexpr std::uint64_t kCasesWaitAt = 20'000;  // records that detection has not seen yet: then victims wait

}  // namespace

Result<std::optional<cases::Observed>> WiredNode::observe(const cases::Item& item, Span most_time) {
    const auto directory = held(directory_);
    const hunts::ContactParts parts{.state = *state_,
                                    .archive = archive_.get(),
                                    .random = random_,
                                    .doubts = [this] { return doubts(); },
                                    .sources =
                                        [&] {
                                            std::vector<hunts::ContactSource> sources;
                                            for (const directory::Source* source : directory->live_sources())
                                                if (source->name != directory::kOwnSource) sources.push_back({source->id, source->organisation, source->name, source->cadence});
                                            return sources;
                                        }};
    return api::observe_item(parts, directory->descendants(item.organisation), item, closure_, most_time, clock_.now());
}

void WiredNode::read_reminder_policy() {
    const std::string file = shipped_ + "/cases/reminders.yaml";
    const auto text = store::read_whole(store::system_disk(), file, 1 << 20);
    auto policy = text ? cases::read_reminders(*text) : Result<cases::ReminderPolicy>{fail(text.error())};
    if (!policy)
        log::error("when people are reminded of deadlines cannot be read; nobody is reminded", {{"file", file}, {"reason", policy.error().text}});
    else
        reminders_policy_ = std::make_shared<const cases::ReminderPolicy>(std::move(*policy));
}

std::string WiredNode::console_address() const {
    std::string address = settings_.console_address;
    while (address.ends_with('/')) address.pop_back();
    return address.empty() ? this->address() : address;
}

void WiredNode::start_case_watch() {
    if (reminders_policy_)
        case_reminders_ = std::make_unique<CaseReminders>(CaseReminders::Parts{.state = *state_, .clock = clock_, .random = random_, .regime = regime_, .policy = *reminders_policy_, .directory = [this] { return held(directory_); }, .console = [this] { return console_address(); }});
    case_watch_ = std::make_unique<CaseWatch>(
        CaseWatch::Parts{.state = *state_,
                         .clock = clock_,
                         .random = random_,
                         .metrics = metrics_,
                         .policy = closure_,
                         .observe = [this](const cases::Item& item) { return observe(item, minutes(5)); },
                         .busy = [this] { return is_behind(kCasesWaitAt); },
                         .meanwhile = [this]() -> Status {
                             if (case_reminders_) TRY(case_reminders_->look());
                             return {};
                         }},
        CaseWatch::Options{.every = seconds(settings_.case_watch_every)});
    case_watch_->start();
}

}  // namespace vg::server
