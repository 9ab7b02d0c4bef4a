#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"
#include "detect/kinds/indicator/value.h"

namespace vg::detect::indicator {

namespace {

// What stands for one character, longest first; compared without regard to case.
using Stand = std::pair<std::string_view, std::string_view>;
constexpr std::array<Stand, 19> kWhole{{
    {"[://]", "://"}, {"[dot]", "."}, {"(dot)", "."}, {"{dot}", "."}, {"<dot>", "."}, {"[at]", "@"}, {"(at)", "@"}, {"{at}", "@"}, {"<at>", "@"}, {"[.]", "."},
    {"(.)", "."},     {"{.}", "."},   {"<.>", "."},   {"[,]", "."},   {"[@]", "@"},   {"(@)", "@"},  {"{@}", "@"},  {"[:]", ":"},  {"[/]", "/"},
}};
// Halves of these: only where a host may stand, for they may well be meant in a path.
constexpr std::array<Stand, 5> kHalf{{{"[.", "."}, {".]", "."}, {"(.", "."}, {".)", "."}, {"\\.", "."}}};

std::string replaced(std::string_view text, std::span<const Stand> stands) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto stand = std::find_if(stands.begin(), stands.end(), [&](const Stand& pair) { return starts_with_ignoring_ascii_case(text.substr(at), pair.first); });
        if (stand == stands.end()) {
            out += text[at++];
        } else {
            out += stand->second;
            at += stand->first.size();
        }
    }
    return out;
}

// "hxxps", "h**p", "fxp" and their like, before a colon.
std::string_view scheme_behind(std::string_view scheme) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> known{{
        {"hxxp", "http"}, {"hxxps", "https"}, {"hxtp", "http"}, {"hxtps", "https"}, {"htxp", "http"}, {"htxps", "https"},
        {"h**p", "http"}, {"h**ps", "https"}, {"h__p", "http"}, {"h__ps", "https"}, {"fxp", "ftp"},   {"fxps", "ftps"},
    }};
    for (const auto& [written, meant] : known)
        if (equal_ignoring_ascii_case(scheme, written)) return meant;
    return {};
}

}  // namespace

std::string refang(std::string_view text) {
    std::string out{trim(text)};
    if (out.find_first_of("[({<\\") != std::string::npos) {
        out = replaced(out, kWhole);
        const std::size_t colon = out.find("://");
        const std::size_t host = colon != std::string::npos ? colon + 3 : out.starts_with("//") ? 2 : 0;
        const std::size_t path = std::min(out.find_first_of("/?#", host), out.size());
        out = replaced(std::string_view{out}.substr(0, path), kHalf) + out.substr(path);
    }
    const std::size_t colon = out.find(':');
    if (colon != std::string::npos && colon <= 6)
        if (const std::string_view scheme = scheme_behind(std::string_view{out}.substr(0, colon)); !scheme.empty()) out.replace(0, colon, scheme);
    return out;
}

}  // namespace vg::detect::indicator
