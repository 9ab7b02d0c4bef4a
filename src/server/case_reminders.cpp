#include "server/case_reminders.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "notify/rows.h"
#include "notify/words.h"

namespace vg::server {

namespace {

constexpr std::size_t kCasesAtOnce = 200, kCasesOfALook = 2'000;
constexpr std::size_t kMostReminded = 500, kMostLines = 50;
constexpr Span kAfterClosing = days(60);  // duties such as the final report run on behind it
constexpr std::string_view kZone = "Asia/Ho_Chi_Minh";

struct Due {
    cases::CaseClock clock;
    std::string stage, title, title_vi;  // of the clock
    std::string about, about_title;      // of the case: number and title
};

struct To {
    std::vector<std::string> mail;
    std::vector<std::pair<std::string, std::string>> webhooks;  // with the secret of their rule
    std::string rule, rule_name;                                // the first one
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const std::string& one : mail) all += (all.empty() ? "" : ", ") + one;
        for (std::size_t i = 0; i < webhooks.size(); ++i) all += all.empty() ? "webhook" : ", webhook";
        return all;
    }
};

std::string local_text(Time time) {
    const Civil civil = to_civil(time, kZone);
    return format("{:02}/{:02}/{:04} {:02}:{:02} (GMT+7)", civil.day, civil.month, civil.year, civil.hour, civil.minute);
}

struct Words {
    std::string_view day, hour, minute;
};
constexpr Words kVietnamese{"ngày", "giờ", "phút"}, kEnglish{"d", "h", "min"};
std::string span_text(Span span, const Words& words) {
    const std::int64_t all = std::max<std::int64_t>(span.micros, 0) / minutes(1).micros;
    const std::int64_t day = all / 1'440, hour = all / 60 % 24, minute = all % 60;
    if (day > 0) return hour > 0 ? format("{} {} {} {}", day, words.day, hour, words.hour) : format("{} {}", day, words.day);
    if (hour > 0) return minute > 0 ? format("{} {} {} {}", hour, words.hour, minute, words.minute) : format("{} {}", hour, words.hour);
    return format("{} {}", minute, words.minute);
}

std::string left_vi(const Due& one, Time now) { return one.clock.due > now ? format("còn {}", span_text(one.clock.due - now, kVietnamese)) : format("QUÁ HẠN {}", span_text(now - one.clock.due, kVietnamese)); }
std::string left_en(const Due& one, Time now) { return one.clock.due > now ? format("{} left", span_text(one.clock.due - now, kEnglish)) : format("OVERDUE by {}", span_text(now - one.clock.due, kEnglish)); }

std::string subject_of_due(const std::vector<Due>& all, Time now) {
    const Due& first = all.front();
    if (all.size() == 1) return format("[Vọng Gác] {}: {} – hồ sơ {}", left_vi(first, now), first.title_vi, first.about);
    return format("[Vọng Gác] {} hạn của hồ sơ, gần nhất: {} – {}", all.size(), left_vi(first, now), first.title_vi);
}

std::string text_of_due(const std::vector<Due>& all, const std::string& console, Time now) {
    std::string out;
    const auto link = [&](const Due& one) { return console.empty() ? std::string{} : format("  {}/ui/cases/{}\n", console, one.clock.of.text()); };
    for (std::size_t i = 0; i < std::min(all.size(), kMostLines); ++i) {
        const Due& one = all[i];
        out += format("{}\n  Hồ sơ {}: {}\n  Hạn: {} ({})\n{}\n", one.title_vi, one.about, notify::one_line(one.about_title), local_text(one.clock.due), left_vi(one, now), link(one));
    }
    if (all.size() > kMostLines) out += format("và {} hạn nữa, xem trên bàn điều khiển.\n\n", all.size() - kMostLines);
    out += "-- \n\n";
    for (std::size_t i = 0; i < std::min(all.size(), kMostLines); ++i) {
        const Due& one = all[i];
        out += format("{}\n  Case {}: {}\n  Due: {} ({})\n{}\n", one.title, one.about, notify::one_line(one.about_title), local_text(one.clock.due), left_en(one, now), link(one));
    }
    return out;
}

std::string body_of_due(const std::vector<Due>& all, const std::string& console, const notify::MessageId& id, Time now) {
    json::Array items;
    for (std::size_t i = 0; i < std::min(all.size(), kMostLines); ++i) {
        const Due& one = all[i];
        json::Value item = json::object({{"case", one.clock.of.text()}, {"number", one.about}, {"title", notify::one_line(one.about_title)}, {"clock", one.clock.clock}, {"clock_title", one.title}, {"clock_title_vi", one.title_vi}, {"stage", one.stage},
                                         {"due", to_rfc3339(one.clock.due)}, {"overdue", one.clock.due <= now}});
        if (!console.empty()) item.set("link", format("{}/ui/cases/{}", console, one.clock.of.text()));
        items.push_back(std::move(item));
    }
    return json::object({{"type", "deadlines"}, {"id", id.text()}, {"created", to_rfc3339(now)}, {"text", subject_of_due(all, now)}, {"count", static_cast<std::int64_t>(all.size())}, {"deadlines", std::move(items)}}).dump();
}

// Of the organisation's rules and of those above it.
To recipients_of(const std::vector<notify::Rule>& rules, const directory::Snapshot& directory, const OrganisationId& organisation) {
    std::vector<OrganisationId> above{organisation};
    for (int depth = 0; depth < 64; ++depth) {
        const directory::Organisation* one = directory.organisation(above.back());
        if (one == nullptr || !one->parent) break;
        above.push_back(*one->parent);
    }
    To to;
    for (const notify::Rule& rule : rules) {
        const auto level = std::find(above.begin(), above.end(), rule.organisation);
        if (!rule.enabled || level == above.end() || (level != above.begin() && !rule.below)) continue;
        if (to.rule.empty()) to.rule = rule.id.text(), to.rule_name = rule.name;
        for (const std::string& address : rule.to.mail)
            if (std::find(to.mail.begin(), to.mail.end(), address) == to.mail.end()) to.mail.push_back(address);
        for (const std::string& url : rule.to.webhooks)
            if (std::none_of(to.webhooks.begin(), to.webhooks.end(), [&](const auto& one) { return one.first == url; })) to.webhooks.emplace_back(url, rule.secret);
    }
    return to;
}

}  // namespace

Result<std::int64_t> CaseReminders::look() {
    if (!parts_.regime) return 0;
    const Time now = parts_.clock.now();
    for (std::size_t done = 0; done < kCasesOfALook; done += kCasesAtOnce) {
        const auto next = TRY(parts_.state.write([&](store::Transaction& tx) { return cases::renew_all(tx, after_, kCasesAtOnce, now - kAfterClosing, *parts_.regime, parts_.policy, now); }));
        after_ = next.value_or("");
        if (!next) break;
    }
    const auto directory = parts_.directory();
    const std::string console = parts_.console ? parts_.console() : std::string{};
    return parts_.state.write([&](store::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t told = 0;
        const auto due = TRY(cases::to_remind(tx, now, kMostReminded));
        if (due.empty()) return told;
        const auto rules = TRY(notify::list_rules(tx, access::Scope::node(), "", static_cast<std::size_t>(notify::kMostRules)));
        std::map<OrganisationId, std::vector<Due>> by_organisation;
        for (const cases::CaseClock& clock : due) {
            const auto stage = cases::reminder_at(parts_.policy, clock.start, clock.due, now);
            const auto file = cases::find(tx, access::Scope::node(), clock.of);
            if (!stage || !file) continue;
            Due one{.clock = clock, .stage = *stage, .title = clock.clock, .title_vi = clock.clock, .about = std::to_string(file->number), .about_title = file->title};
            for (const regime::Clock& known : parts_.regime->clocks())
                if (known.id == clock.clock) one.title = known.title, one.title_vi = known.title_vi.empty() ? known.title : known.title_vi;
            by_organisation[clock.organisation].push_back(std::move(one));
        }
        for (auto& [organisation, all] : by_organisation) {
            std::sort(all.begin(), all.end(), [](const Due& a, const Due& b) { return a.clock.due < b.clock.due; });
            const To to = recipients_of(rules, *directory, organisation);
            const auto add = [&](notify::Channel channel, const std::string& recipient, const std::string& secret) -> Status {
                notify::Message message{.id = make_id<notify::MessageTag>(now, parts_.random), .rule = to.rule, .tier = 0, .rule_name = to.rule_name, .organisation = organisation, .channel = channel, .recipient = recipient, .subject = {}, .content = {},
                                        .secret = secret, .findings = 0, .created = now, .next_attempt = now, .waiting_since = now};
                if (channel == notify::Channel::mail) message.subject = subject_of_due(all, now);
                message.content = channel == notify::Channel::mail ? text_of_due(all, console, now) : body_of_due(all, console, message.id, now);
                return notify::add_message(tx, message);
            };
            for (const std::string& address : to.mail) TRY(add(notify::Channel::mail, address, {}));
            for (const auto& [url, secret] : to.webhooks) TRY(add(notify::Channel::webhook, url, secret));
            for (const Due& one : all) {
                TRY(cases::note_reminded(tx, one.clock, one.stage, to.text(), parts_.policy, now));
                ++told;
            }
        }
        return told;
    });
}

}  // namespace vg::server
