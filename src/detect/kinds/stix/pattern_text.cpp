// Times and paths of patterns, from text and to text.
#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/stix/characters.h"
#include "detect/kinds/stix/pattern.h"

namespace vg::detect::stix {

Time Moment::time() const {
    std::string six = fraction.substr(0, 6);
    six.resize(6, '0');
    return Time{seconds * 1'000'000 + parse_int(six).value_or(0)};
}

std::optional<Moment> parse_moment(std::string_view text) {
    static constexpr std::string_view kShape = "0000-00-00T00:00:00";
    if (text.size() < kShape.size() + 1 || text.back() != 'Z') return {};
    for (std::size_t i = 0; i < kShape.size(); ++i)
        if (kShape[i] == '0' ? !is_digit(text[i]) : text[i] != kShape[i]) return {};
    std::string_view fraction = text.substr(kShape.size(), text.size() - kShape.size() - 1);
    if (!fraction.empty()) {
        if (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > 40) return {};
        fraction.remove_prefix(1);
        for (char c : fraction)
            if (!is_digit(c)) return {};
        while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    }
    const auto time = parse_time(format("{}Z", text.substr(0, kShape.size())));
    if (!time) return {};
    // Whole seconds, also before 1970.
    return Moment{.seconds = time->micros / 1'000'000, .fraction = std::string{fraction}};
}

std::string Path::text() const {
    std::string out = object_type;
    out += ':';
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        if (step.kind == Step::Kind::any) {
            out += "[*]";
        } else if (step.kind == Step::Kind::index) {
            out += format("[{}]", step.index);
        } else {
            if (i > 0) out += '.';
            bool plain = !step.key.empty() && is_word_start(step.key[0]) && step.key.find('-') == std::string::npos;
            for (char c : step.key) plain = plain && (is_word_start(c) || is_digit(c));
            if (plain) {
                out += step.key;
                continue;
            }
            out += '\'';
            for (char c : step.key) {
                if (c == '\\' || c == '\'') out += '\\';
                out += c;
            }
            out += '\'';
        }
    }
    return out;
}

}  // namespace vg::detect::stix
