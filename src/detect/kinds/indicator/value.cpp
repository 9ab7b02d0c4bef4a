#include "detect/kinds/indicator/value.h"

#include <unicode/idna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/stix/patterns.h"

namespace vg::detect::indicator {

namespace {

constexpr std::array<std::string_view, kKinds> kNames{"address", "network", "domain", "url", "hash", "email", "ja3", "ja4", "user_agent", "file_name", "pattern"};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
bool all(std::string_view text, bool (*test)(char)) { return std::all_of(text.begin(), text.end(), test); }
bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

tl::unexpected<Error> bad(Kind kind, std::string_view text, std::string_view why) {
    return fail(Code::bad_input, format("\"{}\" is no {}: {}", shorten(to_valid_utf8(text), 80), name_of(kind), why));
}

// UTS #46 ToASCII, non-transitional. Nothing: not a name.
std::optional<std::string> to_a_labels(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::IDNA> idna{icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI, status)};
    if (U_FAILURE(status)) return std::nullopt;
    std::string out;
    icu::StringByteSink<std::string> sink{&out};
    icu::IDNAInfo info;
    idna->nameToASCII_UTF8({text.data(), static_cast<std::int32_t>(text.size())}, sink, info, status);
    if (U_FAILURE(status) || info.hasErrors()) return std::nullopt;
    return out;
}

bool has_leading_zero(std::string_view text) {
    std::size_t parts = 0;
    bool zero = false;
    for (const std::string_view part : split(text.substr(0, text.find_first_of("/:")), '.')) {
        ++parts;
        if (part.empty() || part.size() > 10 || !all(part, is_digit)) return false;
        zero = zero || (part.size() > 1 && part[0] == '0');
    }
    return parts == 4 && zero;
}

// Cuts ":443" off what is no bare IPv6 address, and the brackets of one. Nothing: a port that is none.
std::optional<std::uint16_t> take_port(std::string_view& text) {
    std::string_view digits;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        if (end + 1 == text.size()) {
            text = text.substr(1, end - 1);
            return std::uint16_t{0};
        }
        if (text[end + 1] != ':') return std::nullopt;
        digits = text.substr(end + 2);
        text = text.substr(1, end - 1);
    } else {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) return std::uint16_t{0};
        digits = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    const auto number = parse_int(digits);
    if (!number || *number < 1 || *number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

Result<Value> network_of(std::string_view text) {
    const auto network = parse_network(text);
    if (!network) return bad(Kind::network, text, has_leading_zero(text) ? "a number with a leading zero may mean two addresses" : "write BASE/LENGTH");
    if (network->length == 128) return Value{Kind::address, network->base.text(), 0};
    const bool v4 = network->base.is_v4() && network->length >= 96;
    if (network->length < (v4 ? 104 : 16)) return bad(Kind::network, text, "it is too wide to accuse anybody (at least /8, IPv6 /16)");
    if (!v4 && network->contains(*parse_address("::ffff:0.0.0.0"))) return bad(Kind::network, text, "all of IPv4 lies in it");
    return Value{Kind::network, network->text(), 0};
}

Result<Value> address_of(std::string_view text) {
    if (text.find('/') != std::string_view::npos) return network_of(text);
    std::string_view host = text;
    const auto port = take_port(host);
    if (!port) return bad(Kind::address, text, "the port is not one of 1 to 65535");
    while (host.ends_with('.')) host.remove_suffix(1);
    const auto address = parse_address(host);
    if (!address) return bad(Kind::address, text, has_leading_zero(host) ? "a number with a leading zero may mean two addresses" : "write 203.0.113.9 or 2001:db8::9");
    return Value{Kind::address, address->text(), *port};
}

Result<Value> domain_of(std::string_view text) {
    std::string_view host = text;
    const auto port = take_port(host);
    if (!port) return bad(Kind::domain, text, "the port is not one of 1 to 65535");
    if (parse_address(host) || has_leading_zero(host)) return address_of(text);
    auto domain = canonical_domain(host);
    if (!domain) return bad(Kind::domain, text, "a name has two labels or more, of letters, digits, '-' and '_', at most 63 characters each and 253 together");
    return Value{Kind::domain, std::move(*domain), *port};
}

Result<Value> hash_of(Kind kind, std::string_view text) {
    std::string hex = lower_ascii(text);
    if (kind == Kind::hash)
        for (const std::string_view prefix : {"md5:", "sha1:", "sha-1:", "sha256:", "sha-256:", "sha512:", "sha-512:"})
            if (hex.starts_with(prefix)) hex.erase(0, prefix.size());
    const std::size_t size = hex.size();
    const bool fits = kind == Kind::ja3 ? size == 32 : size == 32 || size == 40 || size == 64 || size == 128;
    if (!fits || !all(hex, is_hex)) return bad(kind, text, kind == Kind::ja3 ? "it has 32 hexadecimal digits" : "it has 32, 40, 64 or 128 hexadecimal digits");
    return Value{kind, std::move(hex), 0};
}

// t13d1516h2_8daaf6152771_b186095e22b6: protocol, version, SNI, ciphers, extensions, ALPN, and two cut hashes.
bool is_ja4(std::string_view text) {
    return text.size() == 36 && std::string_view{"tqd"}.find(text[0]) != std::string_view::npos && is_alnum(text[1]) && is_alnum(text[2]) && (text[3] == 'd' || text[3] == 'i') &&
           all(text.substr(4, 4), is_digit) && is_alnum(text[8]) && is_alnum(text[9]) && text[10] == '_' && all(text.substr(11, 12), is_hex) && text[23] == '_' &&
           all(text.substr(24), is_hex);
}

Result<Value> plain_text(Kind kind, std::string_view text) {
    if (text.empty() || text.size() > kMostText || has_control(text) || !is_utf8(text)) return bad(kind, text, format("it has 1 to {} bytes of UTF-8 and no control characters", kMostText));
    return Value{kind, kind == Kind::file_name ? fold_case(text) : nfc(text), 0};
}

Result<Value> canonical_of(Kind kind, std::string_view text, const std::string& real) {
    switch (kind) {
        case Kind::address: return address_of(real);
        case Kind::network: return real.find('/') == std::string::npos ? address_of(real) : network_of(real);
        case Kind::domain: return domain_of(real);
        case Kind::url: {
            auto url = canonical_url(real);
            if (!url) return bad(kind, text, "write SCHEME://HOST/PATH or HOST/PATH");
            return Value{kind, std::move(*url), 0};
        }
        case Kind::hash:
        case Kind::ja3: return hash_of(kind, real);
        case Kind::email: {
            auto email = canonical_email(real);
            if (!email) return bad(kind, text, "write NAME@DOMAIN");
            return Value{kind, std::move(*email), 0};
        }
        case Kind::ja4: {
            std::string lower = lower_ascii(real);
            if (!is_ja4(lower)) return bad(kind, text, "it looks like t13d1516h2_8daaf6152771_b186095e22b6");
            return Value{kind, std::move(lower), 0};
        }
        case Kind::user_agent:
        case Kind::file_name:
        case Kind::pattern: break;
    }
    return bad(kind, text, "unknown kind");
}

Result<Value> pattern_of(std::string_view text) {
    if (text.empty() || text.size() > kMostPattern || !is_utf8(text)) return bad(Kind::pattern, text, format("it has 1 to {} bytes of UTF-8", kMostPattern));
    const auto asked = stix::prepare(text);
    if (!asked) return bad(Kind::pattern, text, asked.error().text);
    return Value{Kind::pattern, nfc(text), 0};
}

// Endings of files that are no top-level domain: "invoice.exe" is a file, "evil.zip" may be either and counts as a name.
bool ends_like_a_file(std::string_view lower) {
    constexpr std::array<std::string_view, 46> endings{"exe", "dll",  "sys", "scr",  "bat",  "cmd",  "ps1", "vbs",  "vbe",  "js",   "jse", "wsf", "hta", "lnk", "msi", "jar",
                                                       "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "rtf",  "pdf",  "iso", "img", "rar", "7z",  "elf", "bin",
                                                       "dat", "tmp",  "txt", "php",  "asp",  "aspx", "jsp", "apk",  "dmg",  "chm",  "cab", "gz",  "html", "xml"};
    const std::size_t dot = lower.rfind('.');
    return dot != std::string_view::npos && std::find(endings.begin(), endings.end(), lower.substr(dot + 1)) != endings.end();
}

bool is_path(std::string_view text) {
    return text.find('\\') != std::string_view::npos || (text.size() > 1 && text[0] == '/' && text[1] != '/') || (text.size() > 2 && text[1] == ':' && text[2] == '/');
}

// "curl/8.5", "Mozilla/5.0 (...)": a product and its version (RFC 9110 section 10.1.5) whose product is no host.
bool is_user_agent(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 >= text.size() || !is_digit(text[slash + 1])) return false;
    const std::string_view product = text.substr(0, slash);
    return product.find_first_of(".:@ ") == std::string_view::npos;
}

}  // namespace

std::string_view name_of(Kind kind) { return kNames[static_cast<std::size_t>(kind)]; }

Result<Kind> parse_kind(std::string_view text) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == text) return static_cast<Kind>(i);
    return fail(Code::bad_input, format("\"{}\" is no kind of indicator", shorten(to_valid_utf8(text), 40)));
}

std::optional<std::string> canonical_domain(std::string_view text) {
    std::string converted;
    if (text.size() > kMostName * 4) return std::nullopt;
    if (!is_ascii(text)) {
        if (text.starts_with("*.")) text.remove_prefix(2);
        auto labels = to_a_labels(text);
        if (!labels) return std::nullopt;
        converted = std::move(*labels);
        text = converted;
    }
    if (text.starts_with("*.")) text.remove_prefix(2);
    while (text.starts_with('.')) text.remove_prefix(1);
    while (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > kMostName) return std::nullopt;
    std::string out = lower_ascii(text);
    std::size_t labels = 0, length = 0;
    bool only_digits = true;
    for (const char c : out) {
        if (c == '.') {
            if (length == 0) return std::nullopt;
            ++labels;
            length = 0;
            only_digits = true;
            continue;
        }
        if (!is_alnum(c) && c != '-' && c != '_') return std::nullopt;
        if (++length > 63) return std::nullopt;
        only_digits = only_digits && is_digit(c);
    }
    if (labels == 0 || only_digits || out.front() == '-' || out.back() == '-') return std::nullopt;
    return out;
}

std::optional<std::string> canonical_email(std::string_view text) {
    text = trim(text);
    if (starts_with_ignoring_ascii_case(text, "mailto:")) text.remove_prefix(7);
    if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64) return std::nullopt;
    const std::string_view local = text.substr(0, at);
    if (has_control(local) || local.find_first_of(" @<>,;:\"()[]\\") != std::string_view::npos || !is_utf8(local)) return std::nullopt;
    const auto domain = canonical_domain(text.substr(at + 1));
    if (!domain) return std::nullopt;
    return fold_case(local) + "@" + *domain;
}

Result<Value> canonical(Kind kind, std::string_view text) {
    if (text.size() > kMostInput) return fail(Code::too_large, format("a {} of {} bytes is too long", name_of(kind), text.size()));
    if (kind == Kind::user_agent || kind == Kind::file_name) return plain_text(kind, trim(text));
    if (kind == Kind::pattern) return pattern_of(trim(text));
    auto value = canonical_of(kind, text, refang(text));
    if (!value || refang(value->text) == value->text) return value;
    // Taken apart it gave something that looks defanged again: once more, and no further.
    const auto again = canonical_of(value->kind, text, refang(value->text));
    if (!again || refang(again->text) != again->text) return bad(kind, text, "it is defanged more than once");
    return Value{again->kind, again->text, value->port};
}

Result<Value> recognise(std::string_view text) {
    if (text.size() > kMostInput) return fail(Code::too_large, format("an indicator of {} bytes is too long", text.size()));
    text = trim(text);
    if (text.starts_with('[') || text.starts_with('('))
        if (auto pattern = pattern_of(text)) return pattern;
    const std::string real = refang(text), lower = lower_ascii(real);
    if (real.find("://") != std::string::npos || real.starts_with("//")) return canonical(Kind::url, text);
    if (is_ja4(lower)) return canonical(Kind::ja4, text);
    if (lower.starts_with("md5:") || lower.starts_with("sha") || all(lower, is_hex))
        if (auto hash = hash_of(Kind::hash, real)) return hash;
    const bool blanks = real.find_first_of(" \t") != std::string::npos;
    if (is_user_agent(real)) return canonical(Kind::user_agent, text);
    if (is_path(text)) return canonical(Kind::file_name, text);
    if (blanks) return ends_like_a_file(lower) ? canonical(Kind::file_name, text) : fail(Code::bad_input, format("\"{}\" looks like no indicator", shorten(to_valid_utf8(text), 80)));
    if (const std::size_t slash = real.find('/'); slash != std::string::npos) {
        const std::string_view behind = std::string_view{real}.substr(slash + 1);
        if (!behind.empty() && behind.size() <= 3 && all(behind, is_digit) && (parse_address(std::string_view{real}.substr(0, slash)) || has_leading_zero(real))) return network_of(real);
        return canonical(Kind::url, text);
    }
    if (real.find('@') != std::string::npos) return canonical(Kind::email, text);
    if (auto address = address_of(real)) return address;
    if (has_leading_zero(real)) return address_of(real);
    if (ends_like_a_file(lower)) return canonical(Kind::file_name, text);
    auto domain = domain_of(real);
    if (!domain) return fail(Code::bad_input, format("\"{}\" looks like no indicator", shorten(to_valid_utf8(text), 80)));
    return domain;
}

}  // namespace vg::detect::indicator
