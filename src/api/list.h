// Answers that are lists: {"items":[...],"next":"CURSOR"} with `limit` and `after`, or, for Accept: application/x-ndjson,
// the whole answer as one line an item, fetched page by page while it is sent, so that memory is bounded.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/api.h"

namespace vg::api {

inline constexpr std::string_view kListParameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before";

struct ListPage {
    json::Array items;
    std::optional<std::string> next;
};
// One page. Called again while the answer is streamed, when the Ask is gone: it captures by value, and uses what it is
// given. Never an actor of another request.
using FetchPage = std::function<Result<ListPage>(Context&, const access::Actor&, const std::optional<std::string>& after, std::size_t limit)>;

Result<net::Response> list(Ask& ask, FetchPage fetch);

// The page of things that stand in the order of their cursors, behind `after`; `cursor` and `show` are asked for one thing.
template <typename Things, typename Cursor, typename Show>
ListPage page_of(const Things& things, const std::optional<std::string>& after, std::size_t limit, const Cursor& cursor, const Show& show) {
    ListPage page;
    std::string last;
    for (const auto& thing : things) {
        std::string here{cursor(thing)};
        if (after && here <= *after) continue;
        if (page.items.size() == limit) {
            page.next = std::move(last);
            break;
        }
        page.items.push_back(show(thing));
        last = std::move(here);
    }
    return page;
}

// ---- single answers ----

net::Response json_answer(int status, const json::Value& value);
// With ETag "VERSION".
net::Response versioned_answer(int status, const json::Value& value, std::int64_t version);
net::Response no_content();

}  // namespace vg::api
