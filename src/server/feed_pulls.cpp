#include "server/feed_pulls.h"

#include <algorithm>

#include "base/text.h"
#include "net/get.h"
#include "net/post.h"

namespace vg::server {

Result<std::vector<Network>> networks_of(const Texts& texts, std::string_view setting) {
    std::vector<Network> networks;
    for (const std::string& text : texts) {
        const auto network = parse_network(text);
        if (!network) return fail(Code::bad_input, format("setting {}: {} is neither a network nor an address", setting, text));
        networks.push_back(*network);
    }
    return networks;
}

intel::Puller::Options feed_options(const Settings& settings) {
    return {.folders = settings.feed_folders, .most_bytes = static_cast<std::size_t>(settings.feed_most_bytes), .every = milliseconds(settings.feed_every)};
}

Result<std::function<Result<intel::Fetched>(const intel::FetchAsk&)>> feed_fetch(const Settings& settings) {
    std::vector<Network> networks = TRY(networks_of(settings.feed_networks, "feeds.networks"));
    net::Getting prepared{.url = {}, .ca_file = settings.feed_ca_file, .time = seconds(settings.feed_seconds)};
    prepared.may_connect = [networks = std::move(networks)](const Address& address) {
        return !net::is_inner(address) || std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(address); });
    };
    return [prepared](const intel::FetchAsk& ask) -> Result<intel::Fetched> {
        net::Getting getting = prepared;
        getting.url = ask.url;
        getting.most_bytes = ask.most_bytes;
        getting.stopping = ask.stopping;
        if (!ask.etag.empty()) getting.headers.emplace_back("If-None-Match", ask.etag);
        if (!ask.last_modified.empty()) getting.headers.emplace_back("If-Modified-Since", ask.last_modified);
        net::Got got = TRY(net::get(getting));
        if (got.status == 304) return intel::Fetched{.unchanged = true};
        if (got.status / 100 == 3) return fail(Code::unavailable, format("it has moved ({}): redirects are not followed; register the new address {}", got.status, shorten(to_valid_utf8(got.header("location").value_or("")), 200)));
        if (got.status != 200) return fail(Code::unavailable, format("its server answered {}", got.status));
        return intel::Fetched{.unchanged = false, .bytes = std::move(got.body), .etag = got.header("etag").value_or(""), .last_modified = got.header("last-modified").value_or("")};
    };
}

}  // namespace vg::server
