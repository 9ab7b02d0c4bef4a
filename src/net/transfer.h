// One transfer by libcurl, with what all of ours have in common: no proxy from the environment, no redirects, one protocol
// family, TLS 1.2 and a checked certificate, a bound on the time of all of it. Room-internal.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

class Transfer {
public:
    // `protocols`: as CURLOPT_PROTOCOLS_STR takes them. `stopping`: asked at least once a second; true ends it.
    static Result<Transfer> make(const char* protocols, const std::string& url, Span time, const std::string& ca_file, std::function<bool()> stopping);
    [[nodiscard]] void* handle() const { return handle_.get(); }
    // Of an address that somebody else has chosen: `may_connect` is asked for the very address that the name gave. None: anywhere.
    void guard(std::function<bool(const Address&)> may_connect);
    // Whether that was why nothing was connected to.
    [[nodiscard]] bool was_refused() const { return guard_ != nullptr && guard_->refused; }
    // Code::bad_input: characters that no header has.
    Status send_headers(const std::vector<Header>& headers);
    // Performs it: a CURLcode.
    int run();
    // What libcurl says of `code`, on one line.
    [[nodiscard]] std::string reason(int code) const;
    [[nodiscard]] long response_code() const;

private:
    struct Clean {
        void operator()(void* handle) const;
    };
    struct Guard {
        std::function<bool(const Address&)> may_connect;
        bool refused = false;
    };
    struct CleanList {
        void operator()(void* list) const;
    };
    static int open_socket(void* guard, int purpose, void* to);
    std::unique_ptr<void, CleanList> headers_;  // they outlive the handle
    std::unique_ptr<Guard> guard_;
    std::unique_ptr<void, Clean> handle_;
    std::unique_ptr<char[]> words_;  // CURLOPT_ERRORBUFFER
    std::unique_ptr<std::function<bool()>> stopping_;
};

// On one line, printable, at most 300 bytes: for words of a peer that go into an error.
std::string peer_words(std::string_view text);

}  // namespace vg::net
