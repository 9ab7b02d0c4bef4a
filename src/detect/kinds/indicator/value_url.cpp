#include <algorithm>
#include <array>
#include <vector>

#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/indicator/value.h"

namespace vg::detect::indicator {

namespace {

constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_unreserved(char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

int hex_value(char c) {
    if (is_ascii_digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void put_percent(std::string& out, unsigned char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

// Beside letters and digits what may stand in path and query without being changed: neither '%' nor '#'.
constexpr bool stays(char c) { return is_unreserved(c) || std::string_view{"!$&'()*+,;=:@/?[]"}.find(c) != std::string_view::npos; }

constexpr std::size_t kByteValues = 256;
constexpr std::array<bool, kByteValues> table_of_what_stays() {
    std::array<bool, kByteValues> table{};
    for (std::size_t byte = 0; byte < kByteValues; ++byte) table[byte] = stays(static_cast<char>(byte));
    return table;
}
constexpr std::array<bool, kByteValues> kStays = table_of_what_stays();

// RFC 3986 section 6.2.2.2: an unreserved character is never percent-encoded, what is encoded has upper case digits, and what
// may not stand in a URL is encoded.
std::string with_normal_percents(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0) {
            const auto byte = static_cast<unsigned char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
            if (is_unreserved(static_cast<char>(byte)))
                out += static_cast<char>(byte);
            else
                put_percent(out, byte);
            at += 2;
        } else if (kStays[static_cast<unsigned char>(c)]) {
            out += c;
        } else if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || std::string_view{"<>\"`{}|^\\"}.find(c) != std::string_view::npos) {
            put_percent(out, static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out;
}

// RFC 3986 section 5.2.4. The path begins with a slash.
std::string without_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    bool open = false;  // the last segment was a dot: a slash stays at the end
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view segment = path.substr(at, end - at);
        open = segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!open) kept.push_back(segment);
        at = end + 1;
    }
    std::string out;
    for (const std::string_view segment : kept) out.append("/").append(segment);
    if (open || out.empty()) out += '/';
    return out;
}

int default_port(std::string_view scheme) {
    if (scheme == "http" || scheme == "ws") return 80;
    if (scheme == "https" || scheme == "wss") return 443;
    if (scheme == "ftp") return 21;
    return 0;
}

std::optional<std::string> canonical_host(std::string_view host) {
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return std::nullopt;
        const auto address = parse_address(host.substr(1, host.size() - 2));
        if (!address || host.find(':') == std::string_view::npos) return std::nullopt;
        return address->is_v4() ? address->text() : "[" + address->text() + "]";
    }
    while (host.ends_with('.')) host.remove_suffix(1);
    if (const auto address = parse_address(host); address && host.find(':') == std::string_view::npos) return address->text();
    if (auto domain = canonical_domain(host)) return domain;
    // One label ("localhost", "intranet") is a host of a URL though it is no domain to accuse.
    const bool label = !host.empty() && host.size() <= 63 && std::all_of(host.begin(), host.end(), [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '_'; });
    if (!label || std::all_of(host.begin(), host.end(), is_ascii_digit)) return std::nullopt;
    return lower_ascii(host);
}

// Where the first of some few characters is, else the size.
std::size_t first_of(std::string_view text, std::string_view wanted) {
    for (std::size_t at = 0; at < text.size(); ++at)
        for (const char c : wanted)
            if (text[at] == c) return at;
    return text.size();
}

// An octet that stays encoded, as it stands at the front of the text.
bool starts_with_normal_percent(std::string_view text) {
    if (text.size() < 3 || hex_value(text[1]) < 0 || hex_value(text[2]) < 0) return false;
    return !(text[1] >= 'a') && !(text[2] >= 'a') && !is_unreserved(static_cast<char>(hex_value(text[1]) * 16 + hex_value(text[2])));
}

}  // namespace

bool is_plainly_canonical_url(std::string_view text) {
    if (text.size() > kMostUrl) return false;
    std::size_t at = 0;
    while (at < text.size() && at < 20 && text[at] >= 'a' && text[at] <= 'z') ++at;
    if (at > 0) {
        if (!text.substr(at).starts_with("://")) return false;
        ++at;
    } else if (!text.starts_with("//")) {
        return false;
    }
    const std::size_t host = at += 2;
    std::size_t label = 0;
    bool letters = false, dots = false;  // letters: in the last label
    for (; at < text.size() && text[at] != '/'; ++at) {
        const char c = text[at];
        if (c == '.') {
            if (label == 0) return false;
            dots = true;
            letters = false;
            label = 0;
            continue;
        }
        const bool letter = c >= 'a' && c <= 'z';
        if ((!letter && !is_ascii_digit(c) && c != '-') || ++label > 63) return false;
        letters = letters || letter;
    }
    if (!dots || label == 0 || at - host > kMostName || at == text.size() || text[host] == '-' || text[at - 1] == '-') return false;
    if (!letters && !parse_address(text.substr(host, at - host))) return false;
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == '%' ? !starts_with_normal_percent(text.substr(i)) : !kStays[static_cast<unsigned char>(text[i])]) return false;
        if (text[i] == '.' && text[i - 1] == '/') return false;
    }
    return true;
}

std::optional<std::string> canonical_url(std::string_view text) {
    if (is_plainly_canonical_url(text)) return std::string{text};
    text = trim(text);
    if (text.empty() || text.size() > kMostUrl) return std::nullopt;
    text = text.substr(0, text.find('#'));
    std::string scheme;
    if (const std::size_t colon = text.find("://"); colon != std::string_view::npos && text.find_first_of("/?") > colon) {
        scheme = lower_ascii(text.substr(0, colon));
        if (scheme.empty() || scheme.size() > 20 || !is_ascii_letter(scheme[0]) ||
            !std::all_of(scheme.begin(), scheme.end(), [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '+' || c == '-' || c == '.'; }))
            return std::nullopt;
        text.remove_prefix(colon + 3);
    } else if (text.starts_with("//")) {
        text.remove_prefix(2);
    }
    const std::size_t path_at = first_of(text, "/?\\");
    std::string_view authority = text.substr(0, path_at);
    std::string rest{text.substr(path_at)};
    std::string user;
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        user = with_normal_percents(authority.substr(0, at + 1));
        authority.remove_prefix(at + 1);
    }
    std::string port;
    if (const std::size_t colon = authority.rfind(':'); colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
        const std::string_view digits = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
        if (!digits.empty()) {
            const auto number = parse_int(digits);
            if (!number || *number < 1 || *number > 65535) return std::nullopt;
            if (*number != default_port(scheme)) port = ":" + std::to_string(*number);
        }
    }
    const auto host = canonical_host(authority);
    if (!host) return std::nullopt;
    const std::size_t query_at = std::min(rest.find('?'), rest.size());
    std::string path = rest.substr(0, query_at);
    std::replace(path.begin(), path.end(), '\\', '/');  // as browsers read it
    if (!path.starts_with('/')) path.insert(path.begin(), '/');
    std::string out = scheme.empty() ? "//" : scheme + "://";
    out += user + *host + port + without_dot_segments(with_normal_percents(path)) + with_normal_percents(std::string_view{rest}.substr(query_at));
    if (out.size() > kMostUrl * 3) return std::nullopt;
    return out;
}

std::string_view host_of_url(std::string_view url) {
    const std::size_t begin = url.find("//");
    if (begin == std::string_view::npos) return {};
    std::string_view host = url.substr(begin + 2);
    host = host.substr(0, first_of(host, "/?#"));
    if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    if (host.starts_with('[')) return host.substr(1, host.find(']') == std::string_view::npos ? 0 : host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

}  // namespace vg::detect::indicator
