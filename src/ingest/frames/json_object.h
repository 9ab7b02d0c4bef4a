// Says whether a line is one JSON object (RFC 8259) in valid UTF-8, nested at most 128 deep. Pure; one a thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vg::ingest {

class JsonObjectCheck {
public:
    explicit JsonObjectCheck(std::size_t most_bytes);
    ~JsonObjectCheck();
    JsonObjectCheck(const JsonObjectCheck&) = delete;
    JsonObjectCheck& operator=(const JsonObjectCheck&) = delete;

    // Why not; nothing when it is.
    std::optional<std::string> refuse(std::string_view line);
    // Of the line that refuse() has just let pass: whether it has that member, and whether that is more than an empty text.
    enum class Member { missing, blank, there };
    [[nodiscard]] Member member(std::string_view name) const;

    // An object with exactly one member whose value is an object, as _bulk's action lines are: the member's name and the
    // texts (and numbers, as text) of the inner object that are asked for.
    struct Single {
        std::string name;
        std::vector<std::optional<std::string>> texts;  // as many as were asked for
    };
    std::optional<Single> single(std::string_view line, const std::vector<std::string_view>& inner_names);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vg::ingest
