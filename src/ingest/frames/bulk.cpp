#include "ingest/frames/bulk.h"

#include "base/text.h"

namespace vg::ingest {

BulkDecoder::BulkDecoder(std::size_t most_line_bytes, OnItem on_item)
    : on_item_(std::move(on_item)), check_(most_line_bytes), lines_(most_line_bytes, [this](const LineSplitter::Line& line) { return take(line); }) {}

Status BulkDecoder::feed(std::string_view bytes) {
    lines_.feed(bytes);
    if (!error_.empty()) return fail(Code::bad_input, error_);
    return {};
}

Status BulkDecoder::finish() {
    lines_.finish();
    if (error_.empty() && wants_document_) error_ = "the action in line " + std::to_string(action_line_) + " has no document behind it";
    if (!error_.empty()) return fail(Code::bad_input, error_);
    return {};
}

bool BulkDecoder::take(const LineSplitter::Line& line) {
    if (!wants_document_) return take_action(line);
    wants_document_ = false;
    if (!held_back_.empty()) return emit(line.text, held_back_);
    if (line.too_long) return emit({}, "the document is longer than the longest line taken");
    if (const auto reason = check_.refuse(line.text)) return emit(line.text, *reason);
    return emit(line.text, {});
}

bool BulkDecoder::take_action(const LineSplitter::Line& line) {
    if (trim(line.text).empty() && !line.too_long) return true;  // between pairs, tolerated
    auto single = line.too_long ? std::nullopt : check_.single(line.text, {"_index", "_id"});
    const bool known = single && (single->name == "create" || single->name == "index" || single->name == "update" || single->name == "delete");
    if (!known) {
        error_ = "Malformed action/metadata line [" + std::to_string(line.number) + "], expected an object with one of create, index, update or delete";
        return false;
    }
    action_line_ = line.number;
    action_ = std::move(single->name);
    index_ = single->texts[0].value_or("");
    id_ = single->texts[1].value_or("");
    held_back_.clear();
    if (index_.size() > 255) {
        held_back_ = "_index is longer than 255 bytes";
        index_.clear();
    } else if (id_.size() > 512) {
        held_back_ = "_id is longer than 512 bytes";
        id_.clear();
    } else if (action_ == "update") {
        held_back_ = "records are never changed: update is not taken";
    }
    if (action_ == "delete") return emit({}, "records are never deleted by a sender: delete is not taken");
    wants_document_ = true;
    return true;
}

bool BulkDecoder::emit(std::string_view document, std::string_view refused) {
    return on_item_({.action = action_, .index = index_, .id = id_, .document = document, .refused = refused, .line = action_line_});
}

}  // namespace vg::ingest
