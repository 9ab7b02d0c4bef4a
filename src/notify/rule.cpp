#include "notify/rule.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "detect/match.h"
#include "net/client_url.h"
#include "net/mail.h"
#include "store/secrets.h"

namespace vg::notify {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

Result<std::vector<std::string>> texts(const json::Value& list) {
    std::vector<std::string> out;
    for (const json::Value& item : list.as_array()) {
        if (!item.is_text()) return fail(Code::bad_input, "is a list of texts");
        if (std::find(out.begin(), out.end(), item.as_text()) == out.end()) out.push_back(item.as_text());
    }
    return out;
}

json::Value list_of(const std::vector<std::string>& items) {
    json::Array out;
    for (const std::string& item : items) out.emplace_back(item);
    return out;
}

Status take_recipients(Recipients& to, const json::Value& body, bool stored) {
    if (const json::Value* mail = body.find("mail"); mail != nullptr && mail->is_array()) {
        to.mail = TRY_IN("field mail: ", texts(*mail));
        for (const std::string& address : to.mail)
            if (!net::is_mail_address(address)) return fail(Code::bad_input, format("field mail: {} is no mail address", shorten(to_valid_utf8(address), 80)));
    }
    if (const json::Value* webhooks = body.find("webhooks"); webhooks != nullptr && webhooks->is_array()) {
        to.webhooks = TRY_IN("field webhooks: ", texts(*webhooks));
        for (const std::string& text : to.webhooks) {
            if (stored && is_sealed_url(text)) continue;
            if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; })) return fail(Code::bad_input, "field webhooks: a URL has printable ASCII characters only");
            const net::Url url = TRY_IN("field webhooks: ", net::parse_url(text));
            if (!url.socket_path.empty()) return fail(Code::bad_input, "field webhooks: a URL begins with https:// or http://");
        }
    }
    return {};
}

// "22:00" as minutes of the day; "24:00" is 0 of the next.
Result<int> minutes_of(const json::Value& quiet, std::string_view name) {
    const std::string text = quiet.text(name).value_or("");
    const auto hour = text.size() == 5 && text[2] == ':' ? parse_int(std::string_view{text}.substr(0, 2)) : std::nullopt;
    const auto minute = hour ? parse_int(std::string_view{text}.substr(3)) : std::nullopt;
    if (!hour || !minute || *hour < 0 || *minute < 0 || *hour > 24 || *minute > 59 || (*hour == 24 && *minute != 0))
        return fail(Code::bad_input, format("field quiet.{}: is a time of the day such as 22:00", name));
    return static_cast<int>(*hour % 24 * 60 + *minute);
}

Result<QuietHours> quiet_of(const json::Value& body) {
    QuietHours quiet;
    if (!body.is_object()) return quiet;
    const json::Value* days = body.find("days");
    if (days != nullptr && days->is_array())
        for (const std::string& day : TRY_IN("field quiet.days: ", texts(*days))) {
            const auto found = std::find(kDays.begin(), kDays.end(), day);
            if (found == kDays.end()) return fail(Code::bad_input, "field quiet.days: a day is mon, tue, wed, thu, fri, sat or sun");
            quiet.days |= static_cast<std::uint8_t>(1U << (found - kDays.begin()));
        }
    else
        quiet.days = 0x7F;
    quiet.from = TRY(minutes_of(body, "from"));
    quiet.until = TRY(minutes_of(body, "until"));
    quiet.critical_breaks = body.boolean("critical_breaks").value_or(true);
    return quiet;
}

std::string clock_text(int minutes) { return format("{:02}:{:02}", minutes / 60, minutes % 60); }

json::Value to_json(const Recipients& to) { return json::object({{"mail", list_of(to.mail)}, {"webhooks", list_of(to.webhooks)}}); }

// The civil day that holds `time`, moved by whole days, at that minute.
std::optional<Time> at_minute(Time time, std::string_view zone, int days_on, int minute) {
    const Civil day = to_civil(time, zone);
    // Noon is on the same day whatever the clock was changed by.
    const auto noon = from_civil({.year = day.year, .month = day.month, .day = day.day, .hour = 12}, zone);
    if (!noon) return std::nullopt;
    const Civil moved = to_civil(*noon + days(days_on), zone);
    return from_civil({.year = moved.year, .month = moved.month, .day = moved.day, .hour = minute / 60, .minute = minute % 60}, zone);
}

// 0: Monday. 1970-01-01 was a Thursday.
int weekday(Time time, std::string_view zone) {
    const Civil day = to_civil(time, zone);
    const auto midnight = from_civil({.year = day.year, .month = day.month, .day = day.day});
    return midnight ? static_cast<int>((midnight->micros / days(1).micros % 7 + 7 + 3) % 7) : 0;
}

std::optional<Time> end_of_quiet(const QuietHours& quiet, std::string_view zone, Time now) {
    for (const int begun : {0, -1}) {
        const auto from = at_minute(now, zone, begun, quiet.from);
        const auto until = at_minute(now, zone, quiet.until > quiet.from ? begun : begun + 1, quiet.until);
        if (!from || !until || (quiet.days >> weekday(*from, zone) & 1) == 0) continue;
        if (*from <= now && now < *until) return until;
    }
    return std::nullopt;
}

}  // namespace

int rank_of(std::string_view level) {
    const auto known = detect::parse_level(level);
    return known ? static_cast<int>(*known) : -1;
}

namespace {

Status take(Rule& rule, const json::Value& body, bool stored) {
    if (const auto name = body.text("name")) {
        rule.name = nfc(trim(*name));
        if (rule.name.empty()) return fail(Code::bad_input, "field name: is empty");
    }
    rule.enabled = body.boolean("enabled").value_or(rule.enabled);
    TRY(take_recipients(rule.to, body, stored));
    if (rule.to.empty()) return fail(Code::bad_input, "field mail: name at least one address or webhook");
    rule.level = body.text("level").value_or(rule.level);
    if (rank_of(rule.level) < 0) return fail(Code::bad_input, "field level: is informational, low, medium, high or critical");
    if (const json::Value* rules = body.find("rules"); rules != nullptr && rules->is_array()) rule.rules = TRY_IN("field rules: ", texts(*rules));
    if (const json::Value* tags = body.find("tags"); tags != nullptr && tags->is_array()) rule.tags = TRY_IN("field tags: ", texts(*tags));
    if (const json::Value* events = body.find("events"); events != nullptr && events->is_array()) {
        rule.on_new = rule.on_reopened = rule.on_case = false;
        for (const std::string& event : TRY_IN("field events: ", texts(*events))) {
            if (event != "new" && event != "reopened" && event != "case") return fail(Code::bad_input, "field events: new, reopened or case");
            (event == "new" ? rule.on_new : event == "case" ? rule.on_case : rule.on_reopened) = true;
        }
    }
    rule.below = body.boolean("below").value_or(rule.below);
    rule.zone = body.text("zone").value_or(rule.zone);
    if (!is_zone(rule.zone)) return fail(Code::bad_input, "field zone: is an IANA zone such as Asia/Ho_Chi_Minh");
    if (const json::Value* quiet = body.find("quiet"); quiet != nullptr) rule.quiet = TRY(quiet_of(*quiet));
    if (const auto dedupe = body.integer("dedupe_minutes")) rule.dedupe = minutes(*dedupe);
    if (const json::Value* escalation = body.find("escalation"); escalation != nullptr) {
        rule.escalation.reset();
        if (escalation->is_object()) {
            Escalation made{.after = minutes(escalation->integer("after_minutes").value_or(0)), .to = {}};
            TRY_IN("field escalation: ", take_recipients(made.to, *escalation, stored));
            if (made.to.empty() || made.after.micros <= 0) return fail(Code::bad_input, "field escalation: needs after_minutes and an address or webhook");
            rule.escalation = std::move(made);
        }
    }
    return {};
}

}  // namespace

Status apply(Rule& rule, const json::Value& body) { return take(rule, body, false); }
Status restore(Rule& rule, const json::Value& settings) { return take(rule, settings, true); }

json::Value settings_of(const Rule& rule) {
    json::Value out = to_json(rule.to);
    out.set("level", rule.level).set("rules", list_of(rule.rules)).set("tags", list_of(rule.tags)).set("below", rule.below).set("zone", rule.zone);
    json::Array events;
    if (rule.on_new) events.emplace_back("new");
    if (rule.on_reopened) events.emplace_back("reopened");
    if (rule.on_case) events.emplace_back("case");
    out.set("events", std::move(events)).set("dedupe_minutes", rule.dedupe.micros / minutes(1).micros);
    json::Value quiet;
    if (rule.quiet.days != 0) {
        json::Array days;
        for (std::size_t i = 0; i < kDays.size(); ++i)
            if ((rule.quiet.days >> i & 1) != 0) days.emplace_back(kDays[i]);
        quiet = json::object({{"days", std::move(days)}, {"from", clock_text(rule.quiet.from)}, {"until", clock_text(rule.quiet.until)}, {"critical_breaks", rule.quiet.critical_breaks}});
    }
    json::Value escalation;
    if (rule.escalation) {
        escalation = to_json(rule.escalation->to);
        escalation.set("after_minutes", rule.escalation->after.micros / minutes(1).micros);
    }
    return out.set("quiet", std::move(quiet)).set("escalation", std::move(escalation));
}

bool matches(const Rule& rule, const findings::Finding& finding, bool reopened) {
    if (!rule.enabled || !(reopened ? rule.on_reopened : rule.on_new)) return false;
    if (rank_of(finding.level) < rank_of(rule.level)) return false;
    if (!rule.rules.empty() && std::find(rule.rules.begin(), rule.rules.end(), finding.rule_id) == rule.rules.end()) return false;
    if (rule.tags.empty()) return true;
    return std::any_of(rule.tags.begin(), rule.tags.end(), [&](const std::string& wanted) {
        return std::any_of(finding.tags.begin(), finding.tags.end(), [&](const std::string& tag) { return tag == wanted || (tag.starts_with(wanted) && tag[wanted.size()] == '.'); });
    });
}

std::optional<Time> quiet_until(const QuietHours& quiet, std::string_view zone, Time now) {
    if (quiet.days == 0) return std::nullopt;
    std::optional<Time> end;
    Time at = now;
    for (int i = 0; i < 8; ++i) {  // at most a week of whole days, one after the other
        const auto next = end_of_quiet(quiet, zone, at);
        if (!next) break;
        end = at = *next;
    }
    return end;
}

std::string shown_url(std::string_view url) {
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string_view::npos ? host : url.find_first_of("/?# ", host + 3);
    if (path == std::string_view::npos) return std::string{url};
    return std::string{url.substr(0, path)} + (url[path] == ' ' ? "" : "/…");
}

bool is_sealed_url(std::string_view url) { return url.find(' ') != std::string_view::npos && store::Secrets::is_sealed(url.substr(url.find(' ') + 1)); }

}  // namespace vg::notify
