// The typed values of BinXml as the Windows event viewer shows them.
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "formats/evtx_xml.h"

namespace vg::formats::evtx {

namespace {

Scalar string(std::string text) { return {std::move(text), Scalar::Kind::string}; }
Scalar bare(std::string text) { return {std::move(text), Scalar::Kind::bare}; }

template <class T>
Scalar integer(std::string_view bytes) {
    return bare(format("{}", +pick<T>(bytes, 0)));
}

Scalar real(double value) {
    if (!std::isfinite(value)) return string(std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
    std::string text;
    json::write_real(text, value);
    return bare(std::move(text));
}

std::string upper_hex(std::string_view bytes) {
    std::string text = to_hex(bytes);
    for (char& c : text)
        if (c >= 'a') c = static_cast<char>(c - 32);
    return text;
}

std::string guid(std::string_view b) {
    return format("{{{:08X}-{:04X}-{:04X}-{}-{}}}", pick<std::uint32_t>(b, 0), pick<std::uint16_t>(b, 4), pick<std::uint16_t>(b, 6), upper_hex(b.substr(8, 2)),
                  upper_hex(b.substr(10, 6)));
}

// MS-DTYP section 2.4.2.2: revision, count, 48 bits of authority big endian, then the sub-authorities.
bool sid(std::string_view b, Scalar& to) {
    if (b.size() < 8) return false;
    const auto count = static_cast<std::size_t>(static_cast<std::uint8_t>(b[1]));
    if (b.size() < 8 + count * 4) return false;
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i) authority = authority << 8 | static_cast<std::uint8_t>(b[i]);
    std::string text = format("S-{}-{}", static_cast<unsigned>(static_cast<std::uint8_t>(b[0])), authority);
    for (std::size_t i = 0; i < count; ++i) text += format("-{}", pick<std::uint32_t>(b, 8 + i * 4));
    to = string(std::move(text));
    return true;
}

// MS-DTYP section 2.3.3: 100 ns since 1601.
std::string filetime(std::uint64_t ticks) {
    constexpr std::int64_t kTo1970 = 11'644'473'600;
    if (ticks > 2'650'467'743'999'999'999U) return format("{:#x}", ticks);  // behind the year 9999
    const auto seconds_since = static_cast<std::int64_t>(ticks / 10'000'000) - kTo1970;
    const Civil c = to_civil(Time{seconds_since * 1'000'000});
    return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}00Z", c.year, c.month, c.day, c.hour, c.minute, c.second, ticks % 10'000'000);
}

// MS-DTYP section 2.3.13.
std::string systemtime(std::string_view b) {
    auto part = [b](std::size_t i) { return pick<std::uint16_t>(b, i * 2); };
    return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", part(0), part(1), part(3), part(4), part(5), part(6), part(7));
}

std::string_view without_nul(std::string_view wide) {
    while (wide.size() >= 2 && wide[wide.size() - 1] == '\0' && wide[wide.size() - 2] == '\0') wide.remove_suffix(2);
    return wide;
}

// Bytes of Windows' code page 1252; what it leaves undefined stands as the C1 character it is.
std::string from_ansi(std::string_view bytes) {
    constexpr char16_t kHigh[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
                                    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178};
    std::string wide;
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        vg::put<std::uint16_t>(wide, byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80] : byte);
    }
    return from_utf16(wide);
}

std::size_t size_of(std::uint8_t type) {
    switch (type) {
        case 0x03:
        case 0x04: return 1;
        case 0x05:
        case 0x06: return 2;
        case 0x07:
        case 0x08:
        case 0x0b:
        case 0x0d:
        case 0x14: return 4;
        case 0x09:
        case 0x0a:
        case 0x0c:
        case 0x11:
        case 0x15: return 8;
        case 0x0f:
        case 0x12: return 16;
        default: return 0;
    }
}

bool one(std::uint8_t type, std::string_view b, Scalar& to) {
    if (const std::size_t wanted = size_of(type); wanted != 0 && b.size() < wanted) return false;
    switch (type) {
        case 0x00: to = {}; return true;
        case 0x01: to = string(from_utf16(without_nul(b))); return true;
        case 0x02: {
            while (!b.empty() && b.back() == '\0') b.remove_suffix(1);
            to = string(from_ansi(b));
            return true;
        }
        case 0x03: to = integer<std::int8_t>(b); return true;
        case 0x04: to = integer<std::uint8_t>(b); return true;
        case 0x05: to = integer<std::int16_t>(b); return true;
        case 0x06: to = integer<std::uint16_t>(b); return true;
        case 0x07: to = integer<std::int32_t>(b); return true;
        case 0x08: to = integer<std::uint32_t>(b); return true;
        case 0x09: to = integer<std::int64_t>(b); return true;
        case 0x0a: to = integer<std::uint64_t>(b); return true;
        case 0x0b: {
            const auto bits = pick<std::uint32_t>(b, 0);
            float value = 0;
            std::memcpy(&value, &bits, sizeof value);
            to = real(static_cast<double>(value));
            return true;
        }
        case 0x0c: {
            const auto bits = pick<std::uint64_t>(b, 0);
            double value = 0;
            std::memcpy(&value, &bits, sizeof value);
            to = real(value);
            return true;
        }
        case 0x0d: to = bare(pick<std::uint32_t>(b, 0) != 0 ? "true" : "false"); return true;
        case 0x0e: to = string(upper_hex(b)); return true;
        case 0x0f: to = string(guid(b)); return true;
        case 0x10:
            if (b.size() != 4 && b.size() != 8) return false;
            to = string(format("{:#x}", b.size() == 4 ? pick<std::uint32_t>(b, 0) : pick<std::uint64_t>(b, 0)));
            return true;
        case 0x11: to = string(filetime(pick<std::uint64_t>(b, 0))); return true;
        case 0x12: to = string(systemtime(b)); return true;
        case 0x13: return sid(b, to);
        case 0x14: to = string(format("{:#x}", pick<std::uint32_t>(b, 0))); return true;
        case 0x15: to = string(format("{:#x}", pick<std::uint64_t>(b, 0))); return true;
        default: to = string(upper_hex(b)); return true;  // handles and what comes later
    }
}

}  // namespace

bool to_scalars(TypedValue value, std::vector<Scalar>& to) {
    if ((value.type & 0x80) == 0) return one(value.type, value.bytes, to.emplace_back());
    const auto type = static_cast<std::uint8_t>(value.type & 0x7f);
    std::string_view rest = value.bytes;
    if (type == 0x01 || type == 0x02) {  // each ends with a NUL
        const std::size_t unit = type == 0x01 ? 2 : 1;
        while (rest.size() >= unit) {
            std::size_t end = 0;
            while (end + unit <= rest.size() && !(rest[end] == '\0' && rest[end + unit - 1] == '\0')) end += unit;
            if (!one(type, rest.substr(0, std::min(end, rest.size())), to.emplace_back())) return false;
            rest.remove_prefix(std::min(end + unit, rest.size()));
        }
        return true;
    }
    if (type == 0x13) {
        while (rest.size() >= 8) {
            const std::size_t size = 8 + static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1])) * 4;
            if (rest.size() < size || !one(type, rest.substr(0, size), to.emplace_back())) return false;
            rest.remove_prefix(size);
        }
        return true;
    }
    const std::size_t size = size_of(type);
    if (size == 0) return one(0x0e, rest, to.emplace_back());
    for (; rest.size() >= size; rest.remove_prefix(size))
        if (!one(type, rest.substr(0, size), to.emplace_back())) return false;
    return true;
}

}  // namespace vg::formats::evtx
