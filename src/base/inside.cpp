#include "base/inside.h"

#include <algorithm>
#include <array>

namespace vg {

bool is_inside(const Address& address) {
    static const std::array<Network, 9> kInside = {*parse_network("10.0.0.0/8"),     *parse_network("100.64.0.0/10"), *parse_network("127.0.0.0/8"), *parse_network("169.254.0.0/16"), *parse_network("172.16.0.0/12"),
                                                   *parse_network("192.168.0.0/16"), *parse_network("::1/128"),       *parse_network("fc00::/7"),    *parse_network("fe80::/10")};
    return std::any_of(kInside.begin(), kInside.end(), [&](const Network& one) { return one.contains(address); });
}

}  // namespace vg
