#include "cli/html_report.h"

#include <algorithm>

#include "base/html.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/width.h"

namespace vg::cli {

namespace {

constexpr std::string_view kStyle =
#include "cli/html_style.inc"
    ;
constexpr std::string_view kZone = "Asia/Ho_Chi_Minh";
constexpr std::size_t kMostRows = 200;  // of rules and hosts
constexpr int kColumns = 96;            // of the timeline

struct Word {
    std::string_view key, vi, en;
};
constexpr std::array<Word, kLevels> kLevelWords{{{"informational", "Thông tin", "Information"}, {"low", "Thấp", "Low"}, {"medium", "Trung bình", "Medium"}, {"high", "Cao", "High"}, {"critical", "Nghiêm trọng", "Critical"}}};
// Shapes grow sharper with the level, so that colour alone never tells.
constexpr std::array<std::string_view, kLevels> kGlyphs{"<rect x='1' y='5' width='10' height='2'/>", "<circle cx='6' cy='6' r='4' fill='none' stroke='currentColor' stroke-width='2'/>",
                                                        "<rect x='2' y='2' width='8' height='8'/>", "<path d='M6 1 11.5 11H.5z'/>",
                                                        "<path d='M6 0 12 6 6 12 0 6z'/><path d='M5.4 2.5h1.2v4.3H5.4zM5.4 8h1.2v1.4H5.4z' fill='#fff'/>"};
// In the order in which an attack goes on.
constexpr Word kTactics[] = {
    {"reconnaissance", "Trinh sát", "Reconnaissance"},
    {"resource-development", "Chuẩn bị nguồn lực", "Resource development"},
    {"initial-access", "Xâm nhập ban đầu", "Initial access"},
    {"execution", "Thực thi", "Execution"},
    {"persistence", "Bám trụ", "Persistence"},
    {"privilege-escalation", "Leo thang đặc quyền", "Privilege escalation"},
    {"defense-evasion", "Né tránh phòng thủ", "Defence evasion"},
    {"stealth", "Ẩn mình", "Stealth"},
    {"defense-impairment", "Vô hiệu hoá phòng thủ", "Defence impairment"},
    {"credential-access", "Lấy thông tin xác thực", "Credential access"},
    {"discovery", "Dò tìm", "Discovery"},
    {"lateral-movement", "Di chuyển ngang", "Lateral movement"},
    {"collection", "Thu thập dữ liệu", "Collection"},
    {"command-and-control", "Điều khiển từ xa", "Command and control"},
    {"exfiltration", "Đưa dữ liệu ra ngoài", "Exfiltration"},
    {"impact", "Gây hại", "Impact"},
};

// 517627 → "517.627", as Vietnamese writes it, or "517,627" for English.
std::string count(std::uint64_t number, std::string_view separator = ".") {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, separator);
    return digits;
}
std::string count_en(std::uint64_t number) { return count(number, ","); }

std::string local_time(Time time) {
    const Civil civil = to_civil(time, kZone);
    return format("{:02}/{:02}/{} {:02}:{:02}:{:02}", civil.day, civil.month, civil.year, civil.hour, civil.minute, civil.second);
}

std::string level(std::size_t index) {
    return format("<span class='level l{}'><svg viewBox='0 0 12 12' fill='currentColor' aria-hidden='true'>{}</svg>{}</span>", index, kGlyphs[index], kLevelWords[index].vi);
}

std::string heading(std::string_view vi, std::string_view en) { return format("<h2>{}<span lang='en'>{}</span></h2>\n", vi, en); }

class Page {
public:
    explicit Page(const ScanReport& report) : report_(report) {
        for (const auto& [id, rule] : report.rules) rules_.push_back(&rule);
        std::sort(rules_.begin(), rules_.end(), [](const ScanReport::Rule* a, const ScanReport::Rule* b) {
            if (a->info->level != b->info->level) return a->info->level > b->info->level;
            return a->matches != b->matches ? a->matches > b->matches : a->info->id < b->info->id;
        });
    }

    std::string write() {
        out_ = "<!doctype html>\n<html lang='vi'>\n<head>\n<meta charset='utf-8'>\n<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
               "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
               "<meta name='referrer' content='no-referrer'>\n<title>Vọng Gác: kết quả quét nhật ký</title>\n<style>";
        out_ += kStyle;
        out_ += "</style>\n</head>\n<body>\n<main>\n";
        top();
        timeline();
        rules();
        hosts();
        tactics();
        unread();
        authors();
        out_ += "<footer class='small'>Vọng Gác " VG_VERSION ". Trang này không cần mạng và không chạy mã kịch bản. <span lang='en'>This page needs no network and runs no script.</span></footer>\n</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    void add(std::string_view text) { out_ += text; }

    void top() {
        const std::string period = period_text();
        add("<header><h1>Kết quả quét nhật ký <span lang='en'>· Log scan</span></h1>\n");
        add(format("<p class='small'>{} tệp, {} sự kiện, {} quy tắc; {}. Giờ trong trang: GMT+7. <span lang='en'>{} files, {} events, {} rules; times are GMT+7.</span></p></header>\n", count(report_.files),
                   count(report_.records), count(report_.rules_loaded), period, count_en(report_.files), count_en(report_.records), count_en(report_.rules_loaded)));
        add("<div class='strip'>");
        for (std::size_t i = kLevels; i-- > 0;)
            add(format("<div>{}<b>{}</b><span class='small' lang='en'>{}</span></div>", level(i), count(report_.by_level[i]), kLevelWords[i].en));
        add(format("<div><span class='{}'>Không đọc được</span><b>{}</b><span class='small' lang='en'>Not understood</span></div>", report_.records_unparsed + report_.refused_count > 0 ? "unknown" : "small",
                   count(report_.records_unparsed + report_.refused_count)));
        add("</div>\n");
    }

    std::string period_text() const {
        if (report_.timeline.empty()) return "chưa rõ khoảng thời gian";
        const std::int64_t first = report_.timeline.begin()->first, last = report_.timeline.rbegin()->first + report_.interval;
        return format("khớp từ {} đến {}", local_time({first * 1'000'000}), local_time({last * 1'000'000}));
    }

    void timeline() {
        add("<section>");
        add(heading("Diễn biến theo thời gian", "Timeline of matches"));
        if (report_.timeline.empty()) {
            add(report_.matches == 0 ? "<p>Không có kết quả khớp trong các sự kiện đã đọc. <span class='en' lang='en'>No match in the events that were read.</span></p>"
                                     : "<p class='unknown'>Các sự kiện khớp không có thời gian. <span lang='en'>The matched events carry no time.</span></p>");
            add("</section>\n");
            return;
        }
        const std::int64_t width = column_width(report_.timeline.rbegin()->first + report_.interval - report_.timeline.begin()->first);
        const std::int64_t first = report_.timeline.begin()->first - ((report_.timeline.begin()->first % width) + width) % width;
        const std::int64_t span = report_.timeline.rbegin()->first + report_.interval - first;
        const auto columns = static_cast<int>((span + width - 1) / width);
        std::vector<ByLevel> bars(static_cast<std::size_t>(columns), ByLevel{});
        for (const auto& [begin, counts] : report_.timeline)
            for (std::size_t i = 0; i < kLevels; ++i) bars[static_cast<std::size_t>((begin - first) / width)][i] += counts[i];
        std::uint64_t most = 1;
        for (const ByLevel& bar : bars) {
            std::uint64_t sum = 0;
            for (const std::uint64_t n : bar) sum += n;
            most = std::max(most, sum);
        }
        draw(bars, most, first, width);
        add("<div class='legend'>");
        for (std::size_t i = kLevels; i-- > 0;)
            if (report_.by_level[i] > 0) add(level(i));
        add(format("<span class='small'>Mỗi cột {}. <span lang='en'>One column is {}.</span>{}</span></div></section>\n", span_text(width, true), span_text(width, false),
                   report_.untimed > 0 ? format(" <span class='unknown'>{} lần khớp không rõ giờ. <span lang='en'>{} matches without a time.</span></span>", count(report_.untimed), count_en(report_.untimed)) : std::string{}));
    }

    // A round length of time of which at most kColumns make the span.
    [[nodiscard]] std::int64_t column_width(std::int64_t span) const {
        for (const std::int64_t width : {60, 300, 900, 3'600, 10'800, 21'600, 43'200, 86'400, 172'800, 604'800, 1'209'600, 2'592'000, 7'776'000, 31'536'000})
            if (width >= report_.interval && width * (kColumns - 1) >= span) return width;
        return std::max(report_.interval, span / (kColumns - 1) + 1);
    }

    static std::string span_text(std::int64_t seconds, bool vietnamese) {
        if (seconds >= 86'400) return format("{} {}", (seconds + 43'200) / 86'400, vietnamese ? "ngày" : "d");
        if (seconds >= 3'600) return format("{} {}", seconds / 3'600, vietnamese ? "giờ" : "h");
        return format("{} {}", seconds / 60, vietnamese ? "phút" : "min");
    }

    void draw(const std::vector<ByLevel>& bars, std::uint64_t most, std::int64_t first, std::int64_t width) {
        constexpr double kLeft = 48, kRight = 1064, kTop = 12, kBottom = 140;
        add("<svg class='chart' viewBox='0 0 1072 164' role='img' aria-label='Số lần khớp theo thời gian'>");
        add(format("<line x1='{0}' y1='{1}' x2='{2}' y2='{1}'/><line x1='{0}' y1='{3}' x2='{2}' y2='{3}' stroke-dasharray='2 3'/>", kLeft, kBottom, kRight, kTop));
        add(format("<text x='{}' y='{}' text-anchor='end'>{}</text><text x='{}' y='{}' text-anchor='end'>0</text>", kLeft - 6, kTop + 4, count(most), kLeft - 6, kBottom + 4));
        const double step = (kRight - kLeft) / static_cast<double>(std::max<std::size_t>(bars.size(), 24));
        for (std::size_t i = 0; i < bars.size(); ++i) {
            double y = kBottom;
            const double x = kLeft + step * static_cast<double>(i) + 1;
            std::uint64_t sum = 0;
            for (const std::uint64_t n : bars[i]) sum += n;
            if (sum == 0) continue;
            add(format("<g><title>{}: {}</title>", local_time({(first + static_cast<std::int64_t>(i) * width) * 1'000'000}), count(sum)));
            for (std::size_t level = kLevels; level-- > 0;) {
                if (bars[i][level] == 0) continue;
                const double high = std::max(1.5, (kBottom - kTop) * static_cast<double>(bars[i][level]) / static_cast<double>(most));
                y -= high;
                add(format("<rect class='f{}' x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}'/>", level, x, y, std::max(1.0, step - 2), high));
            }
            add("</g>");
        }
        const Time end{(first + static_cast<std::int64_t>(bars.size()) * width) * 1'000'000};
        add(format("<text x='{}' y='158'>{}</text>", kLeft, local_time({first * 1'000'000})));
        add(format("<text x='{:.1f}' y='158' text-anchor='{}'>{}</text></svg>\n", std::max(kLeft + step * static_cast<double>(bars.size()), kLeft + 260), bars.size() >= 24 ? "end" : "start", local_time(end)));
    }

    void rules() {
        if (rules_.empty()) return;
        add("<section>");
        add(heading("Quy tắc khớp", "Rules that matched"));
        add("<table class='rows'><thead><tr><th>Mức <span lang='en'>Level</span></th><th>Quy tắc <span lang='en'>Rule</span></th><th class='n'>Số lần <span lang='en'>Matches</span></th><th class='n'>Máy <span lang='en'>Hosts</span></th>"
            "<th class='wide'>Lần đầu <span lang='en'>First</span></th><th class='wide'>Lần cuối <span lang='en'>Last</span></th></tr></thead><tbody>\n");
        for (std::size_t i = 0; i < std::min(rules_.size(), kMostRows); ++i) rule(*rules_[i]);
        add("</tbody></table>");
        rest_of(rules_.size());
        add("</section>\n");
    }

    void rule(const ScanReport::Rule& rule) {
        std::string techniques;
        for (const std::string& tag : rule.info->tags)
            if (starts_with_ignoring_ascii_case(tag, "attack.t") && tactic_of(tag).empty()) techniques += (techniques.empty() ? "T" : ", T") + html_text(shorten(std::string_view{tag}.substr(8), 12));
        add(format("<tr><td>{}</td><td><bdi>{}</bdi>", level(static_cast<std::size_t>(rule.info->level)), html_text(rule.info->title_vi.empty() ? rule.info->title : rule.info->title_vi)));
        if (!rule.info->title_vi.empty()) add(format("<div class='small' lang='en'><bdi>{}</bdi></div>", html_text(rule.info->title)));
        add(format("<div class='small'>{}{}<bdi>{}</bdi></div>", techniques, techniques.empty() ? "" : " · ", rule.info->author.empty() ? "tác giả không ghi" : html_text(shorten(rule.info->author, 200))));
        add("<details><summary>Vì sao khớp <span lang='en'>· Why it matched</span></summary>");
        for (const ScanReport::Example& example : rule.examples)
            add(format("<p class='small'><bdi>{}</bdi>, bản ghi {}{}</p><pre>{}</pre>", html_text(example.file), count(example.record), example.host.empty() ? "" : ", máy <bdi>" + html_text(example.host) + "</bdi>",
                       html_lines(example.matched)));
        add(format("</details></td><td class='n' data-name='Số lần'>{}</td><td class='n' data-name='Máy'>{}</td>", count(rule.matches), hosts_text(rule)));
        if (rule.times) add(format("<td class='t wide'>{}</td><td class='t wide'>{}</td></tr>\n", local_time(rule.first), local_time(rule.last)));
        else add("<td class='t wide unknown'>chưa rõ</td><td class='t wide unknown'>chưa rõ</td></tr>\n");
    }

    static std::string hosts_text(const ScanReport::Rule& rule) {
        const bool unknown = rule.hosts.find("") != rule.hosts.end();
        const std::size_t known = rule.hosts.size() - (unknown ? 1 : 0);
        if (known == 0) return "<span class='unknown'>chưa rõ</span>";
        return (rule.hosts.size() >= ScanReport::kMostNames ? "ít nhất " : "") + count(known) + (unknown ? "<span class='unknown'> + ?</span>" : "");
    }

    void rest_of(std::size_t all) {
        if (all > kMostRows) add(format("<p class='small'>… và {} dòng nữa. <span lang='en'>… and {} more.</span></p>", count(all - kMostRows), count_en(all - kMostRows)));
    }

    void hosts() {
        if (report_.hosts.empty()) return;
        std::vector<std::pair<std::string_view, const ScanReport::Host*>> hosts;
        for (const auto& [name, host] : report_.hosts) hosts.emplace_back(name, &host);
        // The worst first: by the number of matches of the highest level, then of the next.
        std::sort(hosts.begin(), hosts.end(), [](const auto& a, const auto& b) {
            for (std::size_t i = kLevels; i-- > 0;)
                if (a.second->by_level[i] != b.second->by_level[i]) return a.second->by_level[i] > b.second->by_level[i];
            return a.first < b.first;
        });
        add("<section>");
        add(heading("Máy liên quan", "Hosts"));
        add("<table><thead><tr><th>Máy <span lang='en'>Host</span></th>");
        for (std::size_t i = kLevels; i-- > 0;) add(format("<th class='n'>{}</th>", kLevelWords[i].vi));
        add("<th class='n'>Quy tắc <span lang='en'>Rules</span></th></tr></thead><tbody>\n");
        for (std::size_t i = 0; i < std::min(hosts.size(), kMostRows); ++i) {
            const auto& [name, host] = hosts[i];
            add(name.empty() ? std::string{"<tr><td class='unknown'>Chưa rõ máy <span lang='en'>· unknown</span></td>"} : format("<tr><td><code><bdi>{}</bdi></code></td>", html_text(name)));
            for (std::size_t l = kLevels; l-- > 0;) add(host->by_level[l] == 0 ? std::string{"<td class='n small'>–</td>"} : format("<td class='n'>{}</td>", count(host->by_level[l])));
            add(format("<td class='n'>{}</td></tr>\n", count(host->rules.size())));
        }
        add("</tbody></table>");
        rest_of(hosts.size());
        add("</section>\n");
    }

    void tactics() {
        if (report_.tactics.empty()) return;
        std::uint64_t most = 1;
        for (const auto& [name, tactic] : report_.tactics) most = std::max(most, tactic.matches);
        add("<section>");
        add(heading("Chiến thuật ATT&amp;CK", "ATT&amp;CK tactics"));
        add("<table><thead><tr><th>Chiến thuật <span lang='en'>Tactic</span></th><th class='n'>Quy tắc <span lang='en'>Rules</span></th><th class='n'>Số lần <span lang='en'>Matches</span></th><th class='wide' style='width:40%'></th></tr></thead><tbody>\n");
        const auto row = [&](std::string_view vi, std::string_view en, const ScanReport::Tactic& tactic) {
            add(format("<tr><td>{} <span class='en' lang='en'>{}</span></td><td class='n'>{}</td><td class='n'>{}</td><td class='wide'><span class='bar' style='width:{:.1f}%'></span></td></tr>\n", html_text(vi), html_text(en),
                       count(tactic.rules.size()), count(tactic.matches), 100.0 * static_cast<double>(tactic.matches) / static_cast<double>(most)));
        };
        for (const Word& word : kTactics)
            if (const auto found = report_.tactics.find(std::string{word.key}); found != report_.tactics.end()) row(word.vi, word.en, found->second);
        for (const auto& [name, tactic] : report_.tactics)
            if (std::none_of(std::begin(kTactics), std::end(kTactics), [&name = name](const Word& word) { return word.key == name; })) row(name, "", tactic);
        add("</tbody></table><p class='small'>Một quy tắc có thể thuộc nhiều chiến thuật. <span lang='en'>A rule may belong to several tactics.</span></p></section>\n");
    }

    void unread() {
        add("<section>");
        add(heading("Chưa đọc được", "Not read or not understood"));
        if (report_.unparsed.empty() && report_.refused.empty()) {
            add("<p>Mọi tệp, mọi bản ghi và mọi quy tắc đều đọc được. <span class='en' lang='en'>Every file, record and rule was read.</span></p></section>\n");
            return;
        }
        add("<p class='unknown'>Những gì nêu dưới đây chưa được kiểm tra; không có kết quả khớp không có nghĩa là an toàn. <span lang='en'>What is listed here was not checked: no match says nothing about it.</span></p>");
        add("<table><thead><tr><th>Tệp hoặc quy tắc <span lang='en'>File or rule</span></th><th class='n'>Bản ghi <span lang='en'>Records</span></th><th>Lý do <span lang='en'>Reason</span></th></tr></thead><tbody>\n");
        const auto row = [&](const ScanReport::Unread& one) {
            add(format("<tr><td><bdi>{}</bdi></td><td class='n'>{}</td><td><bdi>{}</bdi></td></tr>\n", html_text(one.what), one.count == 0 ? "–" : count(one.count), html_text(one.reason)));
        };
        std::for_each(report_.refused.begin(), report_.refused.end(), row);
        std::for_each(report_.unparsed.begin(), report_.unparsed.end(), row);
        add("</tbody></table>");
        if (report_.refused_count > report_.refused.size()) add(format("<p class='small'>… và {} dòng nữa.</p>", count(report_.refused_count - report_.refused.size())));
        add("</section>\n");
    }

    void authors() {
        if (rules_.empty()) return;
        std::map<std::pair<std::string, std::string>, std::uint64_t> authors;
        for (const ScanReport::Rule* rule : rules_) ++authors[{rule->info->author, rule->info->license}];
        add("<section>");
        add(heading("Tác giả các quy tắc đã khớp", "Authors of the rules that matched"));
        add("<p class='small'>");
        bool first = true;
        for (const auto& [who, rules] : authors) {
            add(format("{}<bdi>{}</bdi>{} ({})", first ? "" : " · ", who.first.empty() ? "không ghi tên" : html_text(shorten(who.first, 200)), who.second.empty() ? std::string{} : ", " + html_text(shorten(who.second, 80)), count(rules)));
            first = false;
        }
        add("</p></section>\n");
    }

    static std::string html_lines(std::string_view text) {
        std::string out;
        for (const std::string_view line : split(text, '\n')) out += (out.empty() ? "" : "\n") + html_text(line);
        return out;
    }

    const ScanReport& report_;
    std::vector<const ScanReport::Rule*> rules_;
    std::string out_;
};

}  // namespace

std::string html_text(std::string_view text) { return escape_html(printable(text)); }

std::string html_report(const ScanReport& report) { return Page{report}.write(); }

}  // namespace vg::cli
