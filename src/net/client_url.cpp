#include "net/client_url.h"

#include "base/text.h"

namespace vg::net {

Result<Url> parse_url(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return fail(Code::bad_input, "a URL has no spaces or control characters");
    Url url;
    if (text.starts_with("unix:")) {
        const std::string_view rest = text.substr(5);
        const std::size_t colon = rest.find(":/");
        if (!rest.starts_with('/') || colon == std::string_view::npos) return fail(Code::bad_input, "a unix URL has the form unix:/path/control.sock:/api/v1/...");
        url.socket_path = rest.substr(0, colon);
        url.target = rest.substr(colon + 1);
        return url;
    }
    std::string_view rest = text;
    if (starts_with_ignoring_ascii_case(text, "https://")) {
        url.tls = true;
        rest.remove_prefix(8);
    } else if (starts_with_ignoring_ascii_case(text, "http://")) {
        rest.remove_prefix(7);
    } else {
        return fail(Code::bad_input, "a URL begins with http://, https:// or unix:");
    }
    const std::size_t slash = rest.find_first_of("/?#");
    std::string_view authority = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    rest = rest.substr(0, rest.find('#'));
    url.target = rest.starts_with('/') ? std::string{rest} : "/" + std::string{rest};
    if (authority.find('@') != std::string_view::npos) return fail(Code::bad_input, "a URL carries no user or password here");
    url.port = url.tls ? 443 : 80;
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return fail(Code::bad_input, "the IPv6 address of the URL has no ']'");
        url.host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
    } else {
        const std::size_t colon = authority.find(':');
        url.host = authority.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
    }
    if (url.host.empty()) return fail(Code::bad_input, "the URL has no host");
    if (!port.empty()) {
        const auto number = port.starts_with(':') ? parse_int(port.substr(1)) : std::nullopt;
        if (!number || *number < 1 || *number > 65535) return fail(Code::bad_input, "the port of the URL is not a number from 1 to 65535");
        url.port = static_cast<std::uint16_t>(*number);
    }
    return url;
}

}  // namespace vg::net
