#include "api/test_world.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "api/security.h"
#include "base/arena.h"
#include "base/text.h"
#include "directory/directory.h"
#include "hunts/hunt.h"
#include "intel/indicators.h"
#include "lists/jobs.h"
#include "lists/lists.h"
#include "net/text_body.h"
#include "reports/mails.h"
#include "store/audit.h"
#include "store/backup/runs.h"
#include "store/state_fixture.h"

namespace vg::api::test {

namespace {

constexpr Time kStart{1'780'000'000'000'000};
constexpr char kRule[] = "title: Whoami is run\ntitle_vi: Lệnh whoami được chạy\nid: 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11\nstatus: test\nauthor: Example\nlogsource:\n    category: process_creation\n    product: windows\n"
                         "detection:\n    selection:\n        Image|endswith: '\\whoami.exe'\n    condition: selection\nlevel: medium\n";
constexpr char kCorrelation[] = "title: Many whoami\nid: 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a12\nstatus: test\nauthor: Example\ncorrelation:\n    type: event_count\n"
                                "    rules:\n        - 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11\n    group-by:\n        - machine\n    timespan: 1h\n    condition:\n        gte: 10\n    generate: true\nlevel: high\n";

class StillHealth final : public Health {
public:
    json::Value report() const override { return json::object({{"ready", true}}); }
    Status ready() const override { return {}; }
    SourceCounters counters(const SourceId&) const override { return {.received = 7, .accepted = 5, .refused = 2, .unparsed = 1, .late = 0}; }
    std::optional<Time> last_received(const SourceId&) const override { return std::nullopt; }
};

// A test that cannot build its world is no test: it ends here.
template <class T>
T must(Result<T> result) {
    if (!result) ADD_FAILURE() << result.error().text;
    return std::move(result).value();
}
void must(const Status& status) {
    if (!status) ADD_FAILURE() << status.error().text;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
    for (const auto& [one, value] : headers)
        if (equal_ignoring_ascii_case(one, name)) return value;
    return {};
}

json::Value Reply::parsed() const {
    auto value = json::parse(body);
    return value ? std::move(*value) : json::Value{};
}

World::World(ArchiveKind kind) : started(kStart), clock(kStart) {
    node.name = "local:0";
    node.role = access::Role::administrator;
    node.scope = access::Scope::node();
    const store::Schema schemas[] = {store::audit_schema(), access::schema(), directory::schema(), findings::schema(), intel::schema(), lists::schema(), cases::schema(), cases::attachment_schema(), cases::watch_schema(), reports::schema(), reports::mail_schema(), hunts::schema(), notify::schema(), store::backup::runs_schema(), schema()};
    state = must(store::State::open(store::test_state(), schemas, metrics));
    disk = std::make_unique<store::FaultDisk>(1);
    must(disk->make_folder("keys"));
    store::JournalOptions options;
    options.key = must(store::load_or_make_signing_key(*disk, "keys", random));
    options.random = &random;
    journal_key = options.key.public_key;
    journal = must(store::Journal::open(*disk, "journal", options, clock, metrics));
    library = must(formats::Library::make({}));
    detect::LoadReport report;
    engine = must(detect::Engine::make({{"whoami.yml", kRule}, {"many.yml", kCorrelation}}, {}, report));
    EXPECT_EQ(report.loaded, 1U);
    EXPECT_EQ(report.correlations, 1U);
    correlator = detect::Correlator::make(engine, {}, {});
    health = std::make_unique<StillHealth>();
    folder = (std::filesystem::temp_directory_path() / format("vonggac-world-{}-{}", ::getpid(), to_text(journal->id()))).string();
    std::filesystem::create_directories(folder);
    if (kind == ArchiveKind::fake)
        archive = std::make_unique<FakeArchive>(journal->id());
    else
        archive = must(store::Archive::open({.folder = folder + "/archive", .journal = journal->id(), .memory_bytes = std::size_t{256} << 20}, clock, metrics));
    desk = std::make_unique<SearchDesk>(SearchLimits{.nice = 0}, clock, random, metrics);
    list_desk = std::make_unique<ListDesk>(random);
    exports = kind == ArchiveKind::fake ? folder + "/exports" : folder + "/archive/export";
    regime = std::make_shared<const regime::Regime>(must(regime::load(VG_SOURCE_DIR "/content/regimes")));
    forms = std::make_shared<const reports::Forms>(must(reports::load_forms(VG_SOURCE_DIR "/content/reports")));
    puller = std::make_unique<intel::Puller>(intel::Puller::Parts{.state = *state, .disk = *disk, .clock = clock, .metrics = metrics, .folder = "feeds",
                                                                  .fetch = [this](const intel::FetchAsk&) -> Result<intel::Fetched> { return intel::Fetched{.unchanged = false, .bytes = feed_text, .etag = {}, .last_modified = {}}; }},
                                             intel::Puller::Options{});
    must(state->write([&](store::Transaction& tx) { return intel::put_feed(tx, {.name = "tried", .address = "https://feeds.example/list.txt"}, clock.now()); }));
    stream = std::make_unique<Stream>(clock, metrics, StreamOptions{}, nullptr);
    must(reload_directory());
    facts = must(directory::FactKeeper::open(*state));
    router = Router::make(Context{.state = *state,
                                  .journal = *journal,
                                  .clock = clock,
                                  .random = random,
                                  .metrics = metrics,
                                  .health = *health,
                                  .engine = [this] { return engine; },
                                  .library = [this] { return library; },
                                  .directory = [this] { return directory; },
                                  .reload_directory = [this] { return reload_directory(); },
                                  .reload_rules = [this]() -> Result<detect::LoadReport> { return detect::LoadReport{.loaded = engine->rules().size()}; },
                                  .observe = [this](const cases::Item& item) { return observe ? observe(item) : Result<std::optional<cases::Observed>>{std::nullopt}; },
                                  .regime = regime,
                                  .puller = puller.get(),
                                  .hunt_days = 90,
                                  .retry_set_aside = [](event::Position) -> Status { return {}; },
                                  .settings = [] { return json::Value{json::Array{}}; },
                                  .correlation_groups = [this](const detect::GroupAsk& ask) { return correlator->groups(ask); },
                                  .rule_costs = [this] { return rule_costs; },
                                  .rule_cases = [this](const detect::Engine&, const detect::RuleInfo&) -> Result<RuleCases> { return rule_cases; },
                                  .run_rule_cases = [this](const std::shared_ptr<const detect::Engine>&, const detect::RuleInfo&) -> Result<std::vector<RuleCaseResult>> { return case_results; },
                                  .stream = stream.get(),
                                  .back_up = [](const BackupAsk&, const std::function<bool(json::Value)>&) -> Result<json::Value> {
                                      return json::object({{"type", "result"}});
                                  },
                                  .passwords = {.cost = access::kCheapPasswords},
                                  .archive = archive.get(),
                                  .desk = desk.get(),
                                  .feed_archive = []() -> Status { return {}; },
                                  .exports = exports,
                                  .test_notification = [](const notify::Rule& rule) {
                                      return std::vector<notify::Outcome>{{notify::Channel::mail, rule.to.mail.front(), ""}};
                                  },
                                  .attribution = [this] { return attribution != nullptr ? attribution : facts->attribution(); },
                                  .facts = facts.get(),
                                  .system_level = [this](const OrganisationId& organisation, std::string_view system) { return facts->system_level(organisation, system); },
                                  .list_desk = list_desk.get(),
                                  .disk = disk.get(),
                                  .originals = "evidence/lists",
                                  .case_files = "evidence/cases",
                                  .forms = forms,
                                  .papers = "evidence/papers",
                                  .sends_mail = true,
                                  .keep_own = [this](std::vector<event::Record> records) -> Status {
                                      own_records.insert(own_records.end(), records.begin(), records.end());
                                      return {};
                                  }});
    organisations_["root"] = must(state->write([&](store::Transaction& tx) {
        return directory::Directory::ensure_root(tx, "Tổ chức " + marker("root"), make_id<OrganisationTag>(clock.now(), random), clock.now());
    })).id;
    for (const auto& [name, parent] : {std::pair{"A", "root"}, {"A1", "A"}, {"B", "root"}}) {
        directory::Organisation made{.id = make_id<OrganisationTag>(clock.now(), random), .name = "Đơn vị " + marker(name), .parent = organisations_[parent], .created = clock.now()};
        must(state->write([&](store::Transaction& tx) { return directory::Directory::add(tx, node, made); }));
        organisations_[name] = made.id;
    }
    must(reload_directory());
    for (const auto& [name, network] : {std::pair{"root", "198.18.0.0/24"}, {"A", "198.18.1.0/24"}, {"A1", "198.18.2.0/24"}, {"B", "198.18.3.0/24"}}) {
        const directory::FactDraft draft{.kind = "range", .organisation = organisations_[name], .body = json::object({{"range", network}}), .from = kStart - days(1'000), .until = {}, .document = "1/QĐ", .replaces = {}};
        must(facts->change(node, clock.now(), [&](store::Transaction& tx) { return directory::Facts::add(tx, node, draft, clock.now()); }));
    }
    must(state->write([&](store::Transaction& tx) { return lists::put_profile(tx, {.name = "tried", .title = "Tried", .title_vi = "Thử", .columns = {{"may chu dieu khien", lists::Role::c2}}}, "user:an", clock.now()); }));
    for (const char* name : {"node", "root", "A", "A1", "B"}) plant(name);
}

World::~World() {
    searches.clear();
    desk.reset();
    router.reset();
    archive.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

void World::plant(const std::string& name) {
    for (access::Role role : access::all_roles()) {
        if (!access::is_token_role(role)) {
            accounts_.push_back(add_person(name, role));
        } else if (name != "node" || role != access::Role::token_ingest) {
            const auto issued = add_token(name, role);
            accounts_.push_back({.role = role, .organisation = name, .name = issued.token.name, .credential = {.token = issued.text}});
        }
    }
    if (name == "node") return;
    add_finding(name);
    add_event(name);
    add_saved_search(name);
    add_notification_rule(name);
    add_notification(name);
    add_hunt(name);
    add_list(name);
    add_case(name);
    add_case_task(name);
    add_fact(name);
    add_fact(name, access::Role::administrator);
    must(state->write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = clock.now(), .actor = "user:" + marker(name), .action = "test:plant", .object = "thing/" + marker(name),
                                         .organisation = organisation(name), .details = json::object({{"reason", marker(name)}})});
    }));
}

Status World::reload_directory() {
    directory = TRY(state->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); }));
    return {};
}

std::string World::marker(const std::string& organisation) {
    if (organisation == "A") return "qxalpha";
    if (organisation == "A1") return "qxinner";
    if (organisation == "B") return "qxbravo";
    return organisation == "root" ? "qxroot" : "qxnode";
}

OrganisationId World::organisation(const std::string& name) const {
    const auto found = organisations_.find(name);
    return found == organisations_.end() ? OrganisationId{} : found->second;
}

const Account& World::account(const std::string& organisation, access::Role role) const {
    for (const Account& one : accounts_)
        if (one.organisation == organisation && one.role == role) return one;
    ADD_FAILURE() << "no account of " << organisation;
    return accounts_.front();
}

std::string World::fresh_name(const std::string& organisation) { return format("{}-{}", marker(organisation), ++number_); }

OrganisationId World::add_organisation(const std::string& name) {
    const directory::Organisation made{.id = make_id<OrganisationTag>(clock.now(), random), .name = fresh_name(name), .parent = organisation(name), .created = clock.now()};
    must(state->write([&](store::Transaction& tx) { return directory::Directory::add(tx, node, made); }));
    must(reload_directory());
    return made.id;
}

std::int64_t World::add_fact(const std::string& name, access::Role role, const std::string& by) {
    const access::Actor proposer{.name = "user:" + (by.empty() ? marker(name) : by), .role = role, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
    const directory::FactDraft draft{.kind = "contact", .organisation = organisation(name), .body = json::object({{"purpose", "incident"}, {"channel", "email"}, {"value", fresh_name(name) + "@example.vn"}}),
                                     .from = kStart, .until = {}, .document = "123/CV-" + marker(name), .replaces = {}};
    return must(facts->change(proposer, clock.now(), [&](store::Transaction& tx) { return directory::Facts::add(tx, proposer, draft, clock.now()); })).back().now.number;
}

void World::add_range(const std::string& name) {
    const directory::FactDraft draft{.kind = "range", .organisation = organisation(name), .body = json::object({{"range", kRange}, {"system", fresh_name(name)}}),
                                     .from = kStart - days(365), .until = {}, .document = "45/QĐ-" + fresh_name(name), .replaces = {}};
    must(facts->change(node, clock.now(), [&](store::Transaction& tx) { return directory::Facts::add(tx, node, draft, clock.now()); }));
}

SourceId World::add_source(const std::string& name) {
    const directory::Source made{.id = make_id<SourceTag>(clock.now(), random), .name = fresh_name(name), .organisation = organisation(name), .created = clock.now()};
    must(state->write([&](store::Transaction& tx) { return directory::Directory::add(tx, node, made); }));
    must(reload_directory());
    return made.id;
}

Credential World::sign_in(const std::string& name) {
    const Reply reply = send({.method = "POST", .path = "/api/v1/session", .body = json::object({{"name", name}, {"password", kPassword}}).dump()});
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string cookie = reply.header("Set-Cookie");
    const std::size_t equals = cookie.find('='), end = cookie.find(';');
    return {.session = cookie.substr(equals + 1, end - equals - 1), .csrf = reply.parsed().text("csrf").value_or("")};
}

Account World::add_person(const std::string& name, access::Role role) {
    access::Passwords passwords{random, {.cost = access::kCheapPasswords}};
    const access::NewUser wanted{.name = fresh_name(name), .role = role, .organisation = organisation(name), .password = access::PasswordHash{must(passwords.hash(kPassword))}};
    const access::User made = must(state->write([&](store::Transaction& tx) { return access::Accounts::add_user(tx, node, wanted, random, clock.now()); }));
    return {.role = role, .organisation = name, .user = made.id, .name = made.name, .credential = sign_in(made.name)};
}

access::IssuedToken World::add_token(const std::string& name, access::Role role) {
    access::NewToken wanted{.name = fresh_name(name), .role = role, .organisation = organisation(name)};
    if (role == access::Role::token_ingest) wanted.source = add_source(name);
    return must(state->write([&](store::Transaction& tx) { return access::Accounts::add_token(tx, node, wanted, random, clock.now()); }));
}

std::string World::add_link(const std::string& name) {
    const access::NewUser wanted{.name = fresh_name(name), .role = access::Role::reader, .organisation = organisation(name)};
    return must(state->write([&](store::Transaction& tx) -> Result<std::string> {
        const access::User made = TRY(access::Accounts::add_user(tx, node, wanted, random, clock.now()));
        return access::Accounts::make_link(tx, node, made.id, random, clock.now());
    }));
}

findings::FindingId World::add_finding(const std::string& name) {
    const event::EventId seen = add_event(name);
    const detect::RuleInfo rule{.id = fresh_name(name), .title = "Rule " + marker(name), .author = marker(name), .kind = "sigma", .level = detect::Level::high};
    const findings::Sighting sighting{.event = seen, .source = SourceId{{9}}, .organisation = organisation(name), .occurred = clock.now(), .received = clock.now(),
                                      .entity = "host:" + fresh_name(name), .rule = &rule, .matched = json::object({{"Image", marker(name)}})};
    must(state->write([&](store::Transaction& tx) { return findings::Book::record(tx, std::span{&sighting, 1}); }));
    const auto page = must(state->read([&](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {.rule = rule.id}, std::nullopt, 1); }));
    EXPECT_EQ(page.items.size(), 1U);
    return page.items.at(0).id;
}

std::string World::add_group(const std::string& name) {
    Arena arena;
    event::Builder builder{arena};
    const std::string key = fresh_name(name);
    builder.text("Image", "C:\\x\\whoami.exe").text("machine", key);
    event::Event made{.occurred = clock.now(), .received = clock.now(), .fields = builder.finish()};
    detect::Scratch scratch;
    std::vector<detect::Match> matches;
    engine->match(made, scratch, matches);
    std::vector<detect::correlation::Occurrence> found;
    detect::correlation::occurrences(engine->plan(), made, matches, organisation(name), correlator->seed(), found);
    EXPECT_EQ(found.size(), 1U);
    std::vector<detect::CorrelationMatch> out;
    correlator->correlate({{static_cast<std::uint64_t>(number_)}, SourceId{{9}}, organisation(name), clock.now(), clock.now()}, found, out);
    return "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a12";
}

event::EventId World::add_event(const std::string& name) { return add_record(name, json::object({{"note", fresh_name(name)}}).dump()); }

event::EventId World::add_record(const std::string& name, std::string raw) {
    event::Record record;
    record.envelope = {.source = add_source(name), .organisation = organisation(name), .received = clock.now(), .peer = "192.0.2.7"};
    record.raw = std::move(raw);
    const event::Position position = must(journal->keep(std::span{&record, 1}));
    Arena arena;
    const formats::Outcome outcome = formats::to_event(record, *library, arena);
    const store::ArchivedEvent one{.position = position, .envelope = &record.envelope, .event = &outcome.event, .unparsed = outcome.unparsed, .raw_bytes = record.raw.size()};
    must(archive->append(std::span{&one, 1}, {}));
    return {journal->id(), position};
}

void World::add_found(const std::string& name, event::Position position, Time occurred, std::initializer_list<json::Member> fields, std::string_view unparsed) {
    const event::Envelope envelope{.organisation = organisation(name), .received = started};
    Arena arena;
    event::Builder builder{arena};
    for (const auto& [field, value] : fields) {
        const event::Ecs ecs = event::ecs_field(field);
        const std::string_view text = arena.copy(value.as_text());
        if (ecs == event::Ecs::none)
            builder.text(arena.copy(field), text);
        else
            builder.ecs(ecs, text);
    }
    const event::Event made{.occurred = occurred, .received = started, .occurred_known = true, .format = unparsed.empty() ? "json" : "", .fields = builder.finish()};
    const store::ArchivedEvent one{.position = position, .envelope = &envelope, .event = &made, .unparsed = unparsed, .raw_bytes = 10};
    must(archive->append(std::span{&one, 1}, {}));
}

void World::add_numbered(const std::string& name, int count, int per_second) {
    const event::Envelope envelope{.organisation = organisation(name), .received = started};
    Arena arena;
    event::Builder builder{arena};
    std::vector<event::Event> made;
    for (int i = 0; i < count; ++i) {
        builder.text("number", arena.copy(format("n{}", i)));
        made.push_back({.occurred = started + seconds(i / per_second), .received = started, .occurred_known = true, .format = "json", .fields = builder.finish()});
    }
    std::vector<store::ArchivedEvent> all;
    for (std::size_t i = 0; i < made.size(); ++i) all.push_back({.position = {100'000U + i}, .envelope = &envelope, .event = &made[i], .unparsed = {}, .raw_bytes = 10});
    must(archive->append(all, {}));
}

std::string World::add_saved_search(const std::string& name) {
    const Reply reply = send({.method = "POST", .path = "/api/v1/saved-searches",
                              .body = json::object({{"name", fresh_name(name)}, {"q", ""}, {"shared", true}, {"organisation", organisation(name).text()}}).dump()},
                             &account(name, access::Role::administrator).credential);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.parsed().text("id").value_or("");
}

std::string World::add_notification_rule(const std::string& name) {
    notify::Rule rule{.id = make_id<notify::RuleTag>(clock.now(), random), .organisation = organisation(name), .name = fresh_name(name), .to = {.mail = {"truc@don-vi.example"}, .webhooks = {}}, .created = clock.now()};
    must(state->write([&](store::Transaction& tx) { return notify::add_rule(tx, node, rule, clock.now()); }));
    return rule.id.text();
}

std::string World::add_notification(const std::string& name) {
    const notify::Message message{.id = make_id<notify::MessageTag>(clock.now(), random), .rule_name = fresh_name(name), .organisation = organisation(name), .recipient = "truc@don-vi.example",
                                  .subject = marker(name), .content = marker(name), .findings = 1, .created = clock.now(), .next_attempt = clock.now(), .waiting_since = clock.now()};
    must(state->write([&](store::Transaction& tx) -> Status {
        TRY(notify::add_message(tx, message));
        TRY(tx.run("update notify_message set state = 'given-up', finished = :f where id = :i", {clock.now().micros, message.id.text()}));
        return {};
    }));
    return message.id.text();
}

std::string World::add_case_item(const std::string& organisation) {
    const std::string name = fresh_name(organisation);
    const cases::Sighting sighting{.organisation = this->organisation(organisation), .matter = name, .title = name, .subject = name + ".example", .family = "Mirai", .system = {}, .seen = clock.now() - days(1), .ref = "list/1"};
    return must(state->write([&](store::Transaction& tx) { return cases::place(tx, "system", sighting, random, clock.now()); })).item.text();
}

std::string World::add_case(const std::string& organisation) {
    const auto item = must(cases::ItemId::parse(add_case_item(organisation)));
    // Somebody has answered, so that something waits for the coordinator.
    const access::Actor somebody{.name = "user:" + organisation, .role = access::Role::contact, .scope = access::Scope::node()};
    must(state->write([&](store::Transaction& tx) { return cases::answer(tx, somebody, item, {.kind = cases::AnswerKind::false_report, .text = "a scanner", .evidence = {}, .until = {}}, std::nullopt, clock.now()); }));
    return must(state->read([&](store::Transaction& tx) { return cases::find_item(tx, access::Scope::node(), item); })).of.text();
}

std::string World::add_attachment(const std::string& organisation) {
    const Reply reply = send({.method = "POST", .path = "/api/v1/case-items/" + add_case_item(organisation) + "/attachments", .query = {{"name", fresh_name(organisation) + ".png"}}, .body = "bytes of a file"},
                             &account(organisation, access::Role::administrator).credential);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.parsed().text("id").value_or("");
}

std::string World::add_paper_mail(const std::string& name) {
    const Account& who = account(name, access::Role::administrator);
    const std::string paper = "/api/v1/papers/" + add_paper(name);
    EXPECT_EQ(send({.method = "POST", .path = paper + "/sign", .body = "%PDF-1.4\nsigned by hand\n"}, &who.credential).status, 200);
    const Reply queued = send({.method = "POST", .path = paper + "/mails", .body = json::object({{"to", fresh_name(name) + "@don-vi.example"}, {"role", "national-coordinator"}, {"addressee", "VNCERT/CC"}}).dump()}, &who.credential);
    EXPECT_EQ(queued.status, 202) << queued.body;
    return queued.parsed().text("id").value_or("");
}

std::string World::delivery_report(const std::string& mail) {
    return "From: MAILER-DAEMON@don-vi.example\r\nTo: vonggac@don-vi.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b1\"\r\n\r\n"
           "--b1\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.don-vi.example\r\n\r\n"
           "Final-Recipient: rfc822; truc@don-vi.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b1\r\nContent-Type: text/rfc822-headers\r\n\r\n"
           "From: vonggac@don-vi.example\r\nMessage-ID: <" + mail + "@don-vi.example>\r\n\r\n--b1--\r\n";
}

std::string World::add_paper(const std::string& name) {
    const Account& who = account(name, access::Role::administrator);
    const Reply made = send({.method = "POST", .path = "/api/v1/papers", .body = json::object({{"form", "mau-03"}, {"case", add_case(name)}}).dump()}, &who.credential);
    EXPECT_EQ(made.status, 201) << made.body;
    std::string id = made.parsed().text("id").value_or("");
    EXPECT_EQ(send({.method = "POST", .path = "/api/v1/papers/" + id + "/issue", .body = "{}"}, &who.credential).status, 200);
    return id;
}

std::string World::add_escalation(const std::string& name) {
    const Reply made = send({.method = "POST", .path = "/api/v1/escalations", .body = json::object({{"case", add_case(name)}, {"reason", marker(name)}}).dump()}, &account(name, access::Role::administrator).credential);
    EXPECT_EQ(made.status, 201) << made.body;
    return made.parsed().text("id").value_or("");
}

std::string World::add_case_task(const std::string& organisation, std::string of) {
    if (of.empty()) of = add_case(organisation);
    const Reply reply = send({.method = "POST", .path = "/api/v1/cases/" + of + "/tasks", .body = json::object({{"title", fresh_name(organisation)}}).dump()}, &account(organisation, access::Role::administrator).credential);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.parsed().text("id").value_or("");
}

std::string World::playbook() {
    return R"({"type":"playbook","spec_version":"cacao-2.0","id":"playbook--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e01","name":"Two steps","created_by":"identity--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e02","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z",
    "agent_definitions":{"individual--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e03":{"type":"individual","name":"Whoever is on duty"}},"workflow_start":"start--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e04","workflow":{
    "start--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e04":{"type":"start","on_completion":"action--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e05"},
    "action--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e05":{"type":"action","name":"Unplug it","commands":[{"type":"manual","command":"Unplug the machine"}],"agent":"individual--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e03","on_completion":"action--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e06"},
    "action--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e06":{"type":"action","name":"Scan it","commands":[{"type":"bash","command":"clamscan -r /"}],"agent":"individual--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e03","on_completion":"end--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e07"},
    "end--0b1f6f5e-4f0a-4d38-9a55-2a4a1c7f1e07":{"type":"end"}}})";
}

std::string World::add_playbook() {
    const Reply reply = send({.method = "POST", .path = "/api/v1/playbooks", .body = playbook()}, &account("node", access::Role::administrator).credential);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.parsed().text("id").value_or("");
}

std::string World::add_hunt(const std::string& name) {
    const Reply reply = send({.method = "POST", .path = "/api/v1/hunts",
                              .body = json::object({{"name", fresh_name(name)}, {"organisation", organisation(name).text()}, {"items", json::Array{json::object({{"value", "evil.example"}})}}, {"more", true}}).dump()},
                             &account(name, access::Role::administrator).credential);
    EXPECT_EQ(reply.status, 201) << reply.body;
    const json::Value body = reply.parsed();
    const json::Value* hunt = body.find("hunt");
    return hunt == nullptr ? "" : hunt->text("id").value_or("");
}

std::string World::fresh_address(const std::string& name) {
    const int third = name == "A" ? 1 : name == "A1" ? 2 : name == "B" ? 3 : 0;
    return format("198.18.{}.{}", third, ++number_ % 256);
}

std::string World::add_list(const std::string& name) {
    lists::Reading reading;
    reading.form = "csv";
    reading.letter = {.issuer = "CATTT", .number = fresh_name(name), .date = "2026-05-01"};
    lists::Record record;
    record.line = 2;
    record.address = parse_address(fresh_address(name));
    record.seen = clock.now() - seconds(number_);
    record.family = fresh_name(name);
    reading.records.push_back(record);
    reading.read = reading.accepted = 1;
    const lists::Keep how{.series = "series " + fresh_name(name), .own = false, .progress = {}};
    const lists::List kept = must(lists::keep({*state, *disk, "evidence/lists"}, make_id<lists::ListTag>(clock.now(), random), "ds.csv", reading.letter.number, reading, {.claims = facts->attribution(), .level = {}}, how, node, clock.now()));
    must(state->write([&](store::Transaction& tx) -> Result<bool> {
        TRY(lists::ask_inside(tx, kept.id, node.name, random, clock.now()));
        return true;
    }));
    return kept.id.text();
}

std::string World::add_list_upload() {
    return must(list_desk->open("user:planter", "ds.csv", format("ip,timestamp,family\n{},2026-05-01T00:00:00Z,Mirai\n", fresh_address("root")), clock.now()))->id;
}

std::string World::open_search(const Account& account) {
    searches.push_back(must(desk->open({.account = account.user.text(), .text = marker(account.organisation), .kind = "count", .id = std::nullopt})));
    return to_text(searches.back()->id());
}

net::Response World::answer(const Send& send, const Credential* credential) {
    net::TextBody body{send.body};
    net::Request request;
    request.method = send.method;
    request.path = send.path;
    request.raw_target = send.path;
    for (const auto& [name, value] : send.query) request.raw_target += format("{}{}={}", request.raw_target == send.path ? "?" : "&", name, value);
    request.query = send.query;
    request.headers = send.headers;
    request.headers.emplace_back("host", "127.0.0.1:7300");
    if (!send.body.empty()) request.headers.emplace_back("content-type", "application/json");
    if (credential != nullptr && !credential->token.empty()) request.headers.emplace_back("authorization", "Bearer " + credential->token);
    if (credential != nullptr && !credential->session.empty()) {
        request.headers.emplace_back("cookie", format("{}={}", kSessionCookie, credential->session));
        if (send.with_csrf) request.headers.emplace_back("x-csrf-token", credential->csrf);
    }
    request.peer = "192.0.2.10";
    request.body = &body;
    return router->handle(request);
}

Reply World::send(const Send& send, const Credential* credential) {
    net::Response response = answer(send, credential);
    Reply reply{.status = response.status, .body = std::move(response.body), .headers = std::move(response.headers)};
    if (response.live && outlet) response.live(outlet);
    if (response.stream) {
        for (bool more = true; more;) more = response.stream(reply.body);
    }
    reply.bytes = format("{}\n", reply.status);
    for (const auto& [name, value] : reply.headers)
        if (name != "Set-Cookie") reply.bytes += format("{}: {}\n", name, value);
    reply.bytes += "\n" + reply.body;
    return reply;
}

TEST(World, HasEveryRoleInEveryOrganisation) {
    World world;
    EXPECT_EQ(world.accounts().size(), access::all_roles().size() * 5 - 1) << "the node itself has no source and so no ingest token";
    for (const Account& account : world.accounts()) {
        const Reply reply = world.send({.path = "/api/v1/session"}, &account.credential);
        EXPECT_EQ(reply.status, 200) << account.organisation << " " << access::name_of(account.role) << reply.body;
        EXPECT_EQ(reply.parsed().text("role"), access::name_of(account.role));
        EXPECT_NE(reply.body.find(World::marker(account.organisation)), std::string::npos);
    }
}

}  // namespace vg::api::test
