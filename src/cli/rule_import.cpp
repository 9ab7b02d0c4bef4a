// Packs of rules: `vonggac rule import PATH|ZIP|URL` and what belongs to it. What a pack holds is read by the server, which
// takes a ZIP; a folder is packed here, and a URL is fetched here, so that the server itself never goes out.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include "api/rule_store.h"
#include "api/zip.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/rule_verbs.h"
#include "cli/width.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

namespace fs = std::filesystem;

constexpr int kMostRedirects = 5;
constexpr Column kPacks[] = {{"NAME", "name"}, {"VERSION", "version"}, {"LICENCE", "licence"}, {"RULES", "rules", true}, {"INSTALLED", "installed"}, {"SOURCE", "source"}};
constexpr Column kTunings[] = {{"RULE", "rule"}, {"MADE", "made"}, {"REASON", "reason"}};
constexpr Column kInForce[] = {{"RULE", "rule"}, {"IN FORCE", "in_force", true}};

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

// "https://host/path" of a Location that may leave out what stays the same.
std::string target_of(const std::string& url, const std::string& location) {
    if (location.find("://") != std::string::npos) return location;
    const std::size_t path = url.find('/', url.find("://") + 3);
    const std::string origin = url.substr(0, path);
    if (location.starts_with('/')) return origin + location;
    return url.substr(0, url.rfind('/') + 1) + location;
}

Result<std::string> fetch(const std::string& from) {
    std::string url = from;
    for (int i = 0; i <= kMostRedirects; ++i) {
        std::string bytes;
        bool too_large = false;
        net::Call call;
        call.url = url;
        call.on_data = [&](std::string_view piece) {
            too_large = bytes.size() + piece.size() > api::kMostPackBytes;
            if (!too_large) bytes += piece;
            return !too_large;
        };
        const auto answer = net::fetch(call);
        if (too_large) return fail(Code::too_large, format("{} sends more than {} MiB", url, api::kMostPackBytes >> 20));
        if (!answer) return fail(answer.error().code, format("{}: {}", url, answer.error().text));
        if (answer->status >= 300 && answer->status < 400) {
            const auto location = answer->header("location");
            if (!location) return fail(Code::unavailable, format("{} answers with status {} and names no other place", url, answer->status));
            const std::string next = target_of(url, *location);
            if (!is_url(next) || (url.starts_with("https://") && !next.starts_with("https://")))
                return fail(Code::bad_input, format("{} leads to {}, which is not followed: only to http and https, and never from https to http", url, printable(shorten(next, 200))));
            url = next;
            continue;
        }
        if (answer->status != 200) return fail(Code::unavailable, format("{} answers with status {}", url, answer->status));
        return bytes;
    }
    return fail(Code::unavailable, format("{} leads on more than {} times", from, kMostRedirects));
}

bool belongs_to_pack(const fs::path& path) {
    const std::string name = lower_ascii(path.filename().string());
    return name.ends_with(".yml") || name.ends_with(".yaml") || name.starts_with("license") || name.starts_with("licence") || name.starts_with("copying") || name == "version" || name == "version.txt";
}

// A folder as a ZIP; names are relative to it.
Result<std::string> packed(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code trouble;
    for (fs::recursive_directory_iterator entry{folder, fs::directory_options::skip_permission_denied, trouble}, end; !trouble && entry != end; entry.increment(trouble)) {
        std::error_code unknown;
        const std::string name = entry->path().filename().string();
        if (entry->is_directory(unknown) && (name == "cases" || name.starts_with('.'))) entry.disable_recursion_pending();
        if (entry->is_regular_file(unknown) && belongs_to_pack(entry->path())) names.push_back(fs::relative(entry->path(), folder, unknown).generic_string());
        if (names.size() > api::kMostPackFiles) return fail(Code::too_large, format("{} holds more than {} files", folder, api::kMostPackFiles));
    }
    if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", folder, trouble.message()));
    std::sort(names.begin(), names.end());
    // A fixed time: the same folder gives the same bytes, and so the same hash.
    api::ZipWriter zip{Time{}};
    std::string bytes;
    for (const std::string& name : names) {
        bytes += zip.add(name, TRY(store::read_whole(store::system_disk(), folder + "/" + name, api::kMostPackFile)));
        if (bytes.size() > api::kMostPackBytes) return fail(Code::too_large, format("{} holds more than {} MiB of rules", folder, api::kMostPackBytes >> 20));
    }
    return bytes + zip.finish();
}

Result<std::string> bytes_of(const std::string& from) {
    if (is_url(from)) return fetch(from);
    if (from.find("://") != std::string::npos) return fail(Code::bad_input, format("{} is neither a path nor an http or https URL", from));
    std::error_code trouble;
    if (fs::is_directory(from, trouble)) return packed(from);
    if (!fs::is_regular_file(from, trouble)) return fail(Code::not_found, format("there is no file or folder {}", from));
    std::string bytes = TRY(store::read_whole(store::system_disk(), from, api::kMostPackBytes));
    if (bytes.starts_with("PK")) return bytes;
    // A single file of rules.
    api::ZipWriter zip{Time{}};
    std::string whole = zip.add(fs::path{from}.filename().string(), bytes);
    return whole + zip.finish();
}

// "sigma_all_rules.zip" → "sigma_all_rules".
std::string pack_name_of(std::string from) {
    while (from.size() > 1 && from.ends_with('/')) from.pop_back();
    from = from.substr(0, from.find('?'));
    std::string name;
    for (const char c : lower_ascii(fs::path{from}.stem().string()))
        name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ? c : '-';
    return name.empty() ? "rules" : name.substr(0, 64);
}

std::int64_t count_of(const json::Value& answer, const char* member) {
    const json::Value* changes = answer.find(member);
    const json::Value* count = changes != nullptr ? changes->find("count") : nullptr;
    return count != nullptr && count->is_int() ? count->as_int() : 0;
}

void print_changes(std::ostream& out, const json::Value& answer, const char* member, std::string_view sign, std::string_view words) {
    out << sign << " " << count_of(answer, member) << " " << words << "\n";
    const json::Value* changes = answer.find(member);
    const json::Value* rules = changes != nullptr ? changes->find("rules") : nullptr;
    if (rules == nullptr || !rules->is_array()) return;
    for (const json::Value& rule : rules->as_array()) out << "    " << sign << " " << printable(rule.text("id").value_or("")) << "  " << printable(rule.text("title").value_or("")) << "\n";
}

void print_import(std::ostream& out, const json::Value& answer) {
    const json::Value* pack = answer.find("pack");
    const auto text = [&](const char* name) { return pack != nullptr ? printable(pack->text(name).value_or("")) : std::string{}; };
    out << text("name") << " " << text("version");
    if (const auto before = answer.text("before")) out << " (trước đó / before: " << printable(*before) << ")";
    out << "\ngiấy phép / licence: " << (text("licence").empty() ? "?" : text("licence")) << "\n";
    if (answer.boolean("dry_run").value_or(false)) out << "chỉ xem trước, chưa thay đổi gì / a dry run: nothing was changed\n";
    print_changes(out, answer, "added", "+", "luật mới / added");
    print_changes(out, answer, "changed", "~", "luật đổi / changed");
    print_changes(out, answer, "removed", "-", "luật bị bỏ / removed");
    if (const json::Value* same = answer.find("same"); same != nullptr && same->is_int()) out << "= " << same->as_int() << " luật như cũ / the same\n";
    if (const json::Value* tuned = answer.find("tuned"); tuned != nullptr && tuned->is_array())
        for (const json::Value& one : tuned->as_array())
            out << "tắt / off (" << printable(one.text("state").value_or("")) << "): " << printable(one.text("id").value_or("")) << "  " << printable(one.text("reason").value_or("")) << "\n";
    if (const json::Value* refused = answer.find("refused"); refused != nullptr && refused->is_array())
        for (const json::Value& one : refused->as_array())
            out << "bị từ chối / refused: " << printable(one.text("file").value_or("")) << ": " << printable(one.text("reason").value_or("")) << "\n";
}

}  // namespace

Result<int> rule_import(Call& call) {
    const std::string& from = call.arguments[0];
    Message message{.method = "POST", .target = "/api/v1/rule-packs"};
    message.body = TRY(bytes_of(from));
    message.headers.emplace_back("content-type", "application/zip");
    add_parameter(message.target, "name", call.option("name").value_or(pack_name_of(from)));
    add_parameter(message.target, "version", call.option("version"));
    add_parameter(message.target, "licence", call.option("licence"));
    add_parameter(message.target, "source", is_url(from) ? from : fs::path{from}.filename().string());
    if (call.has("dry-run")) add_parameter(message.target, "dry_run", "true");
    const net::Answer sent = TRY(call.channel->send(message));
    if (sent.status >= 300) return fail(error_of(sent));
    const json::Value answer = TRY_IN("the server's answer is no JSON: ", json::parse(sent.body, {.depth = 32, .bytes = std::size_t{64} << 20}));
    if (TRY(format_of(call)) == Format::table) {
        print_import(call.streams.out, answer);
    } else {
        Printer printer = TRY(Printer::make(call, {}));
        printer.one(answer);
    }
    const json::Value* refused = answer.find("refused_count");
    return refused != nullptr && refused->is_int() && refused->as_int() > 0 ? 3 : 0;
}

Result<int> rule_packs(Call& call) { return print_list(call, "/api/v1/rule-packs", kPacks); }
Result<int> rule_remove(Call& call) {
    TRY(ask(call, "DELETE", "/api/v1/rule-packs/" + net::percent_encode(call.arguments[0])));
    return 0;
}
Result<int> rule_disable(Call& call) {
    return print_one(call, "POST", format("/api/v1/rules/{}/disable", net::percent_encode(call.arguments[0])), kInForce, json::object({{"reason", call.option("reason")}}));
}
Result<int> rule_enable(Call& call) {
    return print_one(call, "POST", format("/api/v1/rules/{}/enable", net::percent_encode(call.arguments[0])), kInForce, json::object({{"reason", call.option("reason")}}));
}
Result<int> rule_disabled(Call& call) { return print_list(call, "/api/v1/rule-tunings", kTunings); }

}  // namespace vg::cli
