#include "server/wired_node.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <thread>

#include "access/accounts.h"
#include "api/rule_case.h"
#include "api/rule_store.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/rule_cases.h"
#include "findings/book.h"
#include "reports/mails.h"
#include "server/endpoints.h"
#include "server/feed_pulls.h"
#include "server/notifications.h"
#include "server/state_place.h"
#include "server/tables.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/backup/runs.h"
#include "store/secrets.h"

namespace vg::server {

namespace {

constexpr std::uint64_t kListsWaitAt = 2'000;  // records that detection has not seen yet: then a list that is being kept gives way

// "ORGANISATION-ID=DAYS".
Result<std::map<OrganisationId, Span>> terms_of(const Texts& texts) {
    std::map<OrganisationId, Span> terms;
    for (const std::string& text : texts) {
        const std::size_t sign = text.find('=');
        const auto id = OrganisationId::parse(std::string_view{text}.substr(0, sign));
        const auto number = sign == std::string::npos ? std::nullopt : parse_int(std::string_view{text}.substr(sign + 1));
        if (!id || !number || *number < 1 || *number > 36500)
            return fail(Code::bad_input, format("setting archive.keep_days_of: {} is not ORGANISATION-ID=DAYS", text));
        terms[*id] = days(*number);
    }
    return terms;
}

}  // namespace

Status WiredNode::open() {
    TRY(store::backup::refuse_incomplete(store::system_disk(), settings_.data));
    lock_ = TRY(FolderLock::take(settings_.data));
    for (const char* folder : {"journal", "keys", "content"}) TRY(store::system_disk().make_folder(path(folder)));
    ::chmod(path("keys").c_str(), 0700);
    shipped_ = TRY(find_content_folder(settings_.content));
    TRY(open_journal());
    TRY(open_state());
    content_ = TRY(read_content());
    open_regime();
    TRY(open_indicators());
    TRY(ensure_owner());
    TRY(reload_directory());
    facts_ = TRY_IN("ranges in State: ", directory::FactKeeper::open(*state_));
    TRY(open_archive());
    notify::Notifier::Options notifying = TRY(notification_options(settings_, [this] { return address(); }));
    notifying.channels.secrets = &*secrets_;
    notifying.channels.enclosed = [this](const std::string& sha256) { return reports::kept_bytes({store::system_disk(), path(reports::kPaperFiles)}, sha256); };
    notifying.outbox.settled = [this](store::Transaction& tx, const notify::Message& message, const std::string& error, Time now) -> Status {
        if (!forms_) return fail(Code::unavailable, "the data of forms could not be read");
        return reports::settle_mail(tx, message.id.text(), error, {*forms_, regime_.get(), reminders_policy_ ? *reminders_policy_ : cases::ReminderPolicy{}}, now);
    };
    case_teller_ = std::make_unique<CaseTeller>(CaseTeller::Parts{.state = *state_, .clock = clock_, .random = random_, .directory = [this] { return held(directory_); }, .console = [this] { return console_address(); }});
    notifier_ = std::make_unique<notify::Notifier>(
        notify::Notifier::Parts{.state = *state_, .clock = clock_, .random = random_, .metrics = metrics_, .directory = [this] { return held(directory_); },
                                .others = [this]() -> Status {
                                    TRY(case_teller_->look());
                                    return {};
                                }},
        std::move(notifying));
    TRY(open_lists());
    make_hunts();
    make_list_worker();
    make_router();
    return {};
}

Status WiredNode::open_journal() {
    store::JournalOptions options;
    options.segment_bytes = static_cast<std::uint64_t>(settings_.segment_bytes);
    options.keep_for = days(settings_.keep_days);
    options.keep_bytes = static_cast<std::uint64_t>(settings_.keep_bytes);
    options.reserve_bytes = static_cast<std::uint64_t>(settings_.reserve_bytes);
    options.key = TRY(store::load_or_make_signing_key(store::system_disk(), path("keys"), random_));
    options.random = &random_;
    journal_ = TRY(store::Journal::open(store::system_disk(), path("journal"), std::move(options), clock_, metrics_));
    if (const auto torn = journal_->health().torn_tail) log::warn("journal: a torn tail was cut; it was never acknowledged", {{"what", *torn}});
    return {};
}

Status WiredNode::open_state() {
    TRY(check_state_place(settings_));
    state_ = TRY(store::State::open(state_options(settings_), schemas_of_all_rooms(), metrics_));
    TRY(note_state_place(settings_));
    secrets_ = TRY(store::Secrets::load_or_make(store::system_disk(), path("keys"), random_));
    TRY_IN("secrets in State: ", state_->write([&](store::Transaction& tx) -> Status {
        TRY(access::Accounts::seal_secrets(tx, *secrets_, random_));
        return notify::seal_secrets(tx, *secrets_, random_);
    }));
    backups_ = TRY(Backups::open({.data = settings_.data,
                                  .journal = *journal_,
                                  .state = *state_,
                                  .clock = clock_,
                                  .random = random_,
                                  .metrics = metrics_,
                                  .folder = settings_.backup_folder,
                                  .passphrase_file = settings_.backup_passphrase_file}));
    return {};
}

// An archive that cannot be opened stops neither acknowledgement nor detection.
Status WiredNode::open_archive() {
    store::ArchiveOptions options;
    options.folder = path("archive");
    options.journal = journal_->id();
    options.segment_events = static_cast<std::size_t>(settings_.archive_segment_events);
    options.segment_age = seconds(settings_.archive_segment_seconds);
    options.tail_bytes = static_cast<std::size_t>(settings_.archive_tail_bytes);
    options.memory_bytes = static_cast<std::size_t>(settings_.archive_memory_bytes);
    options.reserve_bytes = static_cast<std::uint64_t>(settings_.reserve_bytes);
    options.keep_for = days(settings_.archive_keep_days);
    options.keep_for_organisation = TRY(terms_of(settings_.archive_keep_days_of));
    auto opened = store::Archive::open(std::move(options), clock_, metrics_);
    if (opened) {
        archive_ = std::move(*opened);
    } else {
        archive_trouble_ = opened.error().text;
        log::error("archive: it cannot be opened; nothing can be searched", {{"reason", archive_trouble_}});
    }
    desk_ = std::make_unique<api::SearchDesk>(
        api::SearchLimits{.at_once = static_cast<std::size_t>(settings_.search_at_once), .most_time = seconds(settings_.search_most_seconds), .most_export_time = seconds(settings_.search_export_seconds)},
        clock_, random_, metrics_);
    return {};
}

// For a rebuild, also where nobody serves: then the state says how far the pipeline was.
Status WiredNode::ensure_feed() {
    if (!feed_ && !front_) start_feed();
    if (!feed_) return fail(Code::unavailable, "the archive cannot be filled: " + archive_trouble_);
    return {};
}

void WiredNode::start_feed() {
    if (!archive_) return;
    Standing standing;
    std::vector<SetAside> aside;
    if (!pipeline_) {
        const Status read = state_->read([&](store::Transaction& tx) -> Status {
            standing = TRY(load_standing(tx)).value_or(Standing{});
            aside = TRY(load_set_aside(tx));
            return {};
        });
        if (!read) {
            archive_trouble_ = read.error().text;
            return;
        }
    }
    auto feed = Feed::start({.journal = *journal_,
                             .archive = *archive_,
                             .clock = clock_,
                             .metrics = metrics_,
                             .folder = settings_.data,
                             .library = [this] { return held(content_)->library; },
                             .pipeline_position = [this, stood = standing.position] { return pipeline_ ? pipeline_->position() : stood; },
                             .set_aside =
                                 [this, aside] {
                                     std::vector<event::Position> positions;
                                     for (const SetAside& record : pipeline_ ? pipeline_->set_aside() : aside) positions.push_back(record.position);
                                     return positions;
                                 },
                             .before_parse = hooks_.before_parse},
                            {});
    if (feed) {
        feed_ = std::move(*feed);
        return;
    }
    archive_trouble_ = feed.error().text;
    log::error("archive: new records cannot be searched", {{"reason", archive_trouble_}});
}

// At first start: the organisation that the node belongs to, a default source owner, and the administrator's link.
Status WiredNode::ensure_owner() {
    const Time now = clock_.now();
    return state_->write([&](store::Transaction& tx) -> Status {
        TRY(directory::Directory::ensure_root(tx, settings_.organisation, make_id<OrganisationTag>(now, random_), now));
        first_run_ = TRY(access::Accounts::ensure_first_administrator(tx, random_, now)).value_or("");
        return {};
    });
}

void WiredNode::make_router() {
    health_ = std::make_unique<NodeHealth>(NodeHealth::Parts{
        .journal = *journal_,
        .clock = clock_,
        .pipeline = [this] { return pipeline_.get(); },
        .arrivals = [this](const SourceId& source) { return counters_.values(source); },
        .content = [this] { return held(content_); },
        .rates = rates_,
        .archive = archive_.get(),
        .archive_trouble = archive_trouble_,
        .archive_folder = path("archive"),
        .feed = [this] { return feed_.get(); },
        .listeners = [this] { return listeners_ ? listeners_->report() : json::Value{json::Array{}}; },
        .pulls = [this] { return pulls_ ? pulls_->report() : json::Value{json::Array{}}; },
        .notifications = [this] { return notifier_->report(); },
    });
    stream_ = std::make_unique<api::Stream>(clock_, metrics_, api::StreamOptions{}, [this] { return health_->mark(); });
    router_ = api::Router::make(api::Context{
        .state = *state_,
        .journal = *journal_,
        .clock = clock_,
        .random = random_,
        .metrics = metrics_,
        .health = *health_,
        .engine = [this] { return held(content_)->engine; },
        .library = [this] { return held(content_)->library; },
        .directory = [this] { return held(directory_); },
        .reload_directory = [this] { return reload_directory(); },
        .reload_rules = [this] { return reload_rules(); },
        .indicators = [this] { return indicators_->present(); },
        .doubts = [this] { return doubts(); },
        .closure = closure_,
        .observe = [this](const cases::Item& item) { return observe(item, seconds(settings_.search_most_seconds)); },
        .reminders = reminders_policy_,
        .playbooks = playbooks_,
        .regime = regime_,
        .puller = puller_.get(),
        .renew_indicators = [this] { return renew_indicators(); },
        .hunts_changed = [this] { hunts_changed(); },
        .hunt_days = static_cast<int>(settings_.hunt_days),
        .retry_set_aside = [this](event::Position position) -> Status {
            if (!pipeline_) return fail(Code::unavailable, "no server works on this folder; start one");
            return pipeline_->retry(position);
        },
        .settings = [this] { return describe(settings_); },
        .correlation_groups = [this](const detect::GroupAsk& ask) -> Result<detect::GroupPage> {
            if (!pipeline_) return fail(Code::unavailable, "no server works on this folder; start one");
            return pipeline_->correlation_groups(ask);
        },
        .rule_costs = [this] { return pipeline_ ? pipeline_->rule_costs() : CostTable{}; },
        .rule_cases = [](const detect::Engine& engine, const detect::RuleInfo& rule) { return cli::cases_beside(engine, rule); },
        .run_rule_cases = [this](const std::shared_ptr<const detect::Engine>& engine, const detect::RuleInfo& rule) { return cli::run_cases(engine, *held(content_)->library, rule); },
        .stream = stream_.get(),
        .back_up = [this](const api::BackupAsk& ask, const std::function<bool(json::Value)>& tell) { return backups_->run(ask, tell); },
        .archive = archive_.get(),
        .desk = desk_.get(),
        .feed_archive = [this] { return ensure_feed(); },
        .exports = path("archive/export"),
        .test_notification = [this](const notify::Rule& rule) { return notifier_->test(rule); },
        .secrets = &*secrets_,
        .attribution = [this] { return facts_->attribution(); },
        .facts = facts_.get(),
        .system_level = [this](const OrganisationId& organisation, std::string_view system) { return facts_->system_level(organisation, system); },
        .list_profiles = [this] { return list_profiles_; },
        .list_desk = list_desk_.get(),
        .list_jobs_changed = [this] { list_jobs_changed(); },
        .is_behind = [this] { return is_behind(kListsWaitAt); },
        .disk = &store::system_disk(),
        .originals = path(lists::kOriginals),
        .case_files = path(cases::kAttachmentFolder),
        .forms = forms_,
        .papers = path(reports::kPaperFiles),
        .sends_mail = !settings_.smtp_host.empty(),
        .paper_trust = {.ca_file = settings_.papers_ca_file, .crl_file = settings_.papers_crl_file},
        .keep_own = [this](std::vector<event::Record> records) -> Status {
            if (!intake_) return fail(Code::unavailable, "no server works on this folder; start one");
            return keep_own(std::move(records));
        },
    });
}

void WiredNode::follow(const Committed& committed) {
    for (const findings::Touched& touched : committed.findings) stream_->finding(touched);
    const auto directory = held(directory_);
    const Time now = clock_.now();
    for (const auto& [source, count] : committed.sources) {
        rates_.add(source, count, now);
        if (const directory::Source* known = directory->source(source)) stream_->source(source, known->organisation);
    }
    if (watch_) watch_->note(committed.offsets);
}

Status WiredNode::ensure_certificate() {
    if (!settings_.tls_certificate.empty()) return {};
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') names.emplace_back(host);
    names.insert(names.end(), settings_.tls_names.begin(), settings_.tls_names.end());
    certificate_ = TRY(net::load_or_make_certificate(path("keys"), names, clock_.now()));
    return {};
}

Status WiredNode::serve() {
    std::vector<net::Endpoint> endpoints;
    bool off_loopback = false;
    for (const std::string& text : settings_.listen) {
        endpoints.push_back(TRY(parse_endpoint("listen", text)));
        off_loopback = off_loopback || !is_loopback(endpoints.back().address);
    }
    if (endpoints.empty()) return fail(Code::bad_input, "setting listen is empty: name at least one ADDRESS:PORT");

    TRY(reload_doubts());
    TRY(open_watch());
    in_hand_ = TRY(InHand::open(path("in-hand")));
    PipelineOptions options;
    options.threads = settings_.threads > 0 ? static_cast<std::size_t>(settings_.threads) : std::max(1U, std::thread::hardware_concurrency());
    options.batch_records = static_cast<std::size_t>(settings_.batch_records);
    options.late_after = seconds(settings_.late_after);
    options.correlation_bytes = static_cast<std::size_t>(settings_.correlation_bytes);
    options.lane = {.fast = {.pair = static_cast<std::uint64_t>(settings_.pair_work), .event = static_cast<std::uint64_t>(settings_.event_work)},
                    .rules = static_cast<std::size_t>(settings_.lane_rules),
                    .burst = static_cast<std::uint64_t>(settings_.lane_burst),
                    .second = static_cast<std::uint64_t>(settings_.lane_second)};
    random_.fill(options.correlation_seed.data(), options.correlation_seed.size());
    options.snapshot_disk = &store::system_disk();
    options.snapshot_folder = path("correlation");
    options.snapshot_every = seconds(settings_.snapshot_seconds);
    options.before_parse = hooks_.before_parse;
    const auto content = held(content_);
    pipeline_ = TRY(Pipeline::start({.journal = *journal_,
                                     .state = *state_,
                                     .in_hand = *in_hand_,
                                     .clock = clock_,
                                     .metrics = metrics_,
                                     .content_named = [this](const std::string& name) { return content_named(name); },
                                     .indicators_named = [this](const std::string& name) { return indicators_->named(name); },
                                     .committed = [this](const Committed& committed) { follow(committed); }},
                                    std::move(options), content));
    start_feed();
    intake_ = ingest::Intake::start(*journal_,
                                    {.most_bytes = static_cast<std::size_t>(settings_.queue_bytes), .most_records = static_cast<std::size_t>(settings_.queue_records)},
                                    clock_, metrics_);
    const event::Position began = journal_->end();
    const std::string rules_before = pipeline_->content_in_force();
    if (rules_before != content->fingerprint)
        if (const Status announced = announce_content(*content); !announced)
            log::error("the rules could not be put into force: the journal does not take records", {{"reason", announced.error().text}});
    if (const std::string present = indicators_->present()->name(); pipeline_->indicators_in_force() != present)
        if (const Status announced = announce(json::object({{"control", "indicators"}, {"set", present}})); !announced)
            log::error("the indicators could not be put into force: the journal does not take records", {{"reason", announced.error().text}});
    arrivals_ = TRY(ArrivalsKeeper::start(*state_, counters_));

    std::optional<net::TlsFiles> tls;
    if (off_loopback && !settings_.allow_plain) {
        TRY(ensure_certificate());
        tls = certificate_ ? net::TlsFiles{certificate_->certificate, certificate_->key} : net::TlsFiles{settings_.tls_certificate, settings_.tls_key};
    } else if (!settings_.tls_certificate.empty() && (off_loopback || !settings_.allow_plain)) {  // on loopback the certificate may be for the other listeners alone
        tls = net::TlsFiles{settings_.tls_certificate, settings_.tls_key};
    }
    TRY(start_listeners(tls));
    front_ = TRY(Front::start({.router = *router_,
                               .intake = *intake_,
                               .counters = counters_,
                               .journal = *journal_,
                               .clock = clock_,
                               .metrics = metrics_,
                               .directory = [this] { return held(directory_); }},
                              settings_, std::move(endpoints), path("control.sock"), std::move(tls)));
    watch_->start();
    stream_->start();
    notifier_->start();
    puller_->start();
    hunts_->start();
    start_case_watch();
    list_worker_->start();
    if (settings_.hunt_rule_days > 0 && !rules_before.empty() && rules_before != content->fingerprint) {  // a new version of the program, or of a folder of rules
        if (const auto was = content_named(rules_before)) hunt_for_rules(**was, *content, began);
    }
    tender_ = std::jthread{[this](std::stop_token stop) { tend(stop); }};
    return {};
}

// Senders that do not come over HTTP, and those that we go to.
Status WiredNode::start_listeners(std::optional<net::TlsFiles> tls) {
    if (Listeners::wanted(settings_)) {
        if (Listeners::wants_tls(settings_) && !tls) {
            TRY(ensure_certificate());
            tls = certificate_ ? net::TlsFiles{certificate_->certificate, certificate_->key} : net::TlsFiles{settings_.tls_certificate, settings_.tls_key};
        }
        senders_ = TRY(SenderDesk::start({.state = *state_,
                                          .clock = clock_,
                                          .random = random_,
                                          .directory = [this] { return held(directory_); },
                                          .reload_directory = [this] { return reload_directory(); }}));
        listeners_ = TRY(Listeners::start({*intake_, counters_, *senders_, metrics_}, settings_, tls));
    }
    pulls_ = TRY(Pulls::start({.intake = *intake_,
                               .counters = counters_,
                               .metrics = metrics_,
                               .folder = settings_.data,
                               .directory = [this] { return held(directory_); }},
                              settings_));
    return {};
}

// Each source against what is expected of it; what is noticed becomes records of the node's own source.
Status WiredNode::open_watch() {
    overflow_watch_.emplace(OverflowWatch::Parts{.state = *state_,
                                                 .clock = clock_,
                                                 .directory = [this] { return held(directory_); },
                                                 .overflows = [this] { return pipeline_->overflows(); },
                                                 .note_told = [this](const Overflow& overflow) { pipeline_->note_told(overflow); },
                                                 .report = [this](std::vector<event::Record> records) { return keep_own(std::move(records)); }});
    watch_ = TRY(SourceWatch::open({.state = *state_,
                                    .clock = clock_,
                                    .directory = [this] { return held(directory_); },
                                    .received = [this](const SourceId& source) { return counters_.values(source).received; },
                                    .tallies = [this] { return pipeline_->tallies(); },
                                    .report = [this](std::vector<event::Record> records) { return keep_own(std::move(records)); },
                                    .meanwhile =
                                        [this] {
                                            if (listeners_) listeners_->count_dropped();
                                            overflow_watch_->look();
                                        }},
                                    {.clock_limit = seconds(settings_.watch_clock), .unparsed_percent = settings_.watch_unparsed, .every = seconds(settings_.watch_every)}));
    return {};
}

Status WiredNode::keep_own(std::vector<event::Record> records) {
    const Time now = clock_.now();
    std::optional<directory::Source> own;
    if (const directory::Source* known = held(directory_)->source_named(directory::kOwnSource)) {
        own = *known;
    } else {
        const auto id = make_id<SourceTag>(now, random_);
        TRY(state_->write([&](store::Transaction& tx) -> Status {
            own = TRY(directory::Directory::ensure_own(tx, directory::kOwnSource, id, now));
            return {};
        }));
        TRY(reload_directory());
    }
    for (event::Record& record : records) {
        record.envelope.source = own->id;
        if (record.envelope.organisation.is_nil()) record.envelope.organisation = own->organisation;
    }
    counters_.of(own->id).received += records.size();
    return TRY(intake_->push_waiting(std::move(records), seconds(5))).wait();
}

// What has to be looked after once a minute: retention.
void WiredNode::tend(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::minutes{1}, [&] { return stop.stop_requested(); })) {
        const auto retired = journal_->retire(feed_ ? std::min(pipeline_->needed_from(), archive_->watermark()) : pipeline_->needed_from());
        if (!retired)
            log::error("journal: retention failed", {{"reason", retired.error().text}});
        else if (*retired > 0)
            log::info("journal: segments past retention were deleted", {{"segments", *retired}});
    }
}

void WiredNode::stop(Span grace) {
    if (case_watch_) case_watch_->stop();
    if (notifier_) notifier_->stop();
    if (hunts_) hunts_->stop();
    if (list_worker_) list_worker_->stop();
    if (puller_) puller_->stop();
    if (stream_) stream_->stop();
    if (desk_) desk_->close();        // searches end, and so do the requests that wait for them
    if (watch_) watch_->stop();
    if (pulls_) pulls_->stop();
    if (listeners_) listeners_->stop(grace);
    if (front_) front_->stop(grace);  // senders get their answers first
    if (intake_) intake_->stop();
    if (pipeline_) pipeline_->stop();
    if (feed_) feed_->stop();
    if (arrivals_) arrivals_->stop();
    if (tender_.joinable()) {
        tender_.request_stop();
        tender_.join();
    }
}

Status WiredNode::reload() {
    TRY(reload_rules());
    TRY(reload_doubts());
    if (settings_.tls_certificate.empty()) return {};
    if (listeners_) TRY(listeners_->reload_tls());
    if (front_) return front_->reload_tls({settings_.tls_certificate, settings_.tls_key});
    return {};
}

std::vector<store::Schema> schemas_of_all_rooms() {
    return {store::audit_schema(), access::schema(), directory::schema(), findings::schema(), intel::schema(), lists::schema(), cases::schema(), cases::attachment_schema(), cases::watch_schema(), reports::schema(), reports::mail_schema(), hunts::schema(), notify::schema(), api::schema(), store::backup::runs_schema(), schema()};
}

Result<std::unique_ptr<Node>> Node::open(const Settings& settings, const Hooks& hooks) {
    auto node = std::make_unique<WiredNode>(settings, hooks);
    TRY(node->open());
    return node;
}

}  // namespace vg::server
