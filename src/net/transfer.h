// One transfer by libcurl, with what all of ours have in common: no proxy from the environment, no redirects, one protocol
// family, TLS 1.2 and a checked certificate, a bound on the time of all of it. Room-internal.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace vg::net {

class Transfer {
public:
    // `protocols`: as CURLOPT_PROTOCOLS_STR takes them. `stopping`: asked at least once a second; true ends it.
    static Result<Transfer> make(const char* protocols, const std::string& url, Span time, const std::string& ca_file, std::function<bool()> stopping);
    [[nodiscard]] void* handle() const { return handle_.get(); }
    // Performs it: a CURLcode.
    int run();
    // What libcurl says of `code`, on one line.
    [[nodiscard]] std::string reason(int code) const;
    [[nodiscard]] long response_code() const;

private:
    struct Clean {
        void operator()(void* handle) const;
    };
    std::unique_ptr<void, Clean> handle_;
    std::unique_ptr<char[]> words_;  // CURLOPT_ERRORBUFFER
    std::unique_ptr<std::function<bool()>> stopping_;
};

// On one line, printable, at most 300 bytes: for words of a peer that go into an error.
std::string peer_words(std::string_view text);

}  // namespace vg::net
