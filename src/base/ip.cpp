#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace vg {

namespace {
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
}

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::string Address::text() const {
    char buffer[INET6_ADDRSTRLEN];
    if (is_v4()) {  // by hand: this is on the path of every event
        char* end = buffer;
        for (std::size_t i = 12; i < bytes.size(); ++i) {
            if (i > 12) *end++ = '.';
            end = std::to_chars(end, buffer + sizeof buffer, unsigned{bytes[i]}).ptr;
        }
        return {buffer, end};
    }
    inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
    return buffer;
}

namespace {

// By hand: this is on the path of every event.
std::optional<Address> parse_v4(std::string_view text) {
    std::size_t at = 0;
    std::array<std::uint8_t, 4> parts{};
    for (std::size_t part = 0; part < 4; ++part) {
        if (part > 0 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
        const std::size_t start = at;
        int value = 0;
        while (at < text.size() && at < start + 3 && text[at] >= '0' && text[at] <= '9') value = value * 10 + (text[at++] - '0');
        if (at == start || value > 255 || (at - start > 1 && text[start] == '0')) return std::nullopt;
        parts[part] = static_cast<std::uint8_t>(value);
    }
    if (at != text.size()) return std::nullopt;
    Address address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    std::copy(parts.begin(), parts.end(), address.bytes.begin() + 12);
    return address;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.size() < 2) return std::nullopt;
    if (const auto v4 = parse_v4(text)) return v4;
    if (text.find(':') == std::string_view::npos) return std::nullopt;
    Address address;
    char buffer[INET6_ADDRSTRLEN];
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    if (inet_pton(AF_INET6, buffer, address.bytes.data()) != 1) return std::nullopt;
    return address;
}

bool Network::contains(const Address& address) const {
    const auto whole = static_cast<std::size_t>(length / 8);
    if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole), address.bytes.begin()))
        return false;
    const int rest = length % 8;
    return rest == 0 || ((base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

std::string Network::text() const {
    return base.text() + "/" + std::to_string(base.is_v4() && length >= 96 ? length - 96 : length);
}

Address Network::last() const {
    Address out = base;
    for (int bit = length; bit < 128; ++bit) out.bytes[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80 >> (bit % 8));
    return out;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    Network network{*address, 128};
    if (slash != std::string_view::npos) {
        const auto length = parse_int(text.substr(slash + 1));
        if (!length || *length < 0 || *length > (v4 ? 32 : 128)) return std::nullopt;
        network.length = static_cast<int>(*length) + (v4 ? 96 : 0);
    }
    for (int bit = network.length; bit < 128; ++bit)
        network.base.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
    return network;
}

}  // namespace vg
