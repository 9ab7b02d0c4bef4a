// What a name of the DNS says about itself: its parts, how coded it looks, and whether a program made it up. Pure functions;
// hostile input; the same answer on every machine, as all arithmetic is of whole numbers.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vg::detect::dns {

inline constexpr std::size_t kMostName = 255;

// Views into the name. "a.b.example.com.vn": carried "a.b", registered "example.com.vn", label "example".
struct Parts {
    std::string_view registered;  // the name that somebody registered; empty when the name has fewer than two labels
    std::string_view label;       // its first label
    std::string_view carried;     // what stands before it
};
// `name` without the last point. By rule, without a list of all registries: the last two labels, or three where a country's
// registry has second levels (com.vn, co.uk), or one more than a suffix of `hosts`, under which strangers get names.
Parts parts_of(std::string_view name, std::span<const std::string> hosts);

// Bits for each character, in hundredths (Shannon); points do not count.
int entropy_of(std::string_view text);

// How much the label looks made by a program: 50 + 5 times the log odds of the model, between 0 and 100. Letters without
// regard to case. 50: as likely as not. tools/train-names makes the model.
int made_up(std::string_view label);

}  // namespace vg::detect::dns
