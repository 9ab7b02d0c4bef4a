// Templates of forms: {NAME} is the field of that name, else the word. Room-internal.
#pragma once

#include <string>
#include <string_view>

#include "reports/forms.h"

namespace vg::reports {

inline constexpr std::string_view kDots = "………………";

// `blank` stands for what is empty.
std::string expand(std::string_view text, const Draft& draft, std::string_view blank = kDots);

// The words of a choice field that are ticked, each with what was written behind "WORD: ".
struct Ticked {
    std::string word, text;
};
std::vector<Ticked> ticked_of(std::string_view value);
// As it is printed: the texts of choices, "; " between.
std::string shown_value(const FormField& field, const std::string& value);

// "17/04/2024", its first moment.
std::optional<Time> day_named(std::string_view text);
// The field "subject", or "subject.none" of a notice without anything seen.
std::string subject_of(const FormKind& kind, const Draft& draft);

// Missing fields, addressees, subject and the count of internal addresses, after something changed.
void renew(Draft& draft, const FormKind& kind);

}  // namespace vg::reports
