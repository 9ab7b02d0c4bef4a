// The ledger of papers: reports, notices, letters and replies, each with the facts of its life. Drafted, signed, sent and acknowledged are
// separate facts, with who, when, and the hash of the very bytes; what was signed or sent stands in paper_files.h and can be given again bit
// for bit. A draft can be changed until it is signed; nothing is sent without a person; 'sent' is not 'acknowledged'.
// Called by api inside a transaction of State; the caller has asked whether the actor may. Each change writes its audit line in the same
// transaction, and an entry of its case's timeline when it was signed, sent or acknowledged.
//
//   paper        one row for each paper: form, what it is about, and its draft (forms.h): the facts, and what people wrote instead
//   paper_fact   issued, signed, sent, acknowledged: one row for each time
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "cases/cases.h"
#include "reports/forms.h"
#include "store/state.h"

namespace vg::reports {

struct PaperTag;
using PaperId = Id<PaperTag>;

store::Schema schema();

// How far a paper is; the furthest of its facts.
enum class PaperState : std::uint8_t { draft, signed_, sent, acknowledged };
std::string_view name_of(PaperState state);  // "signed"
std::optional<PaperState> paper_state_named(std::string_view name);

// On which way it went (TT 20/2017 Điều 9).
enum class Channel : std::uint8_t { letter, fax, mail, system, hand };  // công văn, fax, thư điện tử, hệ thống báo cáo quốc gia, trao tay
std::string_view name_of(Channel channel);
std::optional<Channel> channel_named(std::string_view name);

// What somebody did to a paper, or said of it. Never changed afterwards.
struct PaperFact {
    std::int64_t number = 0;          // within the paper, from 1
    std::string kind;                 // "drafted", "issued", "signed", "sent", "acknowledged"
    Time time, noted;                 // when it was; when it was told here
    std::string actor;
    std::string sha256, media;        // of the bytes that were issued, signed or sent
    std::int64_t bytes = 0;
    std::string channel, role, addressee;  // of sent and acknowledged; role: one of kPaperRoles
    std::string receipt, receipt_day; // of acknowledged: number of its paper, and "2026-01-31"
    std::string note;
    json::Value signature;            // of signed: what was checked of it and what could not be (signature.h)
};

struct KeptPaper {
    PaperId id;
    std::int64_t number = 0;          // people cite it
    std::string title;                // what it is about, in a line
    Draft draft;                      // form, organisation, case and period stand there
    PaperState state = PaperState::draft;
    Time made;
    std::string made_by;
    std::int64_t version = 1;
};

// Roles of addressees, as the clocks of regime name them.
bool is_paper_role(std::string_view role);
// Whether a paper of that form may go without a signature: notices may (TT 20/2017 Điều 9.1), reports and replies may not.
bool may_go_unsigned(const FormKind& kind);
// Whether the receipt of the coordinator for it ends a case.
bool is_final_report(const FormKind& kind);

Result<KeptPaper> create(store::Transaction& tx, const access::Actor& actor, std::string title, Draft draft, Random& random, Time now);
Result<KeptPaper> find(store::Transaction& tx, const access::Scope& scope, const PaperId& id);
struct PaperFilter {
    std::optional<cases::CaseId> of;
    std::optional<PaperState> state;
    std::string form;
    std::optional<OrganisationId> organisation;
};
// The newest number first.
Result<std::vector<KeptPaper>> list(store::Transaction& tx, const access::Scope& scope, const PaperFilter& filter, std::optional<std::int64_t> below, std::size_t limit);
Result<std::vector<PaperFact>> facts_of(store::Transaction& tx, const PaperId& id);

// A person's words for fields of a draft, by name; an empty text: the fact's again. `anew`: the draft made of today's facts, whose
// changes are those of the paper.
using Words = std::vector<std::pair<std::string, std::string>>;
Result<KeptPaper> change(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Words& words, std::optional<Draft> anew, std::optional<std::int64_t> version, Time now);

// The bytes that people sign are fixed: PDF or DOCX of the draft as it is. A change of the draft makes them out of date.
struct Bytes {
    std::string sha256, media;
    std::int64_t size = 0;
};
Result<KeptPaper> issue(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const Bytes& bytes, std::optional<std::int64_t> version, Time now);
// The last bytes that were issued since the draft was changed; none: none were.
Result<std::optional<PaperFact>> issued(store::Transaction& tx, const PaperId& id);

struct Signing {
    Bytes bytes;               // the signed file, or what a detached signature is about
    json::Value signature;     // what was checked
    std::string note;
    Time time;                 // when it was signed
};
Result<KeptPaper> sign(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const Signing& signing, std::optional<std::int64_t> version, Time now);

struct Sending {
    Channel channel = Channel::letter;
    std::string role, addressee;
    Time time;
    std::string note;
    // Of a paper that goes without a signature: its bytes. Of others those that were signed are sent.
    std::optional<Bytes> bytes;
};
// The bytes that go: those that were signed, else (of a notice) those that were sent before; none: it is drawn as it is now.
Result<std::optional<PaperFact>> sendable(store::Transaction& tx, const PaperId& id);
// Whether `actor` may have the paper sent so; changes nothing.
Result<KeptPaper> check_sending(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::optional<std::int64_t> version, Time now);
// What check_sending() let through has been sent: of a mail that waited, later, and in the name of who had it sent.
Result<KeptPaper> record_sending(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::string& remark, Time now);
// Both. A final report moves its case to report-sent; `remark` says why it could not be moved.
Result<KeptPaper> send(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::string& remark, std::optional<std::int64_t> version, Time now);

struct Receipt {
    std::string role, addressee;
    std::string number, day;   // of the addressee's paper; the day as "2026-01-31"
    Time time;                 // when it came
    std::string note;
};
// The receipt of the coordinator for a final report closes its case; `remark` says why it could not be closed.
Result<KeptPaper> acknowledge(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Receipt& receipt, std::string& remark, std::optional<std::int64_t> version, Time now);

}  // namespace vg::reports
