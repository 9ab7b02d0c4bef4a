#include "notify/notifier.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "notify/words.h"

namespace vg::notify {
namespace {

constexpr std::size_t kMostSent = 20;       // in one look, so that a stop never waits long
constexpr int kMostSteps = 20;
constexpr Span kTestTime = seconds(60);

}  // namespace

Notifier::Notifier(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      channels_(options_.channels),
      outbox_(parts_.state, parts_.random, options_.outbox),
      waiting_(parts_.metrics.gauge("vonggac_notifications_waiting", "Notifications in the outbox that have not been taken yet")),
      sent_(parts_.metrics.counter("vonggac_notifications_sent_total", "Notifications that were taken by a mail server or webhook")),
      failed_(parts_.metrics.counter("vonggac_notifications_failed_total", "Attempts to send a notification that failed and are made again")),
      given_up_(parts_.metrics.counter("vonggac_notifications_given_up_total", "Notifications that were given up: refused for good, too old, or too many")),
      suppressed_(parts_.metrics.counter("vonggac_notifications_suppressed_total", "Findings not told at once because a rule had just told of the same")) {}

void Notifier::start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
}

void Notifier::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Notifier::run(std::stop_token stop) {
    pthread_setname_np(pthread_self(), "notifier");
    stop_ = stop;
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::microseconds(options_.every.micros), [&] { return stop.stop_requested(); })) {
        const Status looked = look();
        std::string trouble = looked ? "" : looked.error().text;
        const std::lock_guard guard{mutex_};
        if (!trouble.empty() && trouble != trouble_) log::error("notifications: " + trouble);
        trouble_ = std::move(trouble);
    }
}

Status Notifier::look() {
    const Time now = parts_.clock.now();
    if (parts_.others) TRY(parts_.others());
    for (int steps = 0; steps < kMostSteps && TRY(parts_.state.read([&](store::Transaction& tx) { return has_work(tx, now); })); ++steps) {
        const auto directory = parts_.directory();
        const Moved moved = TRY(parts_.state.write([&](store::Transaction& tx) { return step(tx, *directory, parts_.random, options_.desk, now); }));
        suppressed_.add(static_cast<std::uint64_t>(moved.suppressed));
        given_up_.add(static_cast<std::uint64_t>(moved.given_up));
        if (stop_.stop_requested()) return {};
    }
    const std::function<bool()> stopping = [this] { return stop_.stop_requested(); };
    const Delivered delivered = TRY(outbox_.deliver([&](const Message& message) { return channels_.send(message, parts_.clock.now(), stopping); }, now, kMostSent, stopping));
    sent_.add(static_cast<std::uint64_t>(delivered.sent));
    failed_.add(static_cast<std::uint64_t>(delivered.failed));
    given_up_.add(static_cast<std::uint64_t>(delivered.given_up));
    if (last_tidy_ <= now && now - last_tidy_ < minutes(1)) return {};
    last_tidy_ = now;
    given_up_.add(static_cast<std::uint64_t>(TRY(outbox_.tidy(now))));
    return count();
}

Status Notifier::count() {
    const auto waiting = TRY(parts_.state.read([](store::Transaction& tx) { return tx.first<std::int64_t>("select count(*) from notify_message where state = 'waiting'"); }));
    waiting_.set(waiting ? static_cast<double>(std::get<0>(*waiting)) : 0);
    return {};
}

std::vector<Outcome> Notifier::test(const Rule& rule) {
    const Time begun = parts_.clock.now();
    Story story{.rule = rule.name, .tellings = {{.kind = "test"}}, .all = 1, .console = options_.desk.console(), .zone = rule.zone};
    std::vector<Message> messages = messages_of(rule, 0, story, parts_.random, begun);
    if (rule.escalation)
        for (Message& message : messages_of(rule, 1, story, parts_.random, begun)) messages.push_back(std::move(message));
    std::vector<Outcome> outcomes;
    for (const Message& message : messages) {
        const Time now = parts_.clock.now();
        const Status sent = now - begun > kTestTime ? fail(Code::busy, "not tried: the recipients before it took too long") : channels_.send(message, now, {});
        outcomes.push_back({message.channel, message.recipient, sent ? "" : sent.error().text});
    }
    return outcomes;
}

json::Value Notifier::report() const {
    using Int = std::int64_t;
    json::Value report = json::object({{"mail_server", options_.channels.mail ? json::Value{format("{}:{}", options_.channels.mail->host, options_.channels.mail->port)} : json::Value{}}});
    const auto read = parts_.state.read([&](store::Transaction& tx) -> Status {
        const auto counts = TRY((tx.first<Int, Int, std::optional<Int>, Int>(
            "select coalesce(cast(sum(case when state = 'waiting' then 1 else 0 end) as bigint), 0), coalesce(cast(sum(case when state = 'given-up' then 1 else 0 end) as bigint), 0), "
            "min(case when state = 'waiting' then waiting_since else null end), (select count(*) from notify_item) from notify_message")));
        if (!counts) return {};
        const auto& [waiting, given_up, oldest, held] = *counts;
        report.set("waiting", waiting).set("given_up", given_up).set("held", held).set("oldest", oldest ? json::Value{to_rfc3339(Time{*oldest})} : json::Value{});
        const auto last = TRY((tx.first<std::string>("select last_error from notify_message where state <> 'sent' and last_error <> '' order by next_attempt desc, id desc limit 1")));
        report.set("last_error", last ? std::get<0>(*last) : std::string{});
        return {};
    });
    const std::lock_guard lock{mutex_};
    report.set("trouble", read ? trouble_ : read.error().text);
    return report;
}

}  // namespace vg::notify
