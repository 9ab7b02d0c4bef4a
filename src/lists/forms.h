// Lists that are no tables: JSON and mails of other programs, made into rows with the names of their members as headers. Pure; hostile.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "lists/source.h"

namespace vg::lists {

// Nothing when the text is none of these forms.
Result<std::optional<Opened>> open_form(std::string_view text, const ReadOptions& options);

}  // namespace vg::lists
