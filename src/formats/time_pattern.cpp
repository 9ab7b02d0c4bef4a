#include "base/time.h"
#include "formats/mapping.h"

namespace vg::formats {

std::string_view fault_of_time_pattern(std::string_view pattern) {
    if (pattern.empty() || pattern.size() > 100) return "a pattern has 1 to 100 characters";
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') continue;
        if (++i == pattern.size() || std::string_view{"YymdeHMSbfzZ"}.find(pattern[i]) == std::string_view::npos)
            return "the letters behind % are Y y m d e H M S b f z Z";
    }
    if (pattern.find("%d") == std::string_view::npos && pattern.find("%e") == std::string_view::npos) return "it names no day";
    if (pattern.find("%Y") == std::string_view::npos && pattern.find("%y") == std::string_view::npos) return "it names no year";
    return {};
}

std::optional<Time> read_time_by(std::string_view pattern, std::string_view text, std::string_view zone) {
    Civil civil;
    std::optional<int> offset;  // minutes
    auto number = [&text](std::size_t least, std::size_t most) {
        int value = 0;
        std::size_t i = 0;
        for (; i < text.size() && i < most && text[i] >= '0' && text[i] <= '9'; ++i) value = value * 10 + (text[i] - '0');
        if (i < least) return -1;
        text.remove_prefix(i);
        return value;
    };
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            if (text.empty() || text.front() != pattern[i]) return std::nullopt;
            text.remove_prefix(1);
            continue;
        }
        int value = 0;
        switch (pattern[++i]) {
            case 'Y': value = civil.year = number(4, 4); break;
            case 'y':
                value = number(2, 2);
                civil.year = value + (value < 69 ? 2000 : 1900);  // as POSIX strptime
                break;
            case 'm': value = civil.month = number(1, 2); break;
            case 'e':
                if (text.starts_with(' ')) text.remove_prefix(1);
                [[fallthrough]];
            case 'd': value = civil.day = number(1, 2); break;
            case 'H': value = civil.hour = number(1, 2); break;
            case 'M': value = civil.minute = number(2, 2); break;
            case 'S': value = civil.second = number(2, 2); break;
            case 'f': {
                const std::size_t before = text.size();
                value = number(1, 6);
                civil.micros = value;
                for (std::size_t places = before - text.size(); places < 6; ++places) civil.micros *= 10;
                while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
                break;
            }
            case 'b': {
                constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
                const std::size_t at = text.size() < 3 ? std::string_view::npos : kMonths.find(text.substr(0, 3));
                if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
                civil.month = static_cast<int>(at / 3) + 1;
                text.remove_prefix(3);
                break;
            }
            case 'z': {
                if (text.starts_with('Z')) {
                    offset = 0;
                    text.remove_prefix(1);
                    break;
                }
                if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
                const int sign = text.front() == '+' ? 1 : -1;
                text.remove_prefix(1);
                const int hour = number(2, 2);
                if (text.starts_with(':')) text.remove_prefix(1);
                const int minute = number(2, 2);
                if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
                offset = sign * (hour * 60 + minute);
                break;
            }
            case 'Z':
                if (!text.starts_with("UTC") && !text.starts_with("GMT")) return std::nullopt;
                text.remove_prefix(3);
                offset = 0;
                break;
            default: return std::nullopt;
        }
        if (value < 0) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    const auto time = from_civil(civil, offset ? std::string_view{} : zone);
    if (!time || !offset) return time;
    return *time - minutes(*offset);
}

}  // namespace vg::formats
