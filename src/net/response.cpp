#include <ctime>

#include "base/json.h"
#include "net/connection.h"
#include "net/status.h"

namespace vg::net {
namespace {

// Header values may carry hostile text: no line end gets out.
void append_clean(std::string& out, std::string_view text) {
    for (const char c : text) out.push_back(static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c);
}

// IMF-fixdate (RFC 9110, section 5.6.7).
void append_date(std::string& out, Time now) {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = static_cast<std::time_t>(now.micros / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday % 7], parts.tm_mday,
                                   months[parts.tm_mon % 12], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    out.append(text, static_cast<std::size_t>(size));
}

}  // namespace

std::string response_head(const Response& response, std::optional<std::size_t> length, bool chunked, bool close, const ServerOptions& options) {
    std::string out;
    out.reserve(512);
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_phrase(response.status)).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        append_clean(out, name);
        out.append(": ");
        append_clean(out, value);
        out.append("\r\n");
    }
    if (length)
        out.append("Content-Length: ").append(std::to_string(*length)).append("\r\n");
    else if (chunked)
        out.append("Transfer-Encoding: chunked\r\n");
    if (options.clock != nullptr) {
        out.append("Date: ");
        append_date(out, options.clock->now());
        out.append("\r\n");
    }
    if (!options.server_name.empty()) out.append("Server: ").append(options.server_name).append("\r\n");
    if (close) out.append("Connection: close\r\n");
    out.append("\r\n");
    return out;
}

Response problem(int status, const std::string& title, const std::string& detail) {
    Response response{.status = status,
                      .body = json::object({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}}).dump()};
    response.with("Content-Type", "application/problem+json");
    return response;
}

}  // namespace vg::net
