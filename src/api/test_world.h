// A node in memory for tests: root organisation, A with its child A1, and B; a user of every role in each, a token of
// every token role, and in everything that can carry a name the marker of its organisation. Requests go through the
// router exactly as they come over HTTP: with a session cookie and CSRF token, or with a bearer token.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/accounts.h"
#include "api/api.h"
#include "api/fake_archive.h"
#include "api/list_desk.h"
#include "api/rule_case.h"
#include "api/search_desk.h"
#include "api/stream.h"
#include "findings/book.h"
#include "cases/attachments.h"
#include "cases/cases.h"
#include "cases/watch.h"
#include "intel/puller.h"
#include "regime/regime.h"
#include "reports/forms.h"
#include "reports/papers.h"
#include "store/fault_disk.h"

namespace vg::api::test {

inline constexpr std::string_view kPassword = "mười hai con giáp đi chơi";

struct Credential {
    std::string session, csrf;  // of a person
    std::string token;          // of a program
};
struct Account {
    access::Role role;
    std::string organisation;  // "A", "A1", "B", "root", "node"
    UserId user;
    std::string name;
    Credential credential;
};

struct Reply {
    int status = 0;
    std::string bytes;  // status, headers and body as one text, without Set-Cookie
    std::string body;
    std::vector<net::Header> headers;
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] json::Value parsed() const;
};

struct Send {
    std::string method = "GET";
    std::string path;
    std::vector<net::Header> query = {};
    std::string body = {};
    std::vector<net::Header> headers = {};
    bool with_csrf = true;
};

// What the search routes ask: a vector of events, which is quick, or store::Archive in a folder of its own.
enum class ArchiveKind : std::uint8_t { fake, real };

class World {
public:
    explicit World(ArchiveKind kind = ArchiveKind::fake);
    ~World();

    // Follows a route as that account; none: nobody.
    Reply send(const Send& send, const Credential* credential = nullptr);
    // The same with the body unread when it is a stream.
    net::Response answer(const Send& send, const Credential* credential);

    [[nodiscard]] OrganisationId organisation(const std::string& name) const;
    // "qxa-marker" and so on: small letters, so that it fits every name, and no part of another's.
    static std::string marker(const std::string& organisation);
    [[nodiscard]] const Account& account(const std::string& organisation, access::Role role) const;
    [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }

    // New things of an organisation, each with its marker in the name. The number makes names unique.
    std::string fresh_name(const std::string& organisation);
    OrganisationId add_organisation(const std::string& organisation);  // below it
    SourceId add_source(const std::string& organisation);
    // A way to reach it, proposed by its own contact, or approved at once by an administrator; the fact's number.
    std::int64_t add_fact(const std::string& organisation, access::Role role = access::Role::contact, const std::string& by = {});
    // One more approved claim that kRange is the organisation's.
    void add_range(const std::string& organisation);
    static constexpr std::string_view kRange = "192.0.2.0/24", kAddress = "192.0.2.77";
    Account add_person(const std::string& organisation, access::Role role);   // with a session
    access::IssuedToken add_token(const std::string& organisation, access::Role role);
    std::string add_link(const std::string& organisation);
    findings::FindingId add_finding(const std::string& organisation);
    event::EventId add_event(const std::string& organisation);
    // A group of a correlation with the marker in its key; the id of the correlation.
    std::string add_group(const std::string& organisation);
    // The record in the journal and, as it is understood, in the archive.
    event::EventId add_record(const std::string& organisation, std::string raw);
    // In the archive alone.
    void add_found(const std::string& organisation, event::Position position, Time occurred, std::initializer_list<json::Member> fields, std::string_view unparsed = {});
    // So many events at once, from position 100,000 on, with "number" n0, n1, ...
    void add_numbered(const std::string& organisation, int count, int per_second);
    // Shared with the organisation.
    std::string add_saved_search(const std::string& organisation);
    // A rule of notification; its id.
    std::string add_notification_rule(const std::string& organisation);
    // A case with one victim; the id of either.
    std::string add_case(const std::string& organisation);
    std::string add_case_item(const std::string& organisation);
    // A file with the marker in its name, of such a victim; its id.
    std::string add_attachment(const std::string& organisation);
    // A draft of Mẫu 03 about a new case, whose bytes were issued; its id.
    std::string add_paper(const std::string& organisation);
    std::string add_paper_mail(const std::string& organisation);  // signed, and queued; id of the mail
    // That the mail could not be delivered, as a mail server tells it (RFC 3464, appendix E.1).
    static std::string delivery_report(const std::string& mail);
    // A call for help with a new case; its id.
    std::string add_escalation(const std::string& organisation);
    std::string add_case_task(const std::string& organisation, std::string of = {});  // of: a case; a new one without
    // A playbook that everybody sees; its id.
    std::string add_playbook();
    static std::string playbook();              // its bytes
    // A hunt that waits for its turn; its id.
    std::string add_hunt(const std::string& organisation);
    // A message that was given up; its id.
    std::string add_notification(const std::string& organisation);
    // A list of victims with one row, of that organisation, with the marker in its number and family; its id.
    std::string add_list(const std::string& organisation);
    // A list that is not kept yet: columns ip, timestamp and family. Its id.
    std::string add_list_upload();
    // An address that is the organisation's: of A, A1, B or root.
    std::string fresh_address(const std::string& organisation);
    // Under way until the world ends or it is cancelled; its id.
    std::string open_search(const Account& account);

    const Time started;
    ManualClock clock;
    SeededRandom random{20260727};
    metrics::Registry metrics;
    access::Actor node;  // an administrator of the node
    std::unique_ptr<store::State> state;
    std::unique_ptr<store::FaultDisk> disk;
    std::unique_ptr<store::Journal> journal;
    std::shared_ptr<const detect::Engine> engine;
    std::unique_ptr<detect::Correlator> correlator;
    std::shared_ptr<const formats::Library> library;
    std::shared_ptr<const directory::Snapshot> directory;
    std::string folder, exports;
    std::string journal_key;  // public, 32 bytes
    std::map<std::string, detect::RuleCost, std::less<>> rule_costs;  // that the node measured
    RuleCases rule_cases;                       // beside every rule
    std::vector<RuleCaseResult> case_results;
    std::unique_ptr<directory::FactKeeper> facts;
    std::unique_ptr<Health> health;
    std::unique_ptr<Stream> stream;             // without a thread: tests call turn()
    std::shared_ptr<net::Outlet> outlet;        // where a live answer goes
    std::unique_ptr<store::Archive> archive;
    std::shared_ptr<const regime::Regime> regime;  // the shipped one
    std::shared_ptr<const reports::Forms> forms;    // the same
    std::function<Result<std::optional<cases::Observed>>(const cases::Item&)> observe;  // none: nobody looks at logs
    std::unique_ptr<intel::Puller> puller;      // without a thread; what it fetches is `feed_text`
    std::string feed_text = "203.0.113.7\nevil.example\n";
    std::unique_ptr<Router> router;
    std::unique_ptr<SearchDesk> desk;
    std::unique_ptr<ListDesk> list_desk;
    std::shared_ptr<const directory::Attribution> attribution;  // in place of that of the facts, when it is set
    std::vector<event::Record> own_records;     // that the node was given about itself
    std::vector<std::shared_ptr<SearchDesk::Search>> searches;

private:
    void plant(const std::string& organisation);
    Credential sign_in(const std::string& name);
    Status reload_directory();

    int number_ = 0;
    std::map<std::string, OrganisationId> organisations_;
    std::vector<Account> accounts_;
};

}  // namespace vg::api::test
