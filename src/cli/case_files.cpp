// vonggac case attach, attachments and download: files of cases and of their victims.
#include <filesystem>
#include <iterator>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/case_verbs.h"
#include "store/disk.h"

namespace vg::cli::of_cases {

namespace {

constexpr Column kFiles[] = {{"NAME", "name"}, {"BYTES", "bytes", true}, {"SHA256", "sha256"}, {"BY", "by"}, {"ADDED", "added"}, {"EVIDENCE", "evidence", true}, {"ID", "id"}};
constexpr std::size_t kMostFileRead = std::size_t{64} << 20;

// Of a case by its number or id, or of an item by its id.
Result<std::string> attachments_path(Call& call) {
    const std::string& named = call.arguments[0];
    const std::string item = format("/api/v1/case-items/{}", net::percent_encode(named));
    if (!parse_int(named) && call.channel != nullptr) {
        const net::Answer found = TRY(call.channel->send({.method = "GET", .target = item, .body = {}}));
        if (found.status == 200) return item + "/attachments";
    }
    return path_of(call, "attachments");
}

}  // namespace

Result<std::string> file_contents(Call& call, const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{call.streams.in}, {}};
    if (std::filesystem::is_directory(path)) return fail(Code::bad_input, format("{} is a folder; name a file", path));
    return TRY_IN(path + ": ", store::read_whole(store::system_disk(), path, kMostFileRead));
}

Result<int> attach(Call& call) {
    const std::string& file = call.arguments[1];
    std::string target = TRY(attachments_path(call));
    add_parameter(target, "name", call.option("name").value_or(file == "-" ? "stdin" : std::filesystem::path{file}.filename().string()));
    add_parameter(target, "note", call.option("note"));
    const std::string bytes = TRY(file_contents(call, file));
    const net::Answer sent = TRY(call.channel->send({.method = "POST", .target = target, .body = bytes, .headers = {{"content-type", "application/octet-stream"}}}));
    if (sent.status != 201) return fail(error_of(sent));
    const json::Value kept = TRY(json::parse(sent.body));
    Printer printer = TRY(Printer::make(call, kFiles));
    printer.one(kept);
    return 0;
}

Result<int> attachments(Call& call) { return print_list(call, TRY(attachments_path(call)), kFiles); }

Result<int> download(Call& call) {
    const net::Answer answer = TRY(call.channel->send({.method = "GET", .target = format("/api/v1/attachments/{}/content", net::percent_encode(call.arguments[0])), .body = {}}));
    if (answer.status != 200) return fail(error_of(answer));
    const std::string& file = call.arguments[1];
    if (file == "-") {
        call.streams.out << answer.body;
        return 0;
    }
    if (std::filesystem::exists(file)) return fail(Code::conflict, format("{}: the file exists already", file));
    TRY(store::write_whole(store::system_disk(), file, answer.body));
    return 0;
}

}  // namespace vg::cli::of_cases
