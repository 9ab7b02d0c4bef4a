// The value of an indicator in its one canonical form, so that two ways of writing it are equal texts. Pure and hostile:
// readers of feeds, people's look-ups and the matcher use it. Any thread.
//
//   Value value = TRY(canonical(Kind::domain, "Evil[.]Example."));   // {domain, "evil.example"}
//   Value value = TRY(recognise("hxxp://203.0.113[.]9:80/a/../b"));  // {url, "http://203.0.113.9/b"}
//
// The forms:
//   address     RFC 5952 for IPv6, dotted quad for IPv4 and for IPv4-mapped IPv6. No zone. A number with a leading zero is
//               refused: some programs read it as octal.
//   network     BASE/LENGTH, host bits cleared; one of a single address is an address. Shorter than /8 (IPv6: /16) is refused.
//   domain      lower case A-labels (punycode; UTS #46, non-transitional), no dot at the ends, no "*.", two labels or more.
//   url         RFC 3986 section 6.2: scheme and host in lower case, host as above, default port, dot segments, fragment and
//               needless percent-encoding removed. Without a scheme it is "//host/path" and stands for every scheme.
//   hash        lower case hex of MD5, SHA-1, SHA-256 or SHA-512.
//   email       lower case, the domain as above.
//   ja3, ja4    lower case.
//   user_agent  as it stands, without blanks at the ends. Compared exactly.
//   file_name   case folded, NFC. With a slash or backslash it is a whole path and is compared with whole paths.
//   pattern     a STIX pattern as it stands, NFC, without blanks at the ends; one that can be asked of events (stix/patterns.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::detect::indicator {

enum class Kind : std::uint8_t { address, network, domain, url, hash, email, ja3, ja4, user_agent, file_name, pattern };
inline constexpr std::size_t kKinds = 11;
std::string_view name_of(Kind kind);  // "user_agent"
Result<Kind> parse_kind(std::string_view text);

struct Value {
    Kind kind = Kind::address;
    std::string text;
    // The port that stood beside an address or a domain ("203.0.113.9:443"); 0 when there was none. Not part of the value.
    std::uint16_t port = 0;

    friend bool operator==(const Value& a, const Value& b) { return a.kind == b.kind && a.text == b.text; }
    friend auto operator<=>(const Value& a, const Value& b) { return a.kind != b.kind ? a.kind <=> b.kind : a.text <=> b.text; }
};

inline constexpr std::size_t kMostInput = 4096;  // bytes; longer is refused as too_large
inline constexpr std::size_t kMostUrl = 2048, kMostName = 253, kMostText = 1024, kMostPattern = 2048;

// Defanged forms (hxxp, [.], (dot), {.}, [at], [:]//) are understood, but in user agents, file names and patterns. An address given as
// network or domain becomes an address, a network given as address a network; nothing else changes its kind.
Result<Value> canonical(Kind kind, std::string_view text);
// The kind by its form. 32 hexadecimal digits are a hash, never a JA3. bad_input: it looks like none.
Result<Value> recognise(std::string_view text);

// The text without what people put in so that nobody clicks on it.
std::string refang(std::string_view text);

// The pieces, for values that are known to be no defanged ones (fields of events). Nothing: not of that form.
std::optional<std::string> canonical_domain(std::string_view text);
std::optional<std::string> canonical_url(std::string_view text);
// Whether a URL is known to be its own canonical form, as most are: a name in lower case or an address of IPv4 as host, no port, no
// dot segments. False says nothing.
bool is_plainly_canonical_url(std::string_view text);
std::optional<std::string> canonical_email(std::string_view text);

// The name or address in a canonical URL, "//host/path" or with a scheme. A view into it; empty when there is none.
std::string_view host_of_url(std::string_view url);

}  // namespace vg::detect::indicator
