// The few plain pages that the program serves by itself: what stands under /ui/, and the form behind the one-time link.
// No script; works in any browser. The form's answer goes through the API route that the command line uses too.
#pragma once

#include <optional>

#include "api/api.h"
#include "net/http.h"
#include "server/ui_files.h"

namespace vg::server {

// Answers /ui/ and what is below it, and / for browsers; nothing for other paths. Where a console was built, it takes
// all of /ui/ but the form behind the one-time link.
std::optional<net::Response> answer_page(net::Request& request, api::Router& router, const UiFiles& console);

}  // namespace vg::server
