// The body of Elasticsearch's _bulk: lines in pairs, an action and (but for delete) a document. Pure and bounded.
//
//   {"create":{"_index":"logs-a"}}
//   {"@timestamp":"...","message":"..."}
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/lines.h"

namespace vg::ingest {

struct BulkItem {
    std::string_view action;    // "create", "index", "update", "delete"
    std::string_view index;     // "_index" of the action, empty: the request's
    std::string_view id;        // "_id", empty: none
    std::string_view document;  // as sent; empty for delete
    std::string_view refused;   // why it is not taken; empty: it is a JSON object to be kept
    std::uint64_t line = 0;     // of the action, from 1
};

class BulkDecoder {
public:
    // False stops the work.
    using OnItem = std::function<bool(const BulkItem&)>;

    BulkDecoder(std::size_t most_line_bytes, OnItem on_item);

    // Code::bad_input when an action line is none: which lines belong together is unknown from there on, and nothing
    // behind it is read. Items before it have been given out.
    Status feed(std::string_view bytes);
    // The end: an action without its document is an error as well.
    Status finish();

private:
    bool take(const LineSplitter::Line& line);
    bool take_action(const LineSplitter::Line& line);
    bool emit(std::string_view document, std::string_view refused);

    const OnItem on_item_;
    JsonObjectCheck check_;
    LineSplitter lines_;
    bool wants_document_ = false;
    std::string action_, index_, id_;
    std::string held_back_;  // a reason known from the action line
    std::uint64_t action_line_ = 0;
    std::string error_;
};

}  // namespace vg::ingest
