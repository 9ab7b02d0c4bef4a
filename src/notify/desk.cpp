#include "notify/desk.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "notify/words.h"

namespace vg::notify {
namespace {

constexpr std::int64_t kMostAtOnce = 500;  // news, ends of windows, escalations in one transaction

// The rule with whose findings it is about.
bool covers(const Rule& rule, const OrganisationId& organisation, const directory::Snapshot& directory) {
    if (rule.organisation == organisation) return true;
    if (!rule.below) return false;
    const auto all = directory.descendants(rule.organisation);
    return std::binary_search(all.begin(), all.end(), organisation);
}

Time due_of(const Rule& rule, const std::string& level, Time now) {
    if (level == "critical" && rule.quiet.critical_breaks) return now;
    return quiet_until(rule.quiet, rule.zone, now).value_or(now);
}

// What the dedupe window is about: one organisation, detection rule and entity.
std::string subject_key(const findings::Finding& finding) { return sha256_hex(finding.organisation.text() + '\n' + finding.rule_id + '\n' + finding.entity); }

struct Item {
    std::int64_t tier = 0;
    std::string finding;
    std::string_view kind;
    std::int64_t suppressed = 0;
};

Status add_item(store::Transaction& tx, const Rule& rule, const Item& item, const std::string& level, Time now) {
    TRY(tx.run("insert into notify_item (rule, tier, finding, kind, at, due, worst, suppressed) values (:r, :t, :f, :k, :a, :d, :w, :s) on conflict (rule, tier, finding, kind, at) do nothing",
               {rule.id.text(), item.tier, item.finding, item.kind, now.micros, due_of(rule, level, now).micros, rank_of(level), item.suppressed}));
    return {};
}

// False when the rule has told of the same within its window.
Result<bool> may_tell(store::Transaction& tx, const Rule& rule, const findings::Finding& finding, Time now) {
    if (rule.dedupe.micros <= 0) return true;
    const std::string key = subject_key(finding);
    const auto told = TRY((tx.first<std::int64_t>("select until from notify_told where rule = :r and subject = :s", {rule.id.text(), key})));
    if (told && now.micros < std::get<0>(*told)) {
        TRY(tx.run("update notify_told set suppressed = suppressed + 1, finding = :f where rule = :r and subject = :s", {finding.id.text(), rule.id.text(), key}));
        return false;
    }
    // A window that is over with something untold is ended by end_windows() before news are looked at.
    TRY(tx.run("insert into notify_told (rule, subject, until, suppressed, finding) values (:r, :s, :u, 0, :f) on conflict (rule, subject) do update set until = excluded.until, finding = excluded.finding",
               {rule.id.text(), key, (now + rule.dedupe).micros, finding.id.text()}));
    return true;
}

// The finding when it is still there and nobody has muted it.
Result<std::optional<findings::Finding>> finding_of(store::Transaction& tx, const std::string& id, Time now) {
    auto found = findings::Book::find(tx, access::Scope::node(), TRY(findings::FindingId::parse(id)));
    if (!found && found.error().code == Code::not_found) return std::nullopt;
    if (!found) return fail(found.error());
    if (found->muted_until && *found->muted_until > now) return std::nullopt;
    return std::optional{std::move(*found)};
}

Status take_news(store::Transaction& tx, const std::vector<Rule>& rules, const directory::Snapshot& directory, Time now, Moved& moved) {
    for (const auto& [id, reopened, at] : TRY((tx.query<std::string, std::int64_t, std::int64_t>("select finding, reopened, at from notify_news order by at, finding limit :n", {kMostAtOnce})))) {
        TRY(tx.run("delete from notify_news where finding = :f and reopened = :r and at = :a", {id, reopened, at}));
        const auto finding = TRY(finding_of(tx, id, now));
        if (!finding) continue;
        const bool came_back = reopened != 0 || finding->previous.has_value();
        for (const Rule& rule : rules) {
            if (!matches(rule, *finding, came_back) || !covers(rule, finding->organisation, directory)) continue;
            if (TRY(may_tell(tx, rule, *finding, now)))
                TRY(add_item(tx, rule, {.finding = id, .kind = came_back ? "reopened" : "new"}, finding->level, now));
            else
                ++moved.suppressed;
            if (rule.escalation)
                TRY(tx.run("insert into notify_watch (rule, finding, due) values (:r, :f, :d) on conflict (rule, finding) do update set due = excluded.due",
                           {rule.id.text(), id, (now + rule.escalation->after).micros}));
        }
    }
    return {};
}

const Rule* rule_with(const std::vector<Rule>& rules, const std::string& id) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id.text() == id; });
    return found == rules.end() ? nullptr : &*found;
}

// What was not told within a window is told at its end, and a new window begins.
Status end_windows(store::Transaction& tx, const std::vector<Rule>& rules, Time now) {
    for (const auto& [id, subject, suppressed, finding_id] :
         TRY((tx.query<std::string, std::string, std::int64_t, std::string>("select rule, subject, suppressed, finding from notify_told where until <= :n order by until, rule, subject limit :l", {now.micros, kMostAtOnce})))) {
        const Rule* rule = rule_with(rules, id);
        const auto finding = suppressed > 0 && rule != nullptr ? TRY(finding_of(tx, finding_id, now)) : std::nullopt;
        if (!finding) {
            TRY(tx.run("delete from notify_told where rule = :r and subject = :s", {id, subject}));
            continue;
        }
        TRY(add_item(tx, *rule, {.finding = finding_id, .kind = "repeated", .suppressed = suppressed}, finding->level, now));
        TRY(tx.run("update notify_told set suppressed = 0, until = :u where rule = :r and subject = :s", {(now + rule->dedupe).micros, id, subject}));
    }
    return {};
}

Status escalate(store::Transaction& tx, const std::vector<Rule>& rules, Time now) {
    for (const auto& [id, finding_id] : TRY((tx.query<std::string, std::string>("select rule, finding from notify_watch where due <= :n order by due, rule, finding limit :l", {now.micros, kMostAtOnce})))) {
        TRY(tx.run("delete from notify_watch where rule = :r and finding = :f", {id, finding_id}));
        const Rule* rule = rule_with(rules, id);
        if (rule == nullptr || !rule->escalation) continue;
        const auto finding = TRY(finding_of(tx, finding_id, now));
        if (!finding || finding->state != findings::State::new_) continue;
        TRY(add_item(tx, *rule, {.tier = 1, .finding = finding_id, .kind = "escalated"}, finding->level, now));
    }
    return {};
}

Result<Story> story_of(store::Transaction& tx, const Rule& rule, std::int64_t tier, const directory::Snapshot& directory, const DeskOptions& options, Time now) {
    Story story{.rule = rule.name, .tellings = {}, .console = options.console(), .zone = rule.zone};
    if (tier == 1 && rule.escalation) story.after_minutes = rule.escalation->after.micros / minutes(1).micros;
    const auto all = TRY((tx.first<std::int64_t>("select count(*) from notify_item where rule = :r and tier = :t and due <= :n", {rule.id.text(), tier, now.micros})));
    story.all = all ? std::get<0>(*all) : 0;
    // The worst first; titles, levels and counts as they are now.
    for (const auto& [id, kind, suppressed] :
         TRY((tx.query<std::string, std::string, std::int64_t>("select finding, kind, suppressed from notify_item where rule = :r and tier = :t and due <= :n order by worst desc, at, finding, kind limit :l",
                                                               {rule.id.text(), tier, now.micros, static_cast<std::int64_t>(kMostListed)})))) {
        const auto finding = TRY(finding_of(tx, id, now));
        if (!finding) {  // muted meanwhile
            --story.all;
            continue;
        }
        const directory::Organisation* organisation = directory.organisation(finding->organisation);
        story.tellings.push_back({.kind = kind, .finding = id, .title = finding->rule_title, .title_vi = finding->rule_title_vi, .level = finding->level, .state = std::string{findings::name_of(finding->state)},
                                  .organisation = organisation == nullptr ? finding->organisation.text() : organisation->name, .count = finding->count, .suppressed = suppressed,
                                  .first_seen = finding->first_seen, .last_seen = finding->last_seen});
    }
    return story;
}

// Room for `wanted` more notifications, beside which others' messages do not count: what has waited longest is given up, and counted.
Status make_room(store::Transaction& tx, std::int64_t wanted, const DeskOptions& options, Time now, Moved& moved) {
    const auto waiting = TRY((tx.first<std::int64_t>("select count(*) from notify_message where state = 'waiting' and matter = ''")));
    const std::int64_t over = (waiting ? std::get<0>(*waiting) : 0) + wanted - options.most_waiting;
    if (over <= 0) return {};
    moved.given_up += TRY(tx.run("update notify_message set state = 'given-up', finished = :n, last_error = :e where id in "
                                 "(select id from notify_message where state = 'waiting' and matter = '' order by waiting_since, id limit :l)",
                                 {now.micros, format("the outbox is full: more than {} messages wait", options.most_waiting), over}));
    return {};
}

Status release(store::Transaction& tx, const std::vector<Rule>& rules, const directory::Snapshot& directory, Random& random, const DeskOptions& options, Time now, Moved& moved) {
    for (const auto& [id, tier] : TRY((tx.query<std::string, std::int64_t>("select rule, tier from notify_item where due <= :n group by rule, tier order by rule, tier", {now.micros})))) {
        const Rule* rule = rule_with(rules, id);
        if (rule != nullptr) {
            const auto sent = TRY((tx.first<std::int64_t, std::int64_t>("select count(distinct created), coalesce(min(created), 0) from notify_message where rule = :r and tier = :t and created > :n", {id, tier, (now - hours(1)).micros})));
            if (sent && std::get<0>(*sent) >= kMostAnHour) {
                // Later, with what comes until then.
                TRY(tx.run("update notify_item set due = :d where rule = :r and tier = :t and due <= :n", {std::get<1>(*sent) + hours(1).micros, id, tier, now.micros}));
                continue;
            }
            const Story story = TRY(story_of(tx, *rule, tier, directory, options, now));
            const std::vector<Message> messages = story.tellings.empty() ? std::vector<Message>{} : messages_of(*rule, tier, story, random, now);
            TRY(make_room(tx, static_cast<std::int64_t>(messages.size()), options, now, moved));
            for (const Message& message : messages) TRY(add_message(tx, message));
            moved.messages += static_cast<std::int64_t>(messages.size());
        }
        TRY(tx.run("delete from notify_item where rule = :r and tier = :t and due <= :n", {id, tier, now.micros}));
    }
    return {};
}

}  // namespace

std::vector<Message> messages_of(const Rule& rule, std::int64_t tier, const Story& story, Random& random, Time now) {
    std::vector<Message> messages;
    const Recipients& to = tier == 1 && rule.escalation ? rule.escalation->to : rule.to;
    const auto begin = [&](Channel channel, const std::string& recipient) {
        return Message{.id = make_id<MessageTag>(now, random), .rule = rule.id.text(), .tier = tier, .rule_name = rule.name, .organisation = rule.organisation, .channel = channel, .recipient = recipient,
                       .findings = story.all, .created = now, .next_attempt = now, .waiting_since = now};
    };
    for (const std::string& address : to.mail) {
        Message message = begin(Channel::mail, address);
        message.subject = subject_of(story);
        message.content = mail_text(story);
        messages.push_back(std::move(message));
    }
    for (const std::string& url : to.webhooks) {
        Message message = begin(Channel::webhook, url);
        message.content = webhook_body(story, message.id, now);
        message.secret = rule.secret;
        messages.push_back(std::move(message));
    }
    return messages;
}

Result<bool> has_work(store::Transaction& tx, Time now) {
    if (TRY((tx.first<std::int64_t>("select 1 from notify_news limit 1")))) return true;
    for (const char* sql : {"select 1 from notify_item where due <= :n limit 1", "select 1 from notify_told where until <= :n limit 1", "select 1 from notify_watch where due <= :n limit 1"})
        if (TRY((tx.first<std::int64_t>(sql, {now.micros})))) return true;
    return false;
}

Result<Moved> step(store::Transaction& tx, const directory::Snapshot& directory, Random& random, const DeskOptions& options, Time now) {
    Moved moved;
    std::vector<Rule> rules = TRY(list_rules(tx, access::Scope::node(), "", static_cast<std::size_t>(kMostRules)));
    std::erase_if(rules, [](const Rule& rule) { return !rule.enabled; });
    TRY(end_windows(tx, rules, now));
    TRY(take_news(tx, rules, directory, now, moved));
    TRY(escalate(tx, rules, now));
    TRY(release(tx, rules, directory, random, options, now, moved));
    return moved;
}

}  // namespace vg::notify
