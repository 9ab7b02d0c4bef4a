#include "detect/kinds/indicator/record.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::detect::indicator {

namespace {

// Beside the TLP, in one byte.
constexpr unsigned kAllowedMark = 0x80, kCautionMark = 0x40;

void put_text(std::string& out, std::string_view text, std::size_t most) {
    text = text.substr(0, std::min(text.size(), most));
    put(out, static_cast<std::uint16_t>(text.size()));
    out += text;
}

// Takes pieces off the front; `bad` once they are not there.
struct Cursor {
    std::string_view rest;
    bool bad = false;

    template <class T>
    T number() {
        if (rest.size() < sizeof(T)) {
            bad = true;
            return {};
        }
        const T value = pick<T>(rest, 0);
        rest.remove_prefix(sizeof(T));
        return value;
    }
    std::string text() {
        const std::size_t size = number<std::uint16_t>();
        if (rest.size() < size) {
            bad = true;
            return {};
        }
        std::string out{rest.substr(0, size)};
        rest.remove_prefix(size);
        return out;
    }
};

}  // namespace

std::string_view name_of(Tlp tlp) {
    switch (tlp) {
        case Tlp::clear: return "clear";
        case Tlp::green: return "green";
        case Tlp::amber: return "amber";
        case Tlp::amber_strict: return "amber+strict";
        case Tlp::red: return "red";
    }
    return "red";
}

Result<Tlp> parse_tlp(std::string_view text) {
    std::string lower = lower_ascii(trim(text));
    if (lower.starts_with("tlp:")) lower.erase(0, 4);
    if (lower == "white") return Tlp::clear;  // its name in TLP 1.0
    for (const Tlp tlp : {Tlp::clear, Tlp::green, Tlp::amber, Tlp::amber_strict, Tlp::red})
        if (name_of(tlp) == lower) return tlp;
    return fail(Code::bad_input, format("\"{}\" is no mark of TLP 2.0: clear, green, amber, amber+strict or red", shorten(to_valid_utf8(text), 40)));
}

int confidence_at(const Attribution& attribution, Time time) {
    const double age = static_cast<double>(time.micros) - static_cast<double>(attribution.from.micros);
    if (attribution.half_life_days == 0 || age <= 0 || attribution.from.micros == std::numeric_limits<std::int64_t>::min()) return attribution.confidence;
    return static_cast<int>(std::lround(attribution.confidence * std::exp2(-age / (86'400e6 * attribution.half_life_days))));
}

void put_record(std::string& out, const Entry& entry) {
    std::string body;
    put(body, static_cast<std::uint8_t>(entry.value.kind));
    put_text(body, entry.value.text, 0xffff);
    const std::size_t count = std::min(entry.by.size(), kMostAttributions);
    put(body, static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
        const Attribution& by = entry.by[i];
        put_text(body, by.list, 256);
        put_text(body, by.family, 256);
        put_text(body, by.warning, 1024);
        put(body, by.confidence);
        put(body, static_cast<std::uint8_t>(static_cast<unsigned>(by.tlp) | (by.allowed ? kAllowedMark : 0U) | (by.caution ? kCautionMark : 0U)));
        put(body, by.half_life_days);
        put(body, static_cast<std::uint64_t>(by.from.micros));
        put(body, static_cast<std::uint64_t>(by.until.micros));
    }
    put(out, static_cast<std::uint32_t>(body.size()));
    put(out, static_cast<std::uint32_t>(hash64(body)));
    out += body;
}

Result<Entry> read_record(std::string_view body) {
    Cursor cursor{body};
    Entry entry;
    const auto kind = cursor.number<std::uint8_t>();
    entry.value.text = cursor.text();
    const std::size_t count = cursor.number<std::uint8_t>();
    if (kind >= kKinds || count > kMostAttributions) cursor.bad = true;
    for (std::size_t i = 0; i < count && !cursor.bad; ++i) {
        Attribution by;
        by.list = cursor.text();
        by.family = cursor.text();
        by.warning = cursor.text();
        by.confidence = cursor.number<std::uint8_t>();
        const auto marks = cursor.number<std::uint8_t>();
        by.half_life_days = cursor.number<std::uint16_t>();
        by.from = Time{static_cast<std::int64_t>(cursor.number<std::uint64_t>())};
        by.until = Time{static_cast<std::int64_t>(cursor.number<std::uint64_t>())};
        by.allowed = (marks & kAllowedMark) != 0;
        by.caution = (marks & kCautionMark) != 0;
        const unsigned tlp = marks & ~(kAllowedMark | kCautionMark);
        if (tlp > static_cast<unsigned>(Tlp::red) || by.confidence > 100) cursor.bad = true;
        by.tlp = static_cast<Tlp>(tlp);
        entry.by.push_back(std::move(by));
    }
    if (cursor.bad || !cursor.rest.empty()) return fail(Code::corrupt, "a record of the indicators is damaged");
    entry.value.kind = static_cast<Kind>(kind);
    return entry;
}

}  // namespace vg::detect::indicator
