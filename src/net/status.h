// HTTP status codes (RFC 9110, section 15): their phrases, and which one tells of an Error. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vg::net {

// The status of an answer that reports an error of this code.
int status_of(Code code);
// "Not Found" for 404; "Status" for one that nobody here sends.
std::string_view reason_phrase(int status);

}  // namespace vg::net
