// What the rows above and below a table say of the letter that it came with. Pure, any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "lists/reading.h"

namespace vg::lists {

// Takes from one line or cell what the letter does not have yet: number, issuer, date, subject, urgency.
void read_letter_line(std::string_view line, Letter& letter);

// The error for a mark, as the person reads it.
Error secret(std::string_view mark);

// denied when a mark stands alone in one of the first lines of the text.
Status refuse_secret_head(std::string_view text);

}  // namespace vg::lists
