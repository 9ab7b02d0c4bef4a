#include "cli/line_answer.h"

namespace vg::cli {

namespace {

struct Lines {
    const std::function<void(const json::Value&)>& progress;
    std::string rest = {};
    std::optional<json::Value> result = {};
    std::optional<std::string> trouble = {};

    void take(std::string_view bytes) {
        rest += bytes;
        std::size_t end = 0;
        while ((end = rest.find('\n')) != std::string::npos) {
            line(std::string_view{rest}.substr(0, end));
            rest.erase(0, end + 1);
        }
    }

    void line(std::string_view text) {
        const auto value = json::parse(text);
        if (!value || !value->is_object()) return;
        if (value->text("type") == "result") result = *value;
        if (const json::Value* problem = value->find("problem")) trouble = problem->text("detail").value_or("the server gave no reason");
        if (value->text("type") == "progress") progress(*value);
    }
};

}  // namespace

Result<json::Value> ask_for_lines(Call& call, Message message, const std::function<void(const json::Value&)>& progress, std::string_view broken_off) {
    Lines lines{.progress = progress};
    message.on_data = [&](std::string_view bytes) {
        lines.take(bytes);
        return true;
    };
    const net::Answer answer = TRY(call.channel->send(message));
    if (answer.status >= 300) {
        const auto problem = json::parse(answer.body);
        return fail(Code::denied, problem ? problem->text("detail").value_or("the server refused") : std::string{"the server refused"});
    }
    if (lines.trouble) return fail(Code::unavailable, *lines.trouble);
    if (!lines.result) return fail(Code::unavailable, std::string{broken_off});
    return std::move(*lines.result);
}

}  // namespace vg::cli
