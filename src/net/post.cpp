#include "net/post.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/text.h"
#include "net/client_url.h"
#include "net/transfer.h"

namespace vg::net {
namespace {

constexpr std::size_t kMostAnswer = 64 << 10;

// Counts, keeps nothing, and ends what does not end by itself.
std::size_t pass_over(char*, std::size_t size, std::size_t count, void* seen) {
    auto& total = *static_cast<std::size_t*>(seen);
    total += size * count;
    return total > kMostAnswer ? 0 : size * count;
}

}  // namespace

Result<int> post(const Posting& posting) {
    const Url url = TRY(parse_url(posting.url));
    if (!url.socket_path.empty()) return fail(Code::bad_input, "the URL begins with http:// or https://");
    std::vector<Header> headers = posting.headers;
    headers.emplace_back("Expect", "");  // no waiting for 100
    Transfer transfer = TRY(Transfer::make("http,https", posting.url, posting.time, posting.ca_file, posting.stopping));
    TRY(transfer.send_headers(headers));
    transfer.guard(posting.may_connect);
    void* curl = transfer.handle();
    std::size_t seen = 0;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(posting.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, posting.body.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "vonggac/" VG_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, pass_over);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
    const int code = transfer.run();
    const long status = transfer.response_code();
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status >= 200)) return static_cast<int>(status);
    if (transfer.was_refused()) return fail(Code::denied, format("webhook {}: its address is not of the public Internet, and the operator's setting does not allow it", url.host));
    return fail(Code::unavailable, format("webhook {}: {}", url.host, transfer.reason(code)));
}

bool is_inner(const Address& address) {
    static const std::vector<Network> networks = [] {
        std::vector<Network> all;
        for (const char* text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
                                 "224.0.0.0/3", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8"})
            if (const auto network = parse_network(text)) all.push_back(*network);
        return all;
    }();
    return std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(address); });
}

}  // namespace vg::net
