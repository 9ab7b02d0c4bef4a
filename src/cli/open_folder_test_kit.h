// For tests: an open data folder whose router belongs to the test.
#pragma once

#include "cli/cli.h"

namespace vg::cli {

class Borrowed final : public OpenFolder {
public:
    explicit Borrowed(api::Router& router) : router_(router) {}
    api::Router& router() override { return router_; }

private:
    api::Router& router_;
};

}  // namespace vg::cli
