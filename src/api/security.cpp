#include "api/security.h"

#include "base/bytes.h"
#include "base/text.h"

namespace vg::api {

Status check_origin(const net::Request& request) {
    const auto refuse = [] { return fail(Code::denied, "calls from the pages of other sites are refused"); };
    if (const auto site = request.header("sec-fetch-site"); site && *site != "same-origin" && *site != "none") return refuse();
    const auto origin = request.header("origin");
    if (!origin) return {};
    const auto host = request.header("host");
    const std::string own = format("{}://{}", request.tls ? "https" : "http", host.value_or(""));
    if (!host || !equal_ignoring_ascii_case(*origin, own)) return refuse();
    return {};
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

std::string session_cookie(const net::Request& request) {
    for (const auto& [name, value] : request.headers) {
        if (name != "cookie") continue;
        for (std::string_view pair : split(value, ';')) {
            pair = trim(pair);
            const std::size_t equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == kSessionCookie) return std::string{pair.substr(equals + 1)};
        }
    }
    return {};
}

Result<Caller> caller_of(access::Gate& gate, const net::Request& request, Time now) {
    if (const auto authorization = request.header("authorization")) {
        constexpr std::string_view kBearer = "Bearer ";
        if (!starts_with_ignoring_ascii_case(*authorization, kBearer))
            return fail(Code::denied, "the header Authorization must be: Bearer TOKEN");
        return Caller{TRY(gate.token(trim(std::string_view{*authorization}.substr(kBearer.size())), now)), {}};
    }
    std::string session = session_cookie(request);
    if (session.empty()) return fail(Code::denied, "sign in first, or send Authorization: Bearer with a token");
    access::Actor actor = TRY(gate.session(session, now));
    return Caller{std::move(actor), std::move(session)};
}

std::string set_cookie(std::string_view token, bool tls) {
    return format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", kSessionCookie, token, tls ? "; Secure" : "", token.empty() ? "; Max-Age=0" : "");
}

std::string csrf_token(std::string_view session_token) { return sha256_hex("vonggac csrf " + std::string{session_token}); }

Status check_csrf(const net::Request& request, std::string_view session_token) {
    const auto sent = request.header(kCsrfHeader);
    if (sent && equal_in_constant_time(*sent, csrf_token(session_token))) return {};
    return fail(Code::denied, "the header X-CSRF-Token is missing or wrong; GET /api/v1/session tells it");
}

void add_security_headers(net::Response& response, bool tls) {
    response.with("X-Content-Type-Options", "nosniff");
    response.with("Cache-Control", "no-store");
    response.with("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.with("X-Frame-Options", "DENY");
    response.with("Referrer-Policy", "no-referrer");
    response.with("Cross-Origin-Resource-Policy", "same-origin");
    if (tls) response.with("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace vg::api
