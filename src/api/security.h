// Who is asking, and may a browser carry this request? Sessions come as a cookie (HttpOnly, SameSite=Strict) and need the
// header X-CSRF-Token for whatever changes something; programs send Authorization: Bearer. Called by the router.
#pragma once

#include <string>
#include <string_view>

#include "api/api.h"

namespace vg::api {

inline constexpr std::string_view kSessionCookie = "vonggac_session";
inline constexpr std::string_view kCsrfHeader = "x-csrf-token";

// Refuses what another site's page makes a browser send: Origin that is not ours, Sec-Fetch-Site cross-site or
// same-site (Fetch metadata, W3C). Programs send neither.
Status check_origin(const net::Request& request);

// GET, HEAD and OPTIONS change nothing (RFC 9110, section 9.2.1).
bool is_safe(std::string_view method);

// The session token of the cookie; empty without one.
std::string session_cookie(const net::Request& request);
// Who sent the request: Authorization goes before the cookie. Code::denied when nobody is named or the secret is not
// (or no longer) one of ours.
struct Caller {
    access::Actor actor;
    std::string session_token;  // of the cookie; empty for programs
};
Result<Caller> caller_of(access::Gate& gate, const net::Request& request, Time now);

// "Set-Cookie" that sets or, with an empty token, ends the session.
std::string set_cookie(std::string_view token, bool tls);

// The CSRF token of a session: derived from the session's secret, so that nothing more is stored.
std::string csrf_token(std::string_view session_token);
Status check_csrf(const net::Request& request, std::string_view session_token);

// Headers on every answer: no sniffing, no framing, no caching, no scripts.
void add_security_headers(net::Response& response, bool tls);

}  // namespace vg::api
