#include "detect/kinds/stix/expression.h"

#include <re2/re2.h>

namespace vg::detect::stix {

Expression::Expression(const std::string& text) {
    RE2::Options how;
    how.set_log_errors(false);
    how.set_max_mem(1 << 20);
    if (text.size() > 4096) {
        refused_ = "the expression is longer than 4,096 bytes";
        return;
    }
    auto compiled = std::make_unique<const RE2>(text, how);
    if (compiled->ok())
        compiled_ = std::move(compiled);
    else
        refused_ = "the expression cannot be run in linear time or is none: " + compiled->error();
}

Expression::~Expression() = default;

bool Expression::found_in(std::string_view text) const {
    return compiled_ && RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, *compiled_);
}

}  // namespace vg::detect::stix
