#include "notify/words.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace vg::notify {
namespace {

struct Words {
    std::string_view name, vi, en;
};
constexpr Words kLevels[] = {{"informational", "Thông tin", "Informational"}, {"low", "Thấp", "Low"}, {"medium", "Trung bình", "Medium"}, {"high", "Cao", "High"}, {"critical", "Nghiêm trọng", "Critical"}};
constexpr Words kKinds[] = {{"new", "Phát hiện mới", "New finding"},
                            {"reopened", "Phát hiện trở lại sau khi đã đóng", "Finding that came back after it was closed"},
                            {"repeated", "Phát hiện lặp lại", "Repeated finding"},
                            {"escalated", "Phát hiện chưa ai tiếp nhận", "Finding that nobody has acknowledged"},
                            {"test", "Thông báo thử", "Test notification"}};
constexpr Words kStates[] = {{"new", "mới", "new"}, {"acknowledged", "đã tiếp nhận", "acknowledged"}, {"closed", "đã đóng", "closed"}};

template <std::size_t N>
const Words& words_of(const Words (&all)[N], std::string_view name) {
    for (const Words& words : all)
        if (words.name == name) return words;
    return all[0];
}

// "26/04/2024 08:02 (GMT+7)".
std::string time_text(Time time, std::string_view zone) {
    const Civil civil = to_civil(time, zone);
    const auto local = from_civil({.year = civil.year, .month = civil.month, .day = civil.day, .hour = civil.hour, .minute = civil.minute, .second = civil.second, .micros = civil.micros});
    const std::int64_t offset = local ? (local->micros - time.micros) / minutes(1).micros : 0;
    const std::int64_t size = offset < 0 ? -offset : offset;
    return format("{:02}/{:02}/{:04} {:02}:{:02} (GMT{}{}{})", civil.day, civil.month, civil.year, civil.hour, civil.minute, offset < 0 ? "-" : "+", size / 60, size % 60 == 0 ? "" : format(":{:02}", size % 60));
}

std::string link_of(const Story& story, const Telling& telling) { return story.console.empty() || telling.finding.empty() ? "" : story.console + "/ui/findings/" + telling.finding; }

std::string title_vi_of(const Telling& one) { return one_line(one.title_vi.empty() ? one.title : one.title_vi); }

void tell_vi(std::string& out, const Story& story, const Telling& one) {
    out += format("{}: {}\n  Mức: {}\n  Đơn vị: {}\n  Trạng thái: {}\n  Thấy lần đầu: {}\n  Thấy gần nhất: {}\n  Số sự kiện: {}\n", words_of(kKinds, one.kind).vi, title_vi_of(one), words_of(kLevels, one.level).vi,
                  one_line(one.organisation), words_of(kStates, one.state).vi, time_text(one.first_seen, story.zone), time_text(one.last_seen, story.zone), one.count);
    if (one.suppressed > 0) out += format("  Số lần không báo lại vì trùng: {}\n", one.suppressed);
    if (const std::string link = link_of(story, one); !link.empty()) out += "  Xem: " + link + "\n";
    out += "\n";
}

void tell_en(std::string& out, const Story& story, const Telling& one) {
    out += format("{}: {}\n  Level: {}\n  Organisation: {}\n  State: {}\n  First seen: {}\n  Last seen: {}\n  Events: {}\n", words_of(kKinds, one.kind).en, one_line(one.title), words_of(kLevels, one.level).en,
                  one_line(one.organisation), words_of(kStates, one.state).en, time_text(one.first_seen, story.zone), time_text(one.last_seen, story.zone), one.count);
    if (one.suppressed > 0) out += format("  Not told again because alike: {}\n", one.suppressed);
    if (const std::string link = link_of(story, one); !link.empty()) out += "  See: " + link + "\n";
    out += "\n";
}

bool is_test(const Story& story) { return story.tellings.size() == 1 && story.tellings.front().kind == "test"; }

}  // namespace

std::string one_line(std::string_view text) {
    std::string line = to_valid_utf8(text);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return shorten(line, 300);
}

std::string subject_of(const Story& story) {
    if (story.tellings.empty()) return "[Vọng Gác]";
    const Telling& worst = story.tellings.front();
    if (is_test(story)) return "[Vọng Gác] Thông báo thử / Test notification: " + one_line(story.rule);
    if (story.all == 1) return format("[Vọng Gác] {}: {} – {}", words_of(kLevels, worst.level).vi, title_vi_of(worst), one_line(worst.organisation));
    return format("[Vọng Gác] {} phát hiện, cao nhất: {} – {}", story.all, words_of(kLevels, worst.level).vi, title_vi_of(worst));
}

std::string mail_text(const Story& story) {
    std::string out;
    if (is_test(story))
        return format("Đây là thông báo thử của quy tắc «{}». Không có phát hiện nào kèm theo.\n\n-- \n\nThis is a test of the notification rule \"{}\". It is about no finding.\n", one_line(story.rule), one_line(story.rule));
    if (story.after_minutes > 0) out += format("Sau {} phút vẫn chưa ai tiếp nhận.\n\n", story.after_minutes);
    for (const Telling& one : story.tellings) tell_vi(out, story, one);
    const std::int64_t rest = story.all - static_cast<std::int64_t>(story.tellings.size());
    if (rest > 0) out += format("và {} phát hiện nữa, xem trên bàn điều khiển.\n\n", rest);
    out += format("Thông báo theo quy tắc «{}». Đối tượng của phát hiện chỉ xem được trên bàn điều khiển.\n\n-- \n\n", one_line(story.rule));
    if (story.after_minutes > 0) out += format("Nobody has acknowledged this for {} minutes.\n\n", story.after_minutes);
    for (const Telling& one : story.tellings) tell_en(out, story, one);
    if (rest > 0) out += format("and {} more findings, to be seen on the console.\n\n", rest);
    return out + format("Sent by the notification rule \"{}\". Whom or what a finding is about is to be seen on the console alone.\n", one_line(story.rule));
}

std::string webhook_body(const Story& story, const MessageId& id, Time now) {
    json::Array items;
    for (const Telling& one : story.tellings) {
        if (one.kind == "test") continue;
        json::Value item = json::object({{"event", one.kind}, {"id", one.finding}, {"title", one_line(one.title)}, {"level", one.level}, {"organisation", one_line(one.organisation)}, {"state", one.state},
                                         {"count", one.count}, {"first_seen", to_rfc3339(one.first_seen)}, {"last_seen", to_rfc3339(one.last_seen)}, {"suppressed", one.suppressed}});
        if (!one.title_vi.empty()) item.set("title_vi", one_line(one.title_vi));
        if (const std::string link = link_of(story, one); !link.empty()) item.set("link", link);
        items.push_back(std::move(item));
    }
    const std::string subject = subject_of(story);
    return json::object({{"type", is_test(story) ? "test" : "findings"}, {"id", id.text()}, {"created", to_rfc3339(now)}, {"rule", one_line(story.rule)}, {"text", subject}, {"count", is_test(story) ? std::int64_t{0} : story.all},
                         {"findings", std::move(items)}})
        .dump();
}

}  // namespace vg::notify
