// `vonggac rule backtest`, `coverage` and `score`.
#include <filesystem>
#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/rule_verbs.h"
#include "cli/width.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

constexpr Column kScore[] = {{"RULE", "rule"},    {"TITLE", "title", false, "title_vi"},  {"FINDINGS", "findings", true}, {"EVENTS", "events", true}, {"OPEN", "open", true}, {"CLOSED", "closed", true}, {"FALSE", "closed_false", true}, {"ATTACK", "closed_true", true},
                             {"MUTED", "muted", true}, {"LAST SEEN", "last_seen"}, {"µs/EVENT", "microseconds_per_event", true}, {"OF EVENTS", "measured", true}};
constexpr std::size_t kMostText = 500'000;

std::int64_t number(const json::Value& value, const char* name) {
    const json::Value* found = value.find(name);
    return found != nullptr && found->is_int() ? found->as_int() : 0;
}
double real(const json::Value& value, const char* name) {
    const json::Value* found = value.find(name);
    return found != nullptr && found->is_number() ? found->as_real() : 0;
}
std::string text(const json::Value& value, const char* name) { return printable(value.text(name).value_or("")); }

template <class Visit>
void each(const json::Value& value, const char* name, Visit visit) {
    if (const json::Value* items = value.find(name); items != nullptr && items->is_array())
        for (const json::Value& item : items->as_array()) visit(item);
}

std::string joined(const json::Value& value, const char* name) {
    std::string out;
    each(value, name, [&](const json::Value& item) { out += (out.empty() ? "" : ", ") + (item.is_text() ? printable(item.as_text()) : std::string{}); });
    return out;
}

Result<std::optional<std::int64_t>> days_of(const Call& call) {
    const auto given = call.option("days");
    if (!given) return std::nullopt;
    const auto days = parse_int(*given);
    if (!days || *days < 1 || *days > 366) return fail(Code::bad_input, format("--days must be a number from 1 to 366, not {}", *given));
    return days;
}

void print_backtest(const Call& call, const json::Value& answer) {
    std::ostream& out = call.streams.out;
    const bool whole = answer.boolean("whole").value_or(false);
    out << text(answer, "from") << " – " << text(answer, "to") << ": " << number(answer, "events") << " sự kiện / events, " << format("{:.1f}", real(answer, "seconds")) << " s\n";
    if (!whole) out << "hết thời gian: chỉ xem được khoảng trên / out of time: only the time above was looked through\n";
    if (answer.boolean("masked").value_or(false)) out << "giá trị cá nhân bị che với luật / personal values were hidden from the rules\n";
    each(answer, "rules", [&](const json::Value& rule) {
        out << "\n" << printable(title_of(call, rule)) << " (" << text(rule, "author") << ")\n    " << number(rule, "matches") << " lần khớp / matches, " << format("{:.2f}", real(rule, "per_day")) << " mỗi ngày / a day";
        if (number(rule, "unconfirmed") > 0) out << ", " << number(rule, "unconfirmed") << " không rõ nguồn / of unknown log source";
        out << "\n";
        each(rule, "days", [&](const json::Value& day) { out << "    " << text(day, "day") << "  " << number(day, "matches") << "\n"; });
        each(rule, "samples", [&](const json::Value& sample) { out << "    " << text(sample, "occurred") << "  " << text(sample, "event") << "\n"; });
    });
}

void print_coverage(std::ostream& out, const json::Value& answer) {
    out << "Kỹ thuật / techniques (luật có nguồn cấp / fed, tất cả / all):\n";
    each(answer, "techniques", [&](const json::Value& one) { out << format("  {:<12}{:>6}{:>6}  {}\n", text(one, "technique"), number(one, "fed"), number(one, "rules"), joined(one, "tactics")); });
    out << "Luật không có nguồn nào gửi dữ liệu / rules that no source feeds (product/category/service):\n";
    each(answer, "without_source", [&](const json::Value& one) {
        const auto part = [&](const char* name) { return text(one, name).empty() ? std::string{"-"} : text(one, name); };
        out << format("  {:>6}  {}/{}/{}\n", number(one, "rules"), part("product"), part("category"), part("service"));
    });
    out << "Nguồn và số luật nó nuôi / sources, and how many rules each feeds:\n";
    each(answer, "sources", [&](const json::Value& one) { out << format("  {:>6}  {}  {}\n", number(one, "rules"), text(one, "name"), joined(one, "log_sources")); });
    if (!answer.boolean("whole").value_or(true)) out << "chưa xem hết các nguồn / not every source was looked at\n";
}

}  // namespace

Result<int> rule_backtest(Call& call) {
    const std::string& named = call.arguments[0];
    json::Value body{json::Object{}};
    std::error_code trouble;
    if (std::filesystem::is_regular_file(named, trouble))
        body.set("text", TRY(store::read_whole(store::system_disk(), named, kMostText)));
    else
        body.set("rule", named);
    if (const auto days = TRY(days_of(call))) body.set("days", *days);
    const json::Value answer = TRY(ask(call, "POST", "/api/v1/rules/backtest", body));
    if (TRY(format_of(call)) == Format::table) {
        print_backtest(call, answer);
    } else {
        Printer printer = TRY(Printer::make(call, {}));
        printer.one(answer);
    }
    return answer.boolean("whole").value_or(false) ? 0 : 3;
}

Result<int> rule_coverage(Call& call) {
    std::string target = "/api/v1/rules/coverage";
    if (const auto days = TRY(days_of(call))) add_parameter(target, "days", format("{}", *days));
    const json::Value answer = TRY(ask(call, "GET", target));
    if (TRY(format_of(call)) == Format::table) {
        print_coverage(call.streams.out, answer);
    } else {
        Printer printer = TRY(Printer::make(call, {}));
        printer.one(answer);
    }
    return answer.boolean("whole").value_or(false) ? 0 : 3;
}

Result<int> rule_score(Call& call) { return print_list(call, "/api/v1/rules/scorecards", kScore); }

}  // namespace vg::cli
