#include "cli/ask.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "base/text.h"
#include "cli/width.h"

namespace vg::cli {

namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kMostPages = 10'000;  // ten million items

Code code_named(std::string_view name) {
    for (Code code : {Code::bad_input, Code::not_found, Code::denied, Code::conflict, Code::too_large, Code::busy, Code::unavailable, Code::corrupt})
        if (name_of(code) == name) return code;
    return Code::internal;
}

}  // namespace

Error error_of(const net::Answer& answer) {
    const auto problem = json::parse(answer.body);
    if (!problem || !problem->is_object()) return {Code::unavailable, format("the server answered with status {}", answer.status)};
    std::string text = problem->text("detail").value_or(problem->text("title").value_or("the server gave no reason"));
    if (const auto field = problem->text("field")) text = format("{}: {}", *field, text);
    if (answer.status == 401) text += "; check VONGGAC_TOKEN, or make a token on the server with `vonggac token add`";
    return {code_named(problem->text("code").value_or("")), printable(text)};
}

Result<json::Value> ask(Call& call, std::string_view method, const std::string& target, const std::optional<json::Value>& body) {
    Message message{.method = std::string{method}, .target = target, .body = body ? body->dump() : std::string{}};
    const net::Answer answer = TRY(call.channel->send(message));
    if (answer.status >= 300) return fail(error_of(answer));
    if (answer.body.empty()) return json::Value{};
    json::Value value = TRY_IN("the server's answer is no JSON: ", json::parse(answer.body));
    if (!value.is_object()) return fail(Code::internal, "the server's answer is no JSON object; is it a vonggac server?");
    return value;
}

void add_parameter(std::string& target, std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += format("{}={}", name, net::percent_encode(*value));
}

Status ask_list(Call& call, const std::string& target, const std::function<bool(const json::Value&)>& keep) {
    std::optional<std::string> after;
    for (std::size_t page = 0; page < kMostPages; ++page) {
        std::string next = target;
        add_parameter(next, "limit", format("{}", kPage));
        add_parameter(next, "after", after);
        const json::Value answer = TRY(ask(call, "GET", next));
        const json::Value* items = answer.find("items");
        if (items == nullptr || !items->is_array()) return fail(Code::internal, "the server's answer is no list");
        for (const json::Value& item : items->as_array())
            if (!keep(item)) return {};
        after = answer.text("next");
        if (!after) return {};
    }
    return fail(Code::too_large, "the list has more than ten million items; narrow it");
}

Result<int> print_list(Call& call, const std::string& target, std::span<const Column> columns) {
    Printer printer = TRY(Printer::make(call, columns));
    std::int64_t most = INT64_MAX;
    if (const auto limit = call.option("limit")) {
        const auto number = parse_int(*limit);
        if (!number || *number < 1) return fail(Code::bad_input, format("--limit must be a number from 1, not {}", *limit));
        most = *number;
    }
    std::int64_t count = 0;
    const Status listed = ask_list(call, target, [&](const json::Value& item) {
        printer.add(item);
        return ++count < most;
    });
    if (!listed && count == 0) return fail(listed.error());
    printer.finish();
    if (listed) return 0;
    call.streams.err << "vonggac: the list breaks off here: " << listed.error().text << "\n";
    return 3;
}

Result<int> print_one(Call& call, std::string_view method, const std::string& target, std::span<const Column> columns, const std::optional<json::Value>& body) {
    Printer printer = TRY(Printer::make(call, columns));
    printer.one(TRY(ask(call, method, target, body)));
    return 0;
}

Result<std::string> id_of(Call& call, const std::string& list_target, std::string_view what, const std::string& named) {
    if (parse_uuid(named)) return named;
    std::optional<std::string> found;
    bool several = false;
    TRY(ask_list(call, list_target, [&](const json::Value& item) {
        if (nfc(item.text("name").value_or("")) != nfc(named)) return true;
        several = found.has_value();
        found = item.text("id");
        return !several;
    }));
    if (several) return fail(Code::bad_input, format("there are several of the name {}; give the id that `vonggac {} list` shows", named, what));
    if (!found) return fail(Code::not_found, format("there is no {} {}; `vonggac {} list` shows what there is", what, named, what));
    return *found;
}

Result<std::string> id_by_number(Call& call, const std::string& list_target, const std::string& named, std::string_view what) {
    const auto number = parse_int(named);
    const bool newest = named == "last";
    if (!number && !newest) return named;
    std::string found;
    TRY(ask_list(call, list_target, [&](const json::Value& one) {
        if (newest || one.integer("number") == number) found = one.text("id").value_or("");
        return found.empty();
    }));
    if (found.empty()) return fail(Code::not_found, format("there is no {} {}", what, named));
    return found;
}

Result<int> save_answer(Call& call, const std::string& target, const std::string& path) {
    if (std::filesystem::exists(path)) return fail(Code::conflict, format("{}: the file exists already", path));
    const net::Answer answer = TRY(call.channel->send({.method = "GET", .target = target, .body = {}}));
    if (answer.status != 200) return fail(error_of(answer));
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
    file.close();
    if (!file) return fail(Code::unavailable, format("{}: the file cannot be written: {}", path, std::strerror(errno)));
    Printer printer = TRY(Printer::make(call, {}));
    printer.one(json::object({{"file", path}, {"bytes", answer.body.size()}}));
    return 0;
}

void say(Call& call, std::string_view text) {
    if (call.streams.err_is_terminal) call.streams.err << text << "\n";
}

}  // namespace vg::cli
