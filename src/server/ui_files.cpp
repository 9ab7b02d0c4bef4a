#include "server/ui_files.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.h"

namespace vg::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFiles = 2'000;
constexpr std::uintmax_t kMostUiBytes = std::uintmax_t{32} << 20;

// Scripts, styles, fonts and calls only from here; nothing inline. The console sets element styles through the DOM's own
// interface, which the directive does not concern (CSP Level 3, section 6.1.14).
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// Types of the files that the build writes; others are not loaded.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes{{{".html", "text/html; charset=utf-8"},
                                                                               {".js", "text/javascript; charset=utf-8"},
                                                                               {".css", "text/css; charset=utf-8"},
                                                                               {".svg", "image/svg+xml"},
                                                                               {".png", "image/png"},
                                                                               {".woff2", "font/woff2"},
                                                                               {".json", "application/json"},
                                                                               {".txt", "text/plain; charset=utf-8"}}};

std::string type_of(const fs::path& path) {
    for (const auto& [extension, type] : kTypes)
        if (path.extension() == extension) return std::string{type};
    return {};
}

// Whether the header Accept-Encoding names the coding without refusing it by q=0 (RFC 9110, section 12.5.3).
bool accepts(const net::Request& request, std::string_view coding) {
    const std::string header = request.header("accept-encoding").value_or("");
    for (std::string_view item : split(header, ',')) {
        const std::size_t semicolon = item.find(';');
        if (!equal_ignoring_ascii_case(trim(item.substr(0, semicolon)), coding)) continue;
        if (semicolon == std::string_view::npos) return true;
        std::string_view weight = trim(item.substr(semicolon + 1));
        return weight.find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

Result<std::string> read_file(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return fail(Code::unavailable, format("{} cannot be read", path.string()));
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

Result<UiFiles> UiFiles::load(const std::string& folder) {
    std::error_code error;
    UiFiles files;
    std::vector<fs::path> paths;
    std::uintmax_t bytes = 0;
    for (fs::recursive_directory_iterator at{folder, error}, end; at != end && !error; at.increment(error)) {
        if (!at->is_regular_file(error)) continue;
        bytes += at->file_size(error);
        paths.push_back(at->path());
        if (paths.size() > kMostFiles || bytes > kMostUiBytes)
            return fail(Code::too_large, format("{} holds more than {} files or {} bytes", folder, kMostFiles, kMostUiBytes));
    }
    if (error) return fail(Code::unavailable, format("{} cannot be read: {}", folder, error.message()));
    for (const fs::path& path : paths) {
        const bool gzip = path.extension() == ".gz";
        const bool brotli = path.extension() == ".br";
        const fs::path plain = gzip || brotli ? fs::path{path}.replace_extension() : path;
        const std::string type = type_of(plain);
        if (type.empty()) continue;
        File& file = files.files_[fs::relative(plain, folder, error).generic_string()];
        file.type = type;
        (gzip ? file.gzip : brotli ? file.brotli : file.plain) = TRY(read_file(path));
    }
    return files;
}

net::Response UiFiles::serve(const net::Request& request, const File& file, bool immutable) {
    net::Response response;
    response.headers = {{"Content-Type", file.type},
                        {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-store"},
                        {"Content-Security-Policy", std::string{kPolicy}},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Cross-Origin-Resource-Policy", "same-origin"},
                        {"Vary", "Accept-Encoding"}};
    if (request.tls) response.with("Strict-Transport-Security", "max-age=31536000");
    if (!file.brotli.empty() && accepts(request, "br")) {
        response.with("Content-Encoding", "br");
        response.body = file.brotli;
    } else if (!file.gzip.empty() && accepts(request, "gzip")) {
        response.with("Content-Encoding", "gzip");
        response.body = file.gzip;
    } else {
        response.body = file.plain;
    }
    return response;
}

std::optional<net::Response> UiFiles::answer(const net::Request& request) const {
    constexpr std::string_view kRoot = "/ui/";
    if (empty() || (request.method != "GET" && request.method != "HEAD")) return std::nullopt;
    if (request.path != "/ui" && !request.path.starts_with(kRoot)) return std::nullopt;
    const std::string_view below = request.path == "/ui" ? std::string_view{} : std::string_view{request.path}.substr(kRoot.size());
    if (const auto found = files_.find(below); found != files_.end() && !found->second.plain.empty())
        return serve(request, found->second, below.starts_with("assets/"));
    if (below.find('.') != std::string_view::npos || below.starts_with("assets/")) return std::nullopt;
    const auto index = files_.find("index.html");
    return index == files_.end() ? std::nullopt : std::optional{serve(request, index->second, false)};
}

std::optional<std::string> find_console_folder() {
    std::error_code error;
    std::vector<fs::path> candidates;
    if (const char* variable = std::getenv("VONGGAC_CONSOLE")) candidates.emplace_back(variable);
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    candidates.push_back(program.parent_path() / "console");
    candidates.push_back(program.parent_path().parent_path() / "console");
    candidates.emplace_back("/usr/share/vonggac/console");
    for (const fs::path& candidate : candidates)
        if (fs::is_regular_file(candidate / "index.html", error) && fs::is_directory(candidate / "assets", error)) return candidate.string();
    return std::nullopt;
}

}  // namespace vg::server
