#include "cli/search_request.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "cli/width.h"

namespace vg::cli {

namespace {

constexpr std::size_t kWindow = 100;  // columns of a query that are shown around the wrong place
constexpr std::chrono::milliseconds kLook{500};

// The problem document of a query as text for a person; nothing when it is about something else.
std::optional<std::string> query_error(const json::Value& problem, std::string_view query) {
    const auto offset = problem.integer("offset"), length = problem.integer("length");
    if (problem.text("field") != "q" || !offset || !length || *offset < 0 || *length < 0) return std::nullopt;
    return pointed(query, static_cast<std::size_t>(*offset), static_cast<std::size_t>(*length), problem.text("detail").value_or(""), problem.text("suggestion").value_or(""));
}

// The progress of a search on a line of its own, while another thread waits for the answer.
class Progress {
public:
    Progress(Call& call, const std::string& id) : call_(call), target_("/api/v1/searches/" + id) {
        if (call.streams.err_is_terminal) watcher_ = std::jthread{[this](const std::stop_token& stop) { watch(stop); }};
    }
    ~Progress() {
        if (!watcher_.joinable()) return;
        watcher_.request_stop();
        watcher_.join();
        if (shown_) call_.streams.err << "\r\033[K" << std::flush;
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

private:
    void watch(const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock{mutex};
        while (!wake.wait_for(lock, stop, kLook, [&] { return stop.stop_requested(); })) {
            const auto answer = call_.channel->send({.target = target_});
            if (!answer || answer->status != 200) continue;
            const auto search = json::parse(answer->body);
            if (!search) continue;
            const json::Value* progress = search->find("progress");
            const double done = progress != nullptr && progress->is_number() ? progress->as_real() : 0;
            const bool waits = search->boolean("waiting").value_or(false);
            call_.streams.err << (waits ? std::string{"\r\033[Kwaiting for a turn"} : format("\r\033[Ksearching: {}%", static_cast<int>(done * 100))) << std::flush;
            shown_ = true;
        }
    }

    Call& call_;
    const std::string target_;
    bool shown_ = false;  // the watcher's, and after it was joined the destructor's
    std::jthread watcher_;
};

std::string stretch(const json::Value& gap) {
    const auto from = gap.text("from"), to = gap.text("to");
    if (!from || !to) return "some events";
    return format("events received from {} to {}", *from, *to);
}

}  // namespace

int tell_incomplete(Call& call, const json::Value* incomplete) {
    if (incomplete == nullptr || !incomplete->is_array() || incomplete->as_array().empty()) return 0;
    for (const json::Value& gap : incomplete->as_array()) {
        const std::string reason = gap.text("reason").value_or("");
        const auto events = gap.integer("events");
        const std::string most = events ? format(", at most {}", *events) : std::string{};
        std::string text = format("{}{}: {}", stretch(gap), most, reason);
        if (reason == "missing") text = format("{} are missing{}; they are being put back from the journal", stretch(gap), most);
        if (reason == "lost") text = format("{} are lost to the archive{}", stretch(gap), most);
        if (reason == "behind") text = format("events received since {} cannot be found yet; the archive is behind", gap.text("from").value_or("a while"));
        call.streams.err << "vonggac: this answer is incomplete: " << printable(text) << "\n";
    }
    return 3;
}

Result<Time> parse_moment(std::string_view text, Time now) {
    std::string_view rest = text;
    if (rest.starts_with("now")) {
        rest.remove_prefix(3);
        if (rest.empty()) return now;
        if (rest.front() != '-') rest = {};
    }
    if (rest.starts_with('-')) rest.remove_prefix(1);
    if (const auto span = parse_span(rest)) return now - *span;
    if (const auto time = parse_time(text)) return *time;
    if (const auto day = parse_time(std::string{text} + "T00:00:00Z")) return *day;
    return fail(Code::bad_input, format("{} is no time: write 2026-01-31T08:00:00Z, 2026-01-31, now, or a time back such as -24h or -90d", shorten(text, 64)));
}

std::string pointed(std::string_view query, std::size_t offset, std::size_t length, std::string_view text, std::string_view suggestion) {
    std::string out = printable(text);
    offset = std::min(offset, query.size());
    length = std::min(length, query.size() - offset);
    // A long query is shown around the place.
    std::size_t begin = 0, end = query.size();
    if (width(printable(query)) > kWindow) {
        begin = offset > kWindow / 2 ? offset - kWindow / 2 : 0;
        end = std::min(query.size(), begin + kWindow);
        while (begin > 0 && (query[begin] & 0xC0) == 0x80) --begin;
        while (end < query.size() && (query[end] & 0xC0) == 0x80) ++end;
    }
    const std::string before = (begin > 0 ? "…" : "") + printable(query.substr(begin, offset - begin));
    const std::string wrong = printable(query.substr(offset, std::min(length, end > offset ? end - offset : 0)));
    const std::string after = end > offset + length ? printable(query.substr(offset + length, end - offset - length)) + (end < query.size() ? "…" : "") : "";
    const std::size_t marks = std::max<std::size_t>(width(wrong), 1);
    out += "\n    " + before + wrong + after + "\n    " + std::string(width(before), ' ') + "^" + std::string(marks - 1, '~');
    if (!suggestion.empty()) out += "\n    did you mean " + printable(suggestion) + "?";
    return out;
}

Result<net::Answer> send_search(Call& call, const Message& message, const std::string& id, std::string_view query) {
    net::Answer answer;
    {
        const Progress progress{call, id};
        answer = TRY(call.channel->send(message));
    }
    if (answer.status < 300) return answer;
    if (const auto problem = json::parse(answer.body); problem && problem->is_object())
        if (const auto text = query_error(*problem, query)) return fail(answer.status == 403 ? Code::denied : Code::bad_input, *text);
    return fail(error_of(answer));
}

}  // namespace vg::cli
