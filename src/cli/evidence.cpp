// Events as evidence: a ZIP that proves itself, and the check of one.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>

#include "api/evidence_check.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/output.h"

namespace vg::cli::of_evidence {

namespace {

constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} << 30;

constexpr Column kVerified[] = {{"GOOD", "good"}, {"EVENTS", "events", true}, {"STATED", "stated", true}, {"CHAINED", "chained", true}, {"KEY", "key"}, {"WRONG", "wrong"}};

Result<int> write_pack(Call& call) {
    const std::string path = *call.option("output");
    if (std::filesystem::exists(path)) return fail(Code::conflict, format("--output {}: the file exists already", path));
    const std::string part = path + ".part";
    std::ofstream file{part, std::ios::binary | std::ios::trunc};
    if (!file) return fail(Code::unavailable, format("--output {}: the file cannot be written: {}", path, std::strerror(errno)));
    json::Value ids{json::Array{}};
    for (const std::string& id : call.arguments) ids.add(id);
    json::Value body = json::object({{"ids", std::move(ids)}, {"reason", call.option("reason")}});
    if (call.has("statements")) body.set("chain", "statements");
    Message message{.method = "POST", .target = "/api/v1/events/evidence", .body = body.dump()};
    std::string end;  // of the file: a ZIP that broke off has none
    message.on_data = [&](std::string_view piece) {
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        end.append(piece.substr(piece.size() - std::min<std::size_t>(piece.size(), 22)));
        if (end.size() > 22) end.erase(0, end.size() - 22);
        return file.good();
    };
    const auto sent = call.channel->send(message);
    file.close();
    std::error_code error;
    const auto give_up = [&](Error why) {
        std::filesystem::remove(part, error);
        return fail(std::move(why));
    };
    if (!sent) return give_up(sent.error());
    if (sent->status >= 300) return give_up(error_of(*sent));
    if (!file) return give_up({Code::unavailable, format("--output {}: the file cannot be written", path)});
    if (!end.starts_with("PK\x05\x06")) return give_up({Code::unavailable, "the server broke off before the end of the evidence; its log says why"});
    std::filesystem::rename(part, path, error);
    if (error) return fail(Code::unavailable, format("--output {}: {}", path, error.message()));
    Printer printer = TRY(Printer::make(call, {}));
    printer.one(json::object({{"file", path}, {"events", call.arguments.size()}}));
    return 0;
}

Result<std::string> read_file(const std::string& path) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(path, error);
    if (error) return fail(Code::not_found, format("{}: {}", path, error.message()));
    if (bytes > kMostBytes) return fail(Code::too_large, format("{}: evidence files have at most 4 GiB", path));
    std::ifstream file{path, std::ios::binary};
    std::string content(static_cast<std::size_t>(bytes), '\0');
    if (!file.read(content.data(), static_cast<std::streamsize>(bytes))) return fail(Code::unavailable, format("{}: cannot be read", path));
    return content;
}

Result<int> verify_pack(Call& call) {
    const std::string zip = TRY(read_file(call.arguments[0]));
    std::string key = call.option("key").value_or("");
    if (!key.empty() && std::filesystem::exists(key)) key = trim(TRY(read_file(key)));
    const api::EvidenceReport report = TRY(api::check_evidence(zip, key));
    json::Value wrong{json::Array{}};
    for (const std::string& one : report.wrong) wrong.add(one);
    Printer printer = TRY(Printer::make(call, kVerified));
    printer.one(json::object({{"good", report.good()}, {"events", report.events}, {"stated", report.stated}, {"chained", report.chained}, {"key", report.key}, {"key_given", report.key_given}, {"wrong", std::move(wrong)}}));
    if (!report.key_given) say(call, "The key is the file's own: compare it with keys/journal.pub of the node, or give that with --key.");
    return report.good() ? 0 : 1;
}

constexpr Option kExport[] = {
    {"reason", "TEXT", "why; stands in the audit chain and in the file", Need::required},
    {"output", "FILE", "the ZIP to write", Need::required},
    {"statements", "", "without the journal's blocks, which hold neighbouring records too"},
};
constexpr Option kVerify[] = {{"key", "KEY", "hexadecimal, or the file keys/journal.pub of the node; without it the file's own, which proves less"}};
constexpr Verb kVerbs[] = {
    {.name = "export", .arguments = "ID...", .about = "Packs events with their bytes, hashes and proof into a ZIP.", .options = kExport, .run = write_pack},
    {.name = "verify", .arguments = "FILE", .about = "Checks an evidence ZIP: sums, statements, blocks; exit code 1 when something does not fit.", .options = kVerify, .local = true, .run = verify_pack},
};

}  // namespace

extern const Noun evidence{.name = "evidence", .about = "Events as evidence that proves itself.", .verbs = kVerbs};

}  // namespace vg::cli::of_evidence
