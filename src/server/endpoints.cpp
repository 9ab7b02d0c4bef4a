#include "server/endpoints.h"

#include "base/ip.h"
#include "base/text.h"

namespace vg::server {

Result<net::Endpoint> parse_endpoint(std::string_view setting, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : parse_int(std::string_view{text}.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535)
        return fail(Code::bad_input, format("setting {}: {} is not ADDRESS:PORT, such as 127.0.0.1:7300 or [::1]:7300", setting, text));
    std::string address = text.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
    if (address == "localhost") address = "127.0.0.1";
    if (!parse_address(address)) return fail(Code::bad_input, format("setting {}: {} is not an address; names are not looked up", setting, address));
    return net::Endpoint{address, static_cast<std::uint16_t>(*port)};
}

Result<std::vector<net::Endpoint>> parse_endpoints(std::string_view setting, const Texts& texts) {
    std::vector<net::Endpoint> endpoints;
    for (const std::string& text : texts) endpoints.push_back(TRY(parse_endpoint(setting, text)));
    return endpoints;
}

bool is_loopback(const std::string& address) {
    const auto parsed = parse_address(address);
    return parsed && (parse_network("127.0.0.0/8")->contains(*parsed) || parsed->text() == "::1");
}

}  // namespace vg::server
