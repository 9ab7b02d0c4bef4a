// What the node looks for: rules, doubts, indicators and hunts, brought into force and kept there.
#include <algorithm>
#include <filesystem>

#include "api/rule_store.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/playbooks.h"
#include "findings/book.h"
#include "hunts/in_force.h"
#include "hunts/new_rules.h"
#include "lists/profiles.h"
#include "server/feed_pulls.h"
#include "server/wired_node.h"
#include "store/audit.h"

namespace vg::server {

namespace {

constexpr std::uint64_t kHuntsWaitAt = 20'000;  // records that detection has not seen yet: then hunts give way

}  // namespace

Result<std::shared_ptr<const ContentSet>> WiredNode::read_content() const {
    ContentFolders folders;
    if (settings_.shipped_rules) folders.rules.push_back(shipped_ + "/rules");
    folders.rules.insert(folders.rules.end(), settings_.rules.begin(), settings_.rules.end());
    if (std::filesystem::is_directory(shipped_ + "/mappings")) folders.mappings.push_back(shipped_ + "/mappings");
    folders.pipelines = settings_.rule_pipelines;
    auto content = TRY(load_content(folders, [this](const std::vector<detect::RuleFile>& rules) {
        return state_->read([&](store::Transaction& tx) { return api::RuleStore::in_force(tx, rules); });
    }));
    for (const detect::RefusedRule& rule : content->report.refused)
        log::warn("rule refused", {{"file", rule.file}, {"line", rule.line}, {"title", rule.title}, {"reason", rule.reason}});
    return content;
}

// Puts the content's name into the journal, so that it holds for all records from there on.
Status WiredNode::announce_content(const ContentSet& content) {
    TRY(save_content(store::system_disk(), path("content"), content));
    return announce(json::object({{"control", "content"}, {"fingerprint", content.fingerprint}}));
}

Status WiredNode::announce(json::Value said) {
    event::Record control;
    control.envelope.kind = event::Kind::control;
    control.raw = said.dump();
    std::vector<event::Record> records;
    records.push_back(std::move(control));
    return TRY(intake_->push_waiting(std::move(records), seconds(10))).wait();
}

// The node runs without it: what needs a deadline says that it is unavailable.
void WiredNode::open_regime() {
    auto read = regime::load(shipped_ + "/regimes");
    if (!read)
        log::error("the data of laws and calendars cannot be read; there are no deadlines", {{"reason", read.error().text}});
    else
        regime_ = std::make_shared<const regime::Regime>(std::move(*read));
    auto forms = reports::load_forms(shipped_ + "/reports");
    if (!forms)
        log::error("the forms of papers cannot be read; there are no papers", {{"reason", forms.error().text}});
    else
        forms_ = std::make_shared<const reports::Forms>(std::move(*forms));
    const std::string policy = shipped_ + "/cases/closure.yaml";
    const auto text = store::read_whole(store::system_disk(), policy, 1 << 20);
    auto closure = text ? cases::read_policy(*text) : Result<cases::Policy>{fail(text.error())};
    if (!closure)
        log::error("the closure policy of cases cannot be read; that of the program holds", {{"file", policy}, {"reason", closure.error().text}});
    else
        closure_ = *closure;
    read_reminder_policy();
    open_playbooks();
}

void WiredNode::open_playbooks() {
    std::map<std::string, std::string> texts;
    std::error_code error;
    for (auto one = std::filesystem::directory_iterator{shipped_ + "/playbooks", error}; !error && one != std::filesystem::directory_iterator{}; one.increment(error)) {
        if (one->path().extension() != ".json") continue;
        if (const auto text = store::read_whole(store::system_disk(), one->path().string(), cases::cacao::kMostBytes)) texts.emplace(one->path().filename().string(), *text);
    }
    auto read = cases::shipped_playbooks(texts);
    if (!read)
        log::error("the program's playbooks cannot be read; there are those that were imported", {{"reason", read.error().text}});
    else
        playbooks_ = std::make_shared<const std::vector<cases::Kept>>(std::move(*read));
}

Status WiredNode::open_lists() {
    TRY_IN("lists: ", lists::recover({*state_, store::system_disk(), path(lists::kOriginals)}));
    std::vector<lists::Profile> all;
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (auto one = std::filesystem::directory_iterator{shipped_ + "/lists", error}; !error && one != std::filesystem::directory_iterator{}; one.increment(error))
        if (one->path().extension() == ".yaml") files.push_back(one->path());
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) {
        const auto text = store::read_whole(store::system_disk(), file.string());
        auto read = text ? lists::read_profiles(file.filename().string(), *text) : Result<std::vector<lists::Profile>>{fail(text.error())};
        if (!read)
            log::error("profiles of lists cannot be read and are left out", {{"file", file.string()}, {"reason", read.error().text}});
        else
            all.insert(all.end(), read->begin(), read->end());
    }
    list_profiles_ = std::make_shared<const std::vector<lists::Profile>>(std::move(all));
    list_desk_ = std::make_unique<api::ListDesk>(random_);
    return {};
}

Result<std::shared_ptr<const intel::Doubts>> WiredNode::read_doubts() const {
    intel::DoubtSources sources{.warninglists = settings_.warninglists, .shared = {}, .now = clock_.now()};
    if (const std::string own = shipped_ + "/indicators/shared.yaml"; std::filesystem::exists(own)) sources.shared.push_back(own);
    sources.shared.insert(sources.shared.end(), settings_.shared_places.begin(), settings_.shared_places.end());
    auto doubts = TRY_IN("settings indicators.warninglists and indicators.shared: ", intel::Doubts::load(sources));
    for (const std::string& refused : doubts->refused()) log::warn("a warninglist cannot be read and is left out", {{"reason", refused}});
    return doubts;
}

std::shared_ptr<const intel::Doubts> WiredNode::doubts() {
    const std::lock_guard lock{doubts_mutex_};
    if (!doubts_) {
        auto read = read_doubts();
        if (!read) log::error("nothing is known that speaks against indicators", {{"reason", read.error().text}});
        doubts_ = read ? std::move(*read) : std::make_shared<const intel::Doubts>();
    }
    return doubts_;
}

Status WiredNode::reload_doubts() {
    auto read = TRY(read_doubts());
    {
        const std::lock_guard lock{doubts_mutex_};
        doubts_ = std::move(read);
    }
    return indicators_->is_judged() ? Status{} : renew_indicators();
}

Status WiredNode::open_indicators() {
    indicators_ = TRY(intel::Keeper::open({.state = *state_,
                                           .disk = store::system_disk(),
                                           .random = random_,
                                           .folder = path("indicators"),
                                           .doubts = [this] { return doubts(); },
                                           .needed = [this]() -> Result<std::string> {
                                               const auto standing = TRY(state_->read([](store::Transaction& tx) { return load_standing(tx); }));
                                               return standing ? standing->indicators : std::string{};
                                           }}));
    auto fetch = TRY(feed_fetch(settings_));
    puller_ = std::make_unique<intel::Puller>(intel::Puller::Parts{.state = *state_,
                                                                   .disk = store::system_disk(),
                                                                   .clock = clock_,
                                                                   .metrics = metrics_,
                                                                   .folder = path("feeds"),
                                                                   .fetch = std::move(fetch),
                                                                   .doubts = [this] { return doubts(); },
                                                                   .renew = [this] { return renew_indicators(); },
                                                                   .held = [this](const intel::Feed& feed) { say_held(feed); },
                                                                   .fresh = [this](const std::string& list, const std::string& actor, std::span<const intel::Value> values,
                                                                                   bool last) { return hunt_for(list, actor, values, last); }},
                                              feed_options(settings_));
    return {};
}

void WiredNode::say_held(const intel::Feed& feed) {
    if (!intake_) return;  // whoever pulls without a server is told at once
    json::Array reasons;
    for (const std::string& reason : feed.standing.reasons) reasons.emplace_back(reason);
    event::Record record;
    record.envelope.format = "json";
    record.envelope.peer = "vonggac";
    record.raw = json::object({{"@timestamp", to_rfc3339(clock_.now())},
                               {"event", json::object({{"provider", "vonggac"}, {"module", "feeds"}, {"kind", "event"}, {"action", "feed-held"}})},
                               {"message", format("the feed {} is held until a person has looked: {}", feed.settings.name, feed.standing.reasons.front())},
                               {"host", json::object({{"name", "feed " + feed.settings.name}})},
                               {"vonggac", json::object({{"feed", json::object({{"name", feed.settings.name}})}, {"entries", feed.standing.entries}, {"held_entries", feed.standing.held_entries}, {"reasons", std::move(reasons)}})}})
                     .dump();
    std::vector<event::Record> records;
    records.push_back(std::move(record));
    if (const Status kept = keep_own(std::move(records)); !kept) log::error("feeds: that a feed is held could not be told", {{"feed", feed.settings.name}, {"reason", kept.error().text}});
}

Status WiredNode::renew_indicators() {
    const auto set = TRY(indicators_->renew());
    if (!intake_) return {};  // serve() announces what was changed without a server
    return announce(json::object({{"control", "indicators"}, {"set", set->name()}}));
}

Result<detect::LoadReport> WiredNode::reload_rules() {
    auto content = TRY(read_content());
    if (!content->report.refused.empty() && content->report.loaded == 0)
        return fail(Code::bad_input, "no rule could be loaded; the rules in force stay in force");
    const auto present = held(content_);
    const event::Position before = journal_->end();
    const bool changed = intake_ && content->fingerprint != present->fingerprint;
    if (changed) TRY(announce_content(*content));
    {
        const std::lock_guard lock{mutex_};
        content_ = content;
    }
    if (changed) hunt_for_rules(*present, *content, before);
    return content->report;
}

Status WiredNode::reload_directory() {
    auto snapshot = TRY(state_->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); }));
    const std::lock_guard lock{mutex_};
    directory_ = std::move(snapshot);
    return {};
}

void WiredNode::make_hunts() {
    hunts_ = std::make_unique<hunts::Runner>(hunts::Runner::Parts{
        .state = *state_,
        .archive = archive_.get(),
        .clock = clock_,
        .metrics = metrics_,
        .asker = {.state = *state_,
                  .disk = store::system_disk(),
                  .random = random_,
                  .folder = path("hunts"),
                  .journal = journal_->id(),
                  .doubts = [this] { return doubts(); },
                  .pipelines = [this] { return held(content_)->engine->options().pipelines; },
                  .add_log_source =
                      [this](event::Position position, event::Event& event, Arena& arena) {
                          if (position < journal_->begin() || position >= journal_->end()) return false;
                          const auto stored = journal_->at(position);
                          if (!stored) return false;
                          const auto content = held(content_);
                          const auto outcome = formats::to_event(stored->record, *content->library, arena);
                          event.logsource = outcome.event.logsource;
                          // Its texts may end with the record.
                          for (std::string_view* text : {&event.logsource.product, &event.logsource.categories[0], &event.logsource.categories[1], &event.logsource.categories[2], &event.logsource.service,
                                                         &event.logsource.other_service})
                              *text = arena.copy(*text);
                          return true;
                      }},
        .below = [this](const OrganisationId& root) { return held(directory_)->descendants(root); },
        .sources =
            [this] {
                std::vector<hunts::LiveSource> sources;
                const auto directory = held(directory_);
                for (const directory::Source* source : directory->live_sources()) sources.push_back({source->id, source->organisation, source->name});
                return sources;
            },
        .busy = [this] { return is_behind(kHuntsWaitAt); },
        .note = [this](store::Transaction& tx, const std::vector<findings::Touched>& touched) -> Status {
            TRY(notify::note(tx, touched, clock_.now()));
            return cases::note_findings(tx, touched, clock_.now());
        },
        .committed =
            [this](const std::vector<findings::Touched>& touched) {
                for (const findings::Touched& one : touched) stream_->finding(one);
            }});
}

Status WiredNode::hunt_for(const std::string& list, const std::string& actor, std::span<const intel::Value> fresh, bool last) {
    const std::int64_t back = settings_.hunt_days;
    if (back <= 0) return {};
    event::Position before = journal_->end();
    {
        const std::lock_guard lock{hunting_};
        if (!last) feed_hunts_.try_emplace(list, before);
        const auto began = feed_hunts_.find(list);
        if (last && began == feed_hunts_.end()) return {};
        if (last) before = hunts::in_force_from(*journal_, began->second, hunts::Controlled::indicators, indicators_->present()->name());
        if (last) feed_hunts_.erase(began);
    }
    const hunts::NewValues about{.list = list, .by = actor, .days = static_cast<int>(back), .last = last, .before = before};
    TRY(state_->write([&](store::Transaction& tx) -> Status {
        TRY(hunts::note_new(tx, about, fresh, random_, clock_.now()));
        return {};
    }));
    if (last) hunts_changed();
    return {};
}

void WiredNode::hunt_for_rules(const ContentSet& was, const ContentSet& is, event::Position from) {
    if (settings_.hunt_rule_days <= 0) return;
    const hunts::RulesInForce rules{.was = *was.engine, .is = *is.engine, .since = hunts::in_force_from(*journal_, from, hunts::Controlled::content, is.fingerprint), .days = static_cast<int>(settings_.hunt_rule_days)};
    const std::vector<hunts::Hunt> asked = hunts::of_new_rules(rules, random_, clock_.now());
    if (asked.empty()) return;
    const Status noted = state_->write([&](store::Transaction& tx) -> Status {
        for (const hunts::Hunt& hunt : asked) TRY(hunts::add(tx, hunt));
        return {};
    });
    // The rules are in force all the same.
    if (!noted) return log::error("hunts: new rules are not asked of the past; `vonggac hunt run --rules` does it", {{"reason", noted.error().text}});
    hunts_changed();
}

void WiredNode::hunts_changed() {
    const std::lock_guard lock{hunting_};
    if (!front_) {
        if (const Status feeding = ensure_feed(); !feeding) log::warn("hunts: the archive is not filled meanwhile", {{"reason", feeding.error().text}});
    }
    hunts_->start();
    hunts_->poke();
}

void WiredNode::make_list_worker() {
    facts_->note_with([this](store::Transaction& tx, const access::Actor& actor, std::span<const directory::FactChange> plan, Time now) { return lists::ask_attribution(tx, plan, actor.name, random_, now); });
    list_worker_ = std::make_unique<ListWorker>(ListWorker::Parts{
        .state = *state_,
        .metrics = metrics_,
        .job =
            [this] {
                lists::JobParts parts{.place = {*state_, store::system_disk(), path(lists::kOriginals)}, .archive = archive_.get(), .journal = journal_->id(), .clock = clock_, .random = random_, .attributor = {}};
                parts.attributor = [this] {
                    return lists::Attributor{.claims = facts_->attribution(), .names = facts_->names(), .level = [this](const OrganisationId& organisation, std::string_view system) { return facts_->system_level(organisation, system); }};
                };
                parts.related = [this](const OrganisationId& a, const OrganisationId& b) {
                    const auto directory = held(directory_);
                    const auto is_above = [&](const OrganisationId& above, const OrganisationId& below) {
                        const std::vector<OrganisationId> all = directory->descendants(above);
                        return std::binary_search(all.begin(), all.end(), below);
                    };
                    return is_above(a, b) || is_above(b, a);
                };
                parts.busy = [this] { return is_behind(kHuntsWaitAt); };
                if (intake_) parts.keep_own = [this](std::vector<event::Record> records) { return keep_own(std::move(records)); };
                parts.inside.skew = seconds(settings_.inside_skew);
                return parts;
            },
        .ready = [this] { facts_->settle(); }});
}

void WiredNode::list_jobs_changed() {
    if (!front_)
        if (const Status feeding = ensure_feed(); !feeding) log::warn("lists: the archive is not filled meanwhile", {{"reason", feeding.error().text}});
    list_worker_->start();
    list_worker_->poke();
}

}  // namespace vg::server
