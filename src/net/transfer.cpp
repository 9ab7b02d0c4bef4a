#include "net/transfer.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "net/pipe_signal.h"
#include "net/sockets.h"

namespace vg::net {

namespace {

int ask_whether_to_stop(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return (*static_cast<std::function<bool()>*>(stopping))() ? 1 : 0; }

}  // namespace

void Transfer::Clean::operator()(void* handle) const { curl_easy_cleanup(handle); }

Result<Transfer> Transfer::make(const char* protocols, const std::string& url, Span time, const std::string& ca_file, std::function<bool()> stopping) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    Transfer transfer;
    if (ready == CURLE_OK) transfer.handle_.reset(curl_easy_init());
    if (!transfer.handle_) return fail(Code::internal, "libcurl cannot be used");
    transfer.words_ = std::make_unique<char[]>(CURL_ERROR_SIZE);
    CURL* curl = transfer.handle_.get();
    const long time_ms = static_cast<long>(time.micros / 1000);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer.words_.get());
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(time_ms, 10'000L));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, time_ms);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a look-up of a name that hangs does not hold us
    if (stopping) {
        transfer.stopping_ = std::make_unique<std::function<bool()>>(std::move(stopping));
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_stop);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer.stopping_.get());
    }
    if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
    return transfer;
}

void Transfer::CleanList::operator()(void* list) const { curl_slist_free_all(static_cast<curl_slist*>(list)); }

int Transfer::open_socket(void* self, int, void* to) {
    auto& guard = *static_cast<Guard*>(self);
    const auto& wanted = *static_cast<const curl_sockaddr*>(to);
    sockaddr_storage storage{};
    std::memcpy(&storage, &wanted.addr, std::min<std::size_t>(wanted.addrlen, sizeof storage));
    const bool is_ip = wanted.family == AF_INET || wanted.family == AF_INET6;
    if (!is_ip || (guard.may_connect && !guard.may_connect(address_of(storage)))) {
        guard.refused = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(wanted.family, wanted.socktype | SOCK_CLOEXEC, wanted.protocol);
}

void Transfer::guard(std::function<bool(const Address&)> may_connect) {
    guard_ = std::make_unique<Guard>(Guard{std::move(may_connect), false});
    const curl_opensocket_callback open = [](void* self, curlsocktype purpose, curl_sockaddr* to) -> curl_socket_t { return open_socket(self, static_cast<int>(purpose), to); };
    curl_easy_setopt(handle_.get(), CURLOPT_OPENSOCKETFUNCTION, open);
    curl_easy_setopt(handle_.get(), CURLOPT_OPENSOCKETDATA, guard_.get());
}

Status Transfer::send_headers(const std::vector<Header>& headers) {
    for (const auto& [name, value] : headers) {
        if (name.empty() || name.find_first_of(" \t:\r\n") != std::string::npos || value.find_first_of("\r\n") != std::string::npos)
            return fail(Code::bad_input, "the header " + shorten(name, 60) + " has characters that no header has");
        headers_.reset(curl_slist_append(static_cast<curl_slist*>(headers_.release()), (value.empty() ? name + ":" : name + ": " + value).c_str()));
    }
    curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
    return {};
}

int Transfer::run() {
    const NoPipeSignal guard;
    return static_cast<int>(curl_easy_perform(handle_.get()));
}

std::string Transfer::reason(int code) const {
    return peer_words(words_[0] != '\0' ? words_.get() : curl_easy_strerror(static_cast<CURLcode>(code)));
}

long Transfer::response_code() const {
    long code = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
}

std::string peer_words(std::string_view text) {
    std::string line = to_valid_utf8(trim(text));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return shorten(line, 300);
}

}  // namespace vg::net
