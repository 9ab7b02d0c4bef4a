#include "lists/cells.h"

#include <algorithm>

#include "base/text.h"
#include "detect/kinds/indicator/value.h"
#include "lists/words.h"

namespace vg::lists {

namespace {


constexpr std::size_t kMostCellBytes = 65'536;   // of a cell that is taken apart
constexpr std::size_t kMostPieces = 4'096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string shown(std::string_view text) { return shorten(to_valid_utf8(text), 60); }

tl::unexpected<Error> bad(std::string text) { return fail(Code::bad_input, std::move(text)); }

// Digits and dots alone: what is wrong with it, when it is no address.
Error why_no_address(std::string_view text) {
    const auto groups = split(text, '.');
    const auto empty = [](std::string_view group) { return group.empty(); };
    if (groups.size() == 1) return {Code::bad_input, "this is a number, not an address"};
    if (std::any_of(groups.begin(), groups.end(), empty)) return {Code::bad_input, "a group of digits is empty"};
    const bool thousands = groups.size() < 4 && groups[0].size() <= 3 && std::all_of(groups.begin() + 1, groups.end(), [](std::string_view group) { return group.size() == 3; });
    const bool octets = std::all_of(groups.begin(), groups.end(), [](std::string_view group) { return group.size() <= 3 && *parse_int(group) <= 255; });
    if (thousands && !octets) return {Code::bad_input, "this is a number with thousands separators, not an address"};
    if (groups.size() < 4) return {Code::bad_input, format("a group of digits is missing: an address has four, and there are {}", groups.size())};
    if (groups.size() > 4) return {Code::bad_input, format("there are too many groups of digits: an address has four, and there are {}", groups.size())};
    for (const std::string_view group : groups)
        if (group.size() > 1 && group.front() == '0')
            return {Code::bad_input, format("\"{}\" begins with a zero: some programs read it as octal, so that it is not clear which address is meant", shown(group))};
    for (const std::string_view group : groups)
        if (group.size() > 3 || *parse_int(group) > 255) return {Code::bad_input, format("\"{}\" is above 255", shown(group))};
    return {Code::bad_input, "this is no address"};
}

bool digits_and_dots(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
    if (digits.empty() || digits.size() > 5) return {};
    const auto port = parse_int(digits);
    if (!port || *port < 0 || *port > 65'535) return {};
    return static_cast<std::uint16_t>(*port);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (std::size_t begin = 0;;) {
        const std::size_t at = text.find(from, begin);
        out += text.substr(begin, at == std::string_view::npos ? at : at - begin);
        if (at == std::string_view::npos) return out;
        out += to;
        begin = at + from.size();
    }
}

// The pieces of a cell with several values. Dashes between the ends of a range lose their blanks first.
Result<std::vector<std::string>> pieces_of(std::string_view cell) {
    if (cell.size() > kMostCellBytes) return fail(Code::too_large, "the cell is too long");
    std::string text{cell};
    for (const std::string_view dash : {"\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"}) text = replaced(text, dash, "-");
    for (const std::string_view blank : {"\xC2\xA0", "\xE2\x80\x8B", "\t", "\r", "\n"}) text = replaced(text, blank, " ");
    for (const std::string_view word : {" và ", " Và ", " VÀ ", " va ", " and ", " & "}) text = replaced(text, word, "  ");
    for (const std::string_view word : {" đến ", " den ", " to ", " - "}) text = replaced(text, word, "-");
    const bool pages = text.find("://") != std::string::npos;
    std::vector<std::string> pieces;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find_first_of(pages ? " " : " ,;", begin), text.size());
        std::string_view piece = std::string_view{text}.substr(begin, end - begin);
        while (!piece.empty() && (piece.back() == ',' || piece.back() == ';')) piece.remove_suffix(1);
        if (!piece.empty()) pieces.emplace_back(piece);
        if (pieces.size() > kMostPieces) return fail(Code::too_large, "there are too many values in the cell");
        begin = end + 1;
    }
    return pieces;
}

struct Endpoint {
    Address address;
    std::optional<std::uint16_t> port;
};

// An address, "1.2.3.4:443" or "[2001:db8::1]:443".
std::optional<Endpoint> endpoint_of(std::string_view text) {
    if (const auto address = parse_address(text)) return Endpoint{.address = *address};
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return {};
        const auto address = parse_address(text.substr(1, close - 1));
        const std::string_view rest = text.substr(close + 1);
        if (!address || (!rest.empty() && !rest.starts_with(':'))) return {};
        if (rest.empty()) return Endpoint{.address = *address};
        const auto port = port_of(rest.substr(1));
        return port ? std::optional{Endpoint{.address = *address, .port = port}} : std::nullopt;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) return {};
    const auto address = parse_address(text.substr(0, colon));
    const auto port = port_of(text.substr(colon + 1));
    return address && port ? std::optional{Endpoint{.address = *address, .port = port}} : std::nullopt;
}

bool step(Address& address) {
    for (std::size_t i = address.bytes.size(); i-- > 0;)
        if (++address.bytes[i] != 0) return true;
    return false;
}

Status add_range(std::vector<Victim>& out, Address first, const Address& last, std::size_t most) {
    if (first.is_v4() != last.is_v4() || last < first) return bad("the range ends before it begins");
    for (std::size_t count = 0;; ++count) {
        if (count >= most) return fail(Code::too_large, format("the range stands for more than {} addresses", most));
        out.push_back({.address = first});
        if (first == last || !step(first)) return {};
    }
}

// "203.0.113.120-203.0.113.125" and "203.0.113.120-125".
Result<bool> range_of(std::string_view text, std::size_t most, std::vector<Victim>& out) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return false;
    const auto first = parse_address(text.substr(0, dash));
    if (!first) return false;
    std::string last_text{text.substr(dash + 1)};
    if (first->is_v4() && !last_text.empty() && last_text.size() <= 3 && std::all_of(last_text.begin(), last_text.end(), is_digit))
        last_text = std::string{text.substr(0, text.rfind('.', dash) + 1)} + last_text;
    const auto last = parse_address(last_text);
    if (!last) return bad(format("\"{}\" is no end of a range", shown(last_text)));
    TRY(add_range(out, *first, *last, most));
    return true;
}

// ".121" behind 203.0.113.120 is 203.0.113.121.
std::optional<Address> shortened_of(std::string_view text, const std::vector<Victim>& before) {
    if (text.size() < 2 || text.front() != '.' || !digits_and_dots(text) || before.empty() || !before.back().address || !before.back().address->is_v4()) return {};
    const auto groups = split(text.substr(1), '.');
    if (groups.size() > 3) return {};
    const std::string whole = before.back().address->text();
    std::string joined;
    const auto known = split(whole, '.');
    for (std::size_t i = 0; i < 4 - groups.size(); ++i) joined += std::string{known[i]} + ".";
    return parse_address(joined + std::string{text.substr(1)});
}

Result<Victim> page_of(std::string_view text) {
    auto url = TRY(detect::indicator::canonical(detect::indicator::Kind::url, text));
    Victim victim{.url = std::move(url.text)};
    const std::string_view host = detect::indicator::host_of_url(victim.url);
    if (host.empty()) return bad("there is no name in this page address");
    const std::string_view bare = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
    if (const auto address = parse_address(bare)) victim.address = address;
    else victim.host = host;
    return victim;
}

Status add_piece(std::string_view piece, std::size_t most, std::vector<Victim>& out) {
    if (const auto endpoint = endpoint_of(piece)) {
        out.push_back({.address = endpoint->address, .port = endpoint->port});
        return {};
    }
    const std::string real = detect::indicator::refang(piece);
    const std::string_view text = real;
    if (const auto endpoint = endpoint_of(text)) {
        out.push_back({.address = endpoint->address, .port = endpoint->port});
        return {};
    }
    if (const auto next = shortened_of(text, out)) {
        out.push_back({.address = *next});
        return {};
    }
    if (TRY(range_of(text, most, out))) return {};
    if (digits_and_dots(text)) return fail(why_no_address(text));
    const std::size_t slash = text.find('/'), colon = text.find(':');
    if (text.find("://") == std::string_view::npos) {
        if (slash != std::string_view::npos && digits_and_dots(text.substr(slash + 1)) && text.size() - slash <= 4) {
            const auto network = parse_network(text);
            if (network) return add_range(out, network->base, network->last(), most);
            if (digits_and_dots(text.substr(0, slash))) return parse_address(text.substr(0, slash)) ? Status{bad("the length behind / is none of a network")} : fail(why_no_address(text.substr(0, slash)));
        }
        if (colon != std::string_view::npos && digits_and_dots(text.substr(0, colon)))
            return parse_address(text.substr(0, colon)) ? Status{bad("what stands behind : is no port")} : fail(why_no_address(text.substr(0, colon)));
        if (slash == std::string_view::npos) {
            auto name = detect::indicator::canonical(detect::indicator::Kind::domain, text);
            if (!name || name->kind != detect::indicator::Kind::domain) return bad(format("\"{}\" is no address, name or page address", shown(piece)));
            Victim victim{.host = std::move(name->text)};
            if (name->port != 0) victim.port = name->port;
            out.push_back(std::move(victim));
            return {};
        }
    }
    auto page = page_of(text);
    if (!page) return bad(format("\"{}\" is no address, name or page address", shown(piece)));
    out.push_back(std::move(*page));
    return {};
}

Result<Peer> peer_of(std::string_view piece) {
    if (const auto endpoint = endpoint_of(piece)) return Peer{.text = endpoint->address.text(), .port = endpoint->port};
    const std::string real = detect::indicator::refang(piece);
    if (const auto endpoint = endpoint_of(real)) return Peer{.text = endpoint->address.text(), .port = endpoint->port};
    if (digits_and_dots(real)) return fail(why_no_address(real));
    auto value = TRY(detect::indicator::recognise(piece));
    std::optional<std::uint16_t> port;
    if (value.port != 0) port = value.port;
    if (value.kind == detect::indicator::Kind::url) {
        // A page address that names no page stands for its host.
        const std::string_view host = detect::indicator::host_of_url(value.text);
        const std::string_view behind = host.empty() ? std::string_view{} : std::string_view{value.text}.substr(static_cast<std::size_t>(host.data() + host.size() - value.text.data()));
        std::string_view rest = behind;
        std::optional<std::uint16_t> told = port;
        if (rest.starts_with(':')) {
            const std::size_t end = std::min(rest.find('/'), rest.size());
            told = port_of(rest.substr(1, end - 1));
            rest.remove_prefix(end);
        }
        if (!host.empty() && (rest.empty() || rest == "/")) return Peer{.text = std::string{host}, .port = told};
        return Peer{.text = std::move(value.text), .port = told};
    }
    if (value.kind != detect::indicator::Kind::address && value.kind != detect::indicator::Kind::domain) return bad(format("\"{}\" is no address, name or page address", shown(piece)));
    return Peer{.text = std::move(value.text), .port = port};
}

}  // namespace

Result<std::vector<Victim>> read_victims(std::string_view cell, std::size_t most_of_range) {
    std::vector<Victim> out;
    const std::vector<std::string> pieces = TRY(pieces_of(cell));
    for (const std::string& piece : pieces) {
        TRY(add_piece(piece, most_of_range, out));
        if (out.size() > std::max(most_of_range, kMostPieces)) return fail(Code::too_large, "the cell stands for too many addresses");
    }
    if (out.empty()) return bad("there is no address");
    return out;
}

Result<std::vector<Peer>> read_peers(std::string_view cell) {
    std::vector<Peer> out;
    const std::vector<std::string> pieces = TRY(pieces_of(cell));
    for (const std::string& piece : pieces) out.push_back(TRY(peer_of(piece)));
    return out;
}

std::optional<PortCell> read_port(std::string_view cell) {
    std::string_view text = tidy(cell);
    if (text.ends_with(".0")) text.remove_suffix(2);
    const std::size_t slash = text.find('/');
    const std::string_view first = text.substr(0, slash), second = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
    if (const auto port = port_of(first)) return PortCell{.port = *port, .protocol = second};
    if (const auto port = port_of(second)) return PortCell{.port = *port, .protocol = first};
    return {};
}

std::optional<std::uint32_t> read_asn(std::string_view cell) {
    std::string_view text = tidy(cell);
    if (starts_with_ignoring_ascii_case(text, "asn")) text.remove_prefix(3);
    else if (starts_with_ignoring_ascii_case(text, "as")) text.remove_prefix(2);
    text = trim(text);
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0 || end > 10 || (end < text.size() && text[end] != ' ' && text[end] != ',' && text[end] != '-' && text.substr(end) != ".0")) return {};
    const auto number = parse_int(text.substr(0, end));
    if (!number || *number > 0xFFFF'FFFF) return {};
    return static_cast<std::uint32_t>(*number);
}

bool looks_like_address(std::string_view cell) {
    if (cell.size() < 2 || cell.size() > 4'096) return false;
    if (is_digit(cell.front())) {
        const std::size_t dot = cell.find_first_not_of("0123456789");
        if (dot == std::string_view::npos) return false;
        if (cell[dot] == '.' || cell[dot] == '[' || cell[dot] == '(') {
            const std::size_t dots = static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '.'));
            return dots >= 3 && cell.find_first_not_of("0123456789.[](){}:/-, ;\r\n\tdotDOT") == std::string_view::npos;
        }
    }
    if (cell.find("://") != std::string_view::npos || cell.find("[.]") != std::string_view::npos) return true;
    const std::size_t colon = cell.find(':');
    return colon != std::string_view::npos && parse_address(cell.front() == '[' ? cell.substr(1, cell.find(']') - 1) : cell).has_value();
}

}  // namespace vg::lists
