#include "net/get.h"

#include <curl/curl.h>

#include "base/text.h"
#include "net/client_url.h"
#include "net/transfer.h"

namespace vg::net {
namespace {

constexpr std::size_t kMostHeaders = 200, kMostHeader = 8 << 10;

struct Taken {
    Got got;
    std::size_t most = 0;
    bool too_large = false;

    static std::size_t body(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto& taken = *static_cast<Taken*>(self);
        const std::size_t length = size * count;
        if (length > taken.most - taken.got.body.size()) {
            taken.too_large = true;
            return 0;
        }
        taken.got.body.append(bytes, length);
        return length;
    }
    static std::size_t header(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto& taken = *static_cast<Taken*>(self);
        const std::string_view line{bytes, size * count};
        if (line.starts_with("HTTP/")) taken.got.headers.clear();  // those of a 1xx do not count
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && line.size() <= kMostHeader && taken.got.headers.size() < kMostHeaders)
            taken.got.headers.emplace_back(lower_ascii(line.substr(0, colon)), std::string{trim(line.substr(colon + 1))});
        return line.size();
    }
};

}  // namespace

std::optional<std::string> Got::header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers)
        if (name == lower_case_name) return value;
    return std::nullopt;
}

Result<Got> get(const Getting& getting) {
    const Url url = TRY(parse_url(getting.url));
    if (!url.socket_path.empty()) return fail(Code::bad_input, "the URL begins with http:// or https://");
    Transfer transfer = TRY(Transfer::make("http,https", getting.url, getting.time, getting.ca_file, getting.stopping));
    TRY(transfer.send_headers(getting.headers));
    transfer.guard(getting.may_connect);
    Taken taken{.got = {}, .most = getting.most_bytes};
    void* curl = transfer.handle();
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "vonggac/" VG_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Taken::body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taken);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, Taken::header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &taken);
    const int code = transfer.run();
    if (taken.too_large) return fail(Code::too_large, format("{} sends more than {} bytes", url.host, getting.most_bytes));
    if (code != CURLE_OK) {
        if (transfer.was_refused()) return fail(Code::denied, format("{}: its address is not of the public Internet, and the operator's setting does not allow it", url.host));
        return fail(Code::unavailable, format("{}: {}", url.host, transfer.reason(code)));
    }
    taken.got.status = static_cast<int>(transfer.response_code());
    return std::move(taken.got);
}

}  // namespace vg::net
