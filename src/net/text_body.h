// A body that is in memory already: for requests that come from this process, and for tests. Used by one thread.
#pragma once

#include <string>
#include <utility>

#include "net/http.h"

namespace vg::net {

class TextBody final : public Body {
public:
    explicit TextBody(std::string text) : text_(std::move(text)) {}
    Result<std::string> next() override { return std::exchange(text_, {}); }

private:
    std::string text_;
};

}  // namespace vg::net
