// Which addresses may stand in papers that leave the house: those of the public Internet. Mẫu số 03 asks for addresses "sử dụng trên
// Internet, không liệt kê địa chỉ IP nội bộ". Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip.h"

namespace vg::reports {

// Private, shared (carrier NAT), loopback, link-local, unique local, multicast, reserved, and translations of such; documentation
// addresses count as public.
bool is_internal(const Address& address);

inline constexpr std::string_view kLeftOut = "(địa chỉ nội bộ, không nêu)";

// The text with kLeftOut in place of each internal address or network, also where it is written with [.] or with a port behind it.
// `left_out` grows by their number.
std::string public_only(std::string_view text, std::int64_t& left_out);

}  // namespace vg::reports
