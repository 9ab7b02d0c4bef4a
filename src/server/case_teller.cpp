#include "server/case_teller.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/news.h"
#include "notify/rows.h"
#include "notify/words.h"

namespace vg::server {

namespace {

constexpr std::size_t kNewsAtOnce = 5'000;
constexpr int kRoundsOfALook = 20;
constexpr std::size_t kMostOfAMessage = 50;  // are listed; of the others it says how many they are

struct Happening {
    std::string_view kind, vi, en;
};
constexpr std::array<Happening, 22> kHappenings{{{"opened", "Mở vụ việc", "Case opened"}, {"refuted", "Thấy lại sau khi báo gỡ", "Seen after its removal"}, {"relapsed", "Tái nhiễm", "Relapse"}, {"answer", "Trả lời", "Answer"},
    {"judged", "Điều phối xét trả lời", "Answer judged"}, {"closed", "Đóng mục", "Item closed"}, {"stage", "Chuyển bước", "Stage"}, {"comment", "Ghi chú", "Comment"}, {"assigned", "Giao việc", "Assigned"}, {"attached", "Gửi tệp", "File attached"},
    {"serious", "Xác nhận mức nghiêm trọng", "Seriousness confirmed"}, {"paper", "Văn bản", "Paper"}, {"escalation", "Gọi hỗ trợ", "Call for help"}, {"proposed", "Đề nghị đóng", "Closing proposed"}, {"withdrawn", "Rút đề nghị đóng", "Proposal withdrawn"},
    {"exception-over", "Hết hạn ngoại lệ", "Exception is over"}, {"clock-done", "Đã thực hiện nghĩa vụ", "Duty done"}, {"merged", "Gộp vào đây", "Took in another case"}, {"merged-into", "Được gộp", "Merged into another"}, {"split", "Tách ra", "Split off"},
    {"split-from", "Tách từ vụ việc khác", "Split from another"}, {"playbook", "Bắt đầu kịch bản", "Playbook started"}}};

const Happening& happening_of(std::string_view kind) {
    static constexpr Happening kOther{"", "Có thay đổi", "Changed"};
    const auto found = std::find_if(kHappenings.begin(), kHappenings.end(), [&](const Happening& one) { return one.kind == kind; });
    return found == kHappenings.end() ? kOther : *found;
}

// Of one rule: what it tells, the oldest first.
struct Bundle {
    std::vector<const cases::News*> listed;
    std::size_t all = 0;
    std::function<std::string(const OrganisationId&)> name;
    std::string console;
};

std::string link_to_case(const Bundle& bundle, const cases::News& one) { return bundle.console.empty() ? std::string{} : format("{}/ui/cases/{}", bundle.console, one.of.text()); }

std::string subject_of_news(const Bundle& bundle) {
    const cases::News& first = *bundle.listed.front();
    if (bundle.all == 1) return format("[Vọng Gác] {}: vụ việc {} – {}", happening_of(first.kind).vi, first.case_number, notify::one_line(first.title));
    return format("[Vọng Gác] {} việc của vụ việc, đầu tiên: {} – vụ việc {}", bundle.all, happening_of(first.kind).vi, first.case_number);
}

std::string text_of_news(const Bundle& bundle) {
    std::string out;
    const auto tell = [&](bool vietnamese) {
        for (const cases::News* one : bundle.listed) {
            const Happening& what = happening_of(one->kind);
            const std::string link = link_to_case(bundle, *one);
            out += vietnamese ? format("{}\n  Vụ việc {}: {}\n  Đơn vị: {}\n  Lúc: {}\n", what.vi, one->case_number, notify::one_line(one->title), notify::one_line(bundle.name(one->organisation)), to_rfc3339(one->time))
                              : format("{}\n  Case {}: {}\n  Organisation: {}\n  At: {}\n", what.en, one->case_number, notify::one_line(one->title), notify::one_line(bundle.name(one->organisation)), to_rfc3339(one->time));
            out += link.empty() ? "\n" : format("  {}: {}\n\n", vietnamese ? "Xem" : "See", link);
        }
        const std::size_t rest = bundle.all - bundle.listed.size();
        if (rest > 0) out += vietnamese ? format("và {} việc nữa, xem trên bàn điều khiển.\n\n", rest) : format("and {} more, to be seen on the console.\n\n", rest);
    };
    tell(true);
    out += "-- \n\n";
    tell(false);
    return out;
}

std::string body_of_news(const Bundle& bundle, const notify::Rule& rule, const notify::MessageId& id, Time now) {
    json::Array items;
    for (const cases::News* one : bundle.listed) {
        json::Value item = json::object({{"event", one->kind}, {"case", one->of.text()}, {"number", one->case_number}, {"entry", one->number}, {"title", notify::one_line(one->title)}, {"organisation", notify::one_line(bundle.name(one->organisation))}, {"time", to_rfc3339(one->time)}});
        if (const std::string link = link_to_case(bundle, *one); !link.empty()) item.set("link", link);
        items.push_back(std::move(item));
    }
    return json::object({{"type", "cases"}, {"id", id.text()}, {"created", to_rfc3339(now)}, {"rule", notify::one_line(rule.name)}, {"text", subject_of_news(bundle)}, {"count", static_cast<std::int64_t>(bundle.all)}, {"cases", std::move(items)}}).dump();
}

// Whether the rule speaks of that organisation: its own, or one below it.
bool speaks_of(const notify::Rule& rule, const directory::Snapshot& directory, OrganisationId organisation) {
    if (organisation == rule.organisation) return true;
    for (int depth = 0; rule.below && depth < 64; ++depth) {
        const directory::Organisation* one = directory.organisation(organisation);
        if (one == nullptr || !one->parent) return false;
        organisation = *one->parent;
        if (organisation == rule.organisation) return true;
    }
    return false;
}

}  // namespace

Result<std::int64_t> CaseTeller::look() {
    std::int64_t made = 0;
    bool more = true;
    for (int round = 0; more && round < kRoundsOfALook; ++round) made += TRY(tell_some(more));
    return made;
}

Result<std::int64_t> CaseTeller::tell_some(bool& more) {
    more = false;
    // A question first: a change, even of nothing, is a write to the disk.
    if (!TRY(parts_.state.read([](store::Transaction& tx) { return tx.first<std::int64_t>("select 1 from case_untold limit 1"); }))) return 0;
    const Time now = parts_.clock.now();
    const auto directory = parts_.directory();
    return parts_.state.write([&](store::Transaction& tx) -> Result<std::int64_t> {
        const std::vector<cases::News> news = TRY(cases::untold(tx, kNewsAtOnce));
        more = news.size() == kNewsAtOnce;
        std::int64_t made = 0;
        for (const notify::Rule& rule : TRY(notify::list_rules(tx, access::Scope::node(), "", static_cast<std::size_t>(notify::kMostRules)))) {
            if (!rule.enabled || !rule.on_case) continue;
            Bundle bundle{.listed = {}, .all = 0, .name = {}, .console = parts_.console ? parts_.console() : std::string{}};
            bundle.name = [&](const OrganisationId& id) {
                const directory::Organisation* one = directory->organisation(id);
                return one == nullptr ? id.text() : one->name;
            };
            for (const cases::News& one : news) {
                if (!speaks_of(rule, *directory, one.organisation)) continue;
                if (bundle.listed.size() < kMostOfAMessage) bundle.listed.push_back(&one);
                ++bundle.all;
            }
            if (bundle.all == 0) continue;
            const Time when = notify::quiet_until(rule.quiet, rule.zone, now).value_or(now);
            const auto begin = [&](notify::Channel channel, const std::string& recipient) {
                return notify::Message{.id = make_id<notify::MessageTag>(now, parts_.random), .rule = rule.id.text(), .tier = 0, .rule_name = rule.name, .organisation = rule.organisation, .channel = channel, .recipient = recipient, .subject = {}, .content = {},
                                       .secret = {}, .findings = 0, .created = now, .next_attempt = when, .waiting_since = when};
            };
            for (const std::string& address : rule.to.mail) {
                notify::Message message = begin(notify::Channel::mail, address);
                message.subject = subject_of_news(bundle);
                message.content = text_of_news(bundle);
                TRY(notify::add_message(tx, message));
                ++made;
            }
            for (const std::string& url : rule.to.webhooks) {
                notify::Message message = begin(notify::Channel::webhook, url);
                message.content = body_of_news(bundle, rule, message.id, now);
                message.secret = rule.secret;
                TRY(notify::add_message(tx, message));
                ++made;
            }
        }
        TRY(cases::mark_told(tx, news));
        return made;
    });
}

}  // namespace vg::server
