#include "notify/outbox.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace vg::notify {
namespace {

constexpr std::size_t kMostHolds = 1000;

std::string place_of(const Message& message) { return message.channel == Channel::mail ? "mail" : message.recipient; }

}  // namespace

Span pause_after(std::int64_t attempts, Random& random) {
    const std::int64_t doubled = 10 << std::clamp<std::int64_t>(attempts - 1, 0, 6);
    const Span whole = seconds(std::min<std::int64_t>(doubled, 600));
    std::uint8_t chance = 0;
    random.fill(&chance, 1);
    return {whole.micros + whole.micros / 5 * chance / 255};
}

Result<Delivered> Outbox::deliver(const Send& send, Time now, std::size_t limit, const std::function<bool()>& stopping) {
    Delivered delivered;
    const auto due = TRY(state_.read([&](store::Transaction& tx) { return due_messages(tx, now, limit); }));
    for (const Message& message : due) {
        if (stopping()) break;
        const std::string place = place_of(message);
        if (const auto hold = holds_.find(place); hold != holds_.end() && now < hold->second.until) continue;
        const Status sent = send(message);
        if (sent) {
            holds_.erase(place);
            TRY(note_sent(message, now));
            ++delivered.sent;
            continue;
        }
        if (stopping()) break;  // the attempt was broken off: it was none
        const Code code = sent.error().code;
        TRY(note_failure(message, code == Code::denied, sent.error().text, now));
        ++(code == Code::denied ? delivered.given_up : delivered.failed);
        if (code != Code::denied && code != Code::busy) TRY(hold(place, message, now));
    }
    return delivered;
}

Status Outbox::note_sent(const Message& message, Time now) {
    const auto mark = [&](store::Transaction& tx, const std::string& remark) -> Status {
        TRY(tx.run("update notify_message set state = 'sent', attempts = attempts + 1, finished = :f, last_error = :e where id = :i", {now.micros, remark, message.id.text()}));
        return {};
    };
    const bool has_owner = options_.settled && !message.matter.empty();
    const Status noted = state_.write([&](store::Transaction& tx) -> Status {
        TRY(mark(tx, {}));
        return has_owner ? options_.settled(tx, message, {}, now) : Status{};
    });
    if (noted || !has_owner) return noted;
    // It is gone: it must not go twice because that could not be written down.
    log::error("mail: it was sent, which could not be noted where it belongs", {{"message", message.id.text()}, {"matter", message.matter}, {"why", noted.error().text}});
    return state_.write([&](store::Transaction& tx) { return mark(tx, shorten("sent, but not noted: " + noted.error().text, 500)); });
}

Status Outbox::note_failure(const Message& message, bool is_final, const std::string& text, Time now) {
    const std::string reason = shorten(to_valid_utf8(text), 500);
    const Time again = now + pause_after(message.attempts + 1, random_);
    return state_.write([&](store::Transaction& tx) -> Status {
        if (is_final) {
            TRY(tx.run("update notify_message set state = 'given-up', attempts = attempts + 1, finished = :f, last_error = :e where id = :i", {now.micros, reason, message.id.text()}));
            if (options_.settled && !message.matter.empty()) TRY(options_.settled(tx, message, reason, now));
        } else {
            TRY(tx.run("update notify_message set attempts = attempts + 1, next_attempt = :n, last_error = :e where id = :i", {again.micros, reason, message.id.text()}));
        }
        return {};
    });
}

// All that would go to the same place wait together, so that one that is away is not asked for each of them.
Status Outbox::hold(const std::string& place, const Message& message, Time now) {
    std::erase_if(holds_, [&](const auto& other) { return other.second.until <= now - hours(1); });
    if (holds_.size() >= kMostHolds) return {};
    Hold& held = holds_[place];
    held.until = now + pause_after(++held.failures, random_);
    return state_.write([&](store::Transaction& tx) -> Status {
        const bool is_mail = message.channel == Channel::mail;
        store::Params params{held.until.micros, held.until.micros};
        if (!is_mail) params.emplace_back(message.recipient);
        TRY(tx.run(format("update notify_message set next_attempt = :n where state = 'waiting' and next_attempt < :m and channel = {}", is_mail ? "'mail'" : "'webhook' and recipient = :r"), params));
        return {};
    });
}

Result<std::int64_t> Outbox::tidy(Time now) {
    constexpr std::int64_t kAtOnce = 1000;
    const Time too_old = now - options_.keep_waiting, forgotten = now - options_.keep_finished;
    // A question first: a change, even of nothing, is a write to the disk.
    const bool any = TRY(state_.read([&](store::Transaction& tx) -> Result<bool> {
        return TRY((tx.first<std::int64_t>("select 1 from notify_message where (state = 'waiting' and waiting_since <= :a) or (state <> 'waiting' and finished <= :b) limit 1", {too_old.micros, forgotten.micros}))).has_value();
    }));
    if (!any) return 0;
    return state_.write([&](store::Transaction& tx) -> Result<std::int64_t> {
        if (options_.settled)
            for (const auto& [id] : TRY((tx.query<std::string>("select id from notify_message where state = 'waiting' and waiting_since <= :o and matter <> '' order by id limit :l", {too_old.micros, kAtOnce})))) {
                const Message message = TRY(find_message(tx, access::Scope::node(), TRY(MessageId::parse(id))));
                TRY(options_.settled(tx, message, message.last_error.empty() ? "it waited too long" : message.last_error, now));
            }
        TRY(tx.run("delete from notify_message where id in (select id from notify_message where state <> 'waiting' and finished <= :f order by id limit :l)", {forgotten.micros, kAtOnce}));
        return tx.run("update notify_message set state = 'given-up', finished = :n where id in (select id from notify_message where state = 'waiting' and waiting_since <= :o order by id limit :l)",
                      {now.micros, too_old.micros, kAtOnce});
    });
}

}  // namespace vg::notify
