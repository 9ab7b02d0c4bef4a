#include "ingest/frames/json_objects.h"

#include <algorithm>

namespace vg::ingest {

Status JsonObjects::feed(std::string_view bytes) {
    std::size_t begin = 0;  // of what is not yet in held_
    for (std::size_t i = 0; i < bytes.size() && !stopped_; ++i) {
        const char c = bytes[i];
        if (depth_ == 0) {
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
            if (c != '{') return fail(Code::bad_input, "there is something between the objects that is none");
            begin = i;
            depth_ = 1;
            continue;
        }
        if (in_text_) {
            if (escaped_)
                escaped_ = false;
            else if (c == '\\')
                escaped_ = true;
            else if (c == '"')
                in_text_ = false;
            continue;
        }
        if (c == '"') in_text_ = true;
        if (c == '{' || c == '[') ++depth_;
        if (c != '}' && c != ']') continue;
        if (--depth_ > 0) continue;
        const std::string_view last = bytes.substr(begin, i + 1 - begin);
        too_long_ = too_long_ || held_.size() + last.size() > most_bytes_;
        if (!held_.empty()) held_.append(last.substr(0, too_long_ ? 256 : last.size()));
        const std::string_view text = held_.empty() ? last : std::string_view{held_};
        stopped_ = !on_object_({.number = count_++, .text = text.substr(0, too_long_ ? std::min<std::size_t>(256, most_bytes_) : text.size()), .too_long = too_long_});
        held_.clear();
        too_long_ = false;
        begin = i + 1;
    }
    if (depth_ == 0 || stopped_) return {};
    const std::string_view rest = bytes.substr(std::min(begin, bytes.size()));
    too_long_ = too_long_ || held_.size() + rest.size() > most_bytes_;
    held_.append(rest.substr(0, too_long_ ? std::min<std::size_t>(rest.size(), held_.size() < 256 ? 256 : 0) : rest.size()));
    return {};
}

Status JsonObjects::finish() {
    if (depth_ > 0 && !stopped_) return fail(Code::bad_input, "the last object is not complete");
    return {};
}

}  // namespace vg::ingest
