// The tables of notification.
//
//   notify_rule      the rules (rule.h)
//   notify_news      what happened to findings, written in the transaction in which it happened; read and emptied by Desk
//   notify_item      what a rule will tell, when its time comes
//   notify_told      of which rule and entity a rule has told, until when it does not tell again, and how often it did not
//   notify_watch     what is told to others unless somebody acknowledges it
//   notify_message   the outbox: one row for each recipient of each message
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "notify/rule.h"
#include "store/secrets.h"
#include "store/state.h"

namespace vg::notify {

struct MessageTag;
using MessageId = Id<MessageTag>;

store::Schema schema();

inline constexpr std::int64_t kMostRules = 1000;

// ---- rules; the caller has asked whether the actor may ----

Status add_rule(store::Transaction& tx, const access::Actor& actor, const Rule& rule, Time now);
// Code::conflict when `version` is not the stored one.
Status change_rule(store::Transaction& tx, const access::Actor& actor, const Rule& rule, std::optional<std::int64_t> version, Time now);
// What it would have told is dropped; messages that wait are still sent.
Status remove_rule(store::Transaction& tx, const access::Actor& actor, const RuleId& id, Time now);
Result<Rule> find_rule(store::Transaction& tx, const access::Scope& scope, const RuleId& id);
// In the order of their ids.
Result<std::vector<Rule>> list_rules(store::Transaction& tx, const access::Scope& scope, const std::string& after, std::size_t limit);

// ---- news ----

// Notes that findings are new, inside the transaction that makes them. Costs nothing while there is no rule.
Status note(store::Transaction& tx, const std::vector<findings::Touched>& touched, Time now);
// Notes that a person opened one again.
Status note_reopened(store::Transaction& tx, const findings::FindingId& finding, Time now);

// ---- messages ----

enum class Channel : std::uint8_t { mail, webhook };
enum class Delivery : std::uint8_t { waiting, sent, given_up };
std::string_view name_of(Channel channel);
std::string_view name_of(Delivery delivery);
std::optional<Delivery> delivery_named(std::string_view name);

// A file that goes with a mail. Its bytes are kept elsewhere, under their hash.
struct Enclosed {
    std::string name, media, sha256;  // name and media: ASCII
};

struct Message {
    MessageId id;                  // the Message-ID and the webhook's idempotency key: the same at each attempt
    std::string rule;              // id; the rule may be gone
    std::int64_t tier = 0;         // 0: the rule's recipients, 1: those of its escalation
    std::string rule_name;
    OrganisationId organisation;
    Channel channel = Channel::mail;
    std::string recipient;         // address or URL, sealed as the rule has it
    std::string subject;           // of a mail
    std::string content;           // text of a mail, JSON of a webhook
    std::string secret;            // of the webhook's signature, sealed
    std::int64_t findings = 0;
    Delivery state = Delivery::waiting;
    std::int64_t attempts = 0;
    Time created, next_attempt;
    Time waiting_since;            // created, or when somebody had it tried again: its age counts from here
    std::optional<Time> finished;
    std::string last_error;
    std::string matter = {};       // "paper/ID": somebody else's, who is told what became of it (Outbox); empty: a notification
    std::vector<Enclosed> enclosed = {};  // of a mail
    std::string pgp_key = {};      // of a mail: what it is encrypted to; empty: nothing
    std::optional<Time> bounced = {};  // when its mail server said that it could not be delivered after all
};

// What became of a test message to one recipient.
struct Outcome {
    Channel channel = Channel::mail;
    std::string recipient;
    std::string error;  // empty: it was taken
};

// What secrets of webhooks are sealed under (store/secrets.h).
inline constexpr std::string_view kSecretLabel = "webhook";
inline constexpr std::string_view kUrlLabel = "webhook-url";
// Seals the URLs of webhooks that are not yet.
void seal_urls(Rule& rule, const store::Secrets& secrets, Random& random);
// The URL that stands so in State. Code::denied when it cannot be opened with these secrets, or with none.
Result<std::string> opened_url(std::string_view stored, const store::Secrets* secrets);
// Seals what was stored before there was sealing. Once at start.
Status seal_secrets(store::Transaction& tx, const store::Secrets& secrets, Random& random);

Status add_message(store::Transaction& tx, const Message& message);
// Newest first; `before`: the id of the last one of the page before.
Result<std::vector<Message>> list_messages(store::Transaction& tx, const access::Scope& scope, std::optional<Delivery> state, const std::string& before, std::size_t limit);
Result<Message> find_message(store::Transaction& tx, const access::Scope& scope, const MessageId& id);
// One that was given up waits again. Code::conflict when it was not.
Status retry_message(store::Transaction& tx, const access::Actor& actor, const MessageId& id, Time now);
// One that waits is given up before it goes, as `reason` says. Code::conflict: it does not wait any more. What is on its way in this
// very moment goes all the same.
Status withdraw_message(store::Transaction& tx, const MessageId& id, const std::string& reason, Time now);
// A mail server says that what it had taken could not be delivered. Code::not_found: there is no such mail. False: that was known.
Result<bool> note_bounce(store::Transaction& tx, const MessageId& id, const std::string& reason, Time now);
// Waiting ones whose time has come, oldest first.
Result<std::vector<Message>> due_messages(store::Transaction& tx, Time now, std::size_t limit);

}  // namespace vg::notify
