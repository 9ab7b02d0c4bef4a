#include "reports/public_addresses.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "directory/special_addresses.h"

namespace vg::reports {

namespace {

using directory::Special;

bool is_internal_kind(Special kind) {
    switch (kind) {
        case Special::none:
        case Special::documentation:
        case Special::translation: return false;
        case Special::this_network:
        case Special::private_use:
        case Special::carrier_nat:
        case Special::loopback:
        case Special::link_local:
        case Special::benchmarking:
        case Special::multicast:
        case Special::reserved: return true;
    }
    return true;
}

// The IPv4 address within an address of NAT64 (RFC 6052, the well-known prefix) or 6to4 (RFC 3056).
std::optional<Address> within(const Address& address) {
    const auto& b = address.bytes;
    std::size_t at = 0;
    if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b) at = 12;
    else if (b[0] == 0x20 && b[1] == 0x02) at = 2;
    else return std::nullopt;
    return parse_address(format("{}.{}.{}.{}", b[at], b[at + 1], b[at + 2], b[at + 3]));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

// The length of a dot: plain, or as people write it so that nobody clicks on it.
std::size_t dot_at(std::string_view text) {
    for (const std::string_view dot : {".", "[.]", "(.)", "{.}", "[dot]", "(dot)", " . "})
        if (text.starts_with(dot)) return dot.size();
    return 0;
}

struct Found {
    Address address;
    std::size_t length = 0;
};

// Four numbers with dots between them; leading zeros are read as people mean them.
std::optional<Found> v4_at(std::string_view text) {
    std::size_t at = 0;
    std::string plain;
    for (int part = 0; part < 4; ++part) {
        if (part > 0) {
            const std::size_t dot = dot_at(text.substr(at));
            if (dot == 0) return std::nullopt;
            at += dot;
            plain += '.';
        }
        int value = 0;
        std::size_t digits = 0;
        while (at < text.size() && is_digit(text[at]) && digits < 4) value = value * 10 + (text[at++] - '0'), ++digits;
        if (digits == 0 || digits > 3 || value > 255) return std::nullopt;
        plain += std::to_string(value);
    }
    if (at < text.size() && is_digit(text[at])) return std::nullopt;
    const auto address = parse_address(plain);
    if (!address) return std::nullopt;
    return Found{*address, at};
}

std::optional<Found> v6_at(std::string_view text) {
    std::size_t length = 0, colons = 0;
    while (length < text.size() && length < 46 && (is_hex(text[length]) || text[length] == ':' || text[length] == '.')) colons += text[length++] == ':' ? 1 : 0;
    if (colons < 2 || (length < text.size() && is_word(text[length]))) return std::nullopt;
    // A full stop or colon of the sentence may stand behind it.
    for (; length >= 2; --length) {
        if (const auto address = parse_address(text.substr(0, length))) {
            std::size_t end = length;
            if (end < text.size() && text[end] == '%')  // a zone
                do ++end;
                while (end < text.size() && is_word(text[end]));
            return Found{*address, end};
        }
        if (text[length - 1] != '.' && text[length - 1] != ':') return std::nullopt;
    }
    return std::nullopt;
}

// A prefix length or a port behind an address belongs to what is left out.
std::size_t tail_of(std::string_view text) {
    if (text.size() < 2 || (text[0] != '/' && text[0] != ':') || !is_digit(text[1])) return 0;
    std::size_t length = 1;
    while (length < text.size() && length < 6 && is_digit(text[length])) ++length;
    return length < text.size() && is_word(text[length]) ? 0 : length;
}

}  // namespace

bool is_internal(const Address& address) {
    const Special kind = directory::special_of(address);
    if (kind == Special::translation)
        if (const auto inner = within(address)) return is_internal_kind(directory::special_of(*inner));
    return is_internal_kind(kind);
}

std::string public_only(std::string_view text, std::int64_t& left_out) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        // A letter before it may be a typing mistake; a digit, or a digit and a dot, make it the rest of another number.
        const bool in_number = at > 0 && (is_digit(text[at - 1]) || (at > 1 && text[at - 1] == '.' && is_digit(text[at - 2])));
        const bool begins_word = at == 0 || !(is_word(text[at - 1]) || text[at - 1] == ':') || text[at - 1] == '_';
        std::optional<Found> found;
        if (is_digit(text[at]) && !in_number) found = v4_at(text.substr(at));
        if (!found && begins_word && (is_hex(text[at]) || text[at] == ':')) found = v6_at(text.substr(at));
        if (!found) {
            out += text[at++];
            continue;
        }
        if (is_internal(found->address)) {
            ++left_out;
            out += kLeftOut;
            at += found->length;
            at += tail_of(text.substr(at));
        } else {
            out += text.substr(at, found->length);
            at += found->length;
        }
    }
    return out;
}

}  // namespace vg::reports
