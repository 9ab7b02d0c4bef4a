// The two READMEs of an evidence file. Room-internal.
#pragma once

#include <string_view>

namespace vg::api {

extern const std::string_view kEvidenceReadmeVi;
extern const std::string_view kEvidenceReadmeEn;

}  // namespace vg::api
