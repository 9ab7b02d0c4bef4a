// Mails: papers that a person has this node send by its mail server. Queued here, sent by notify::Outbox, which tells what became of each;
// 'sent' is written into the ledger (papers.h) in the name of who queued it, when the server has taken the mail, with the very bytes.
// Called by api and by the node inside a transaction of State.
//
//   paper_mail  one row for each mail: to whom, which bytes, and how it ended
//   mail_key    OpenPGP keys by fingerprint. Whose one is, the directory's contacts say, in their member "key"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/result.h"
#include "cases/clocks.h"
#include "regime/regime.h"
#include "reports/forms.h"
#include "reports/papers.h"
#include "store/state.h"

namespace vg::reports {

store::Schema mail_schema();

// How a mail ended; `failed` also of one that bounced, was withdrawn or waited too long.
enum class MailEnd : std::uint8_t { waiting, sent, failed };
std::string_view name_of(MailEnd end);

struct PaperMail {
    std::string message;             // id of the message in the outbox
    PaperId paper;
    std::string role, addressee;     // as of a sending
    std::string recipient;           // its address
    Bytes bytes;                     // that go
    std::string note;
    Time queued;
    std::string queued_by;
    MailEnd end = MailEnd::waiting;
    std::optional<Time> ended;
    std::string error;               // of failed
    bool bounced = false;            // it was taken, and came back
    bool encrypted = false;
};

// Whether it may be sent is asked as reports::send() asks it. Code::conflict: one to that address waits.
Status keep_mail(store::Transaction& tx, const access::Actor& actor, const FormKind& kind, const PaperMail& mail, std::optional<std::int64_t> version, Time now);
// The newest first.
Result<std::vector<PaperMail>> mails_of(store::Transaction& tx, const PaperId& paper);
Result<PaperMail> find_mail(store::Transaction& tx, std::string_view message);

struct MailKey {
    std::string fingerprint, user, text;  // text: the key as it was handed in
    Time added;
    std::string added_by;
};
inline constexpr std::int64_t kMostMailKeys = 10'000;
// The same again changes nothing but the text. Code::too_large: there are kMostMailKeys.
Status keep_mail_key(store::Transaction& tx, const access::Actor& actor, const MailKey& key, Time now);
// By fingerprint.
Result<std::vector<MailKey>> mail_keys(store::Transaction& tx, const std::string& after, std::size_t limit);
// What a mail to that address is encrypted to: the key that an approved contact with it names today. Empty: no contact names one.
// Code::not_found: one is named and is not here.
Result<std::string> key_for(store::Transaction& tx, std::string_view address, Time now);

// What the clocks of a case need to be told that a paper went (meet_clocks).
struct SentContext {
    const Forms& forms;
    const regime::Regime* law = nullptr;  // none: no clock runs
    cases::ReminderPolicy reminders = {};
};
// The mail's server took it, or it was given up: `error` says why. Code::not_found: there is no such mail.
Status settle_mail(store::Transaction& tx, std::string_view message, const std::string& error, const SentContext& context, Time now);
// It came back: the ledger's 'sent' stays, for it was sent, and the timeline of the case says that it did not arrive.
Status bounce_mail(store::Transaction& tx, const access::Actor& actor, std::string_view message, const std::string& why, Time now);

// Deadlines of the case that the paper has met now: it is what they ask for, and it went to everybody to whom it must go. They end with the last sending.
Status meet_clocks(store::Transaction& tx, const access::Actor& actor, const KeptPaper& paper, const FormKind& kind, const SentContext& context, Time now);

}  // namespace vg::reports
