#include "net/http.h"

namespace vg::net {
namespace {

std::optional<std::string> find(const std::vector<Header>& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return std::nullopt;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> Request::header(std::string_view lower_case_name) const { return find(headers, lower_case_name); }
std::optional<std::string> Request::parameter(std::string_view name) const { return find(query, name); }
std::optional<std::string> Answer::header(std::string_view lower_case_name) const { return find(headers, lower_case_name); }

Result<std::string> Request::read_all(std::size_t limit) {
    std::string all;
    for (;;) {
        std::string piece = TRY(body->next());
        if (piece.empty()) return all;
        if (piece.size() > limit - all.size()) return fail(Code::too_large, "the body of the request is longer than " + std::to_string(limit) + " bytes");
        if (all.empty())
            all = std::move(piece);
        else
            all += piece;
    }
}

Response Response::json(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.with("Content-Type", "application/json");
    return response;
}

Response Response::text(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.with("Content-Type", "text/plain; charset=utf-8");
    return response;
}

Response& Response::with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
            out.push_back(digits[static_cast<unsigned char>(c) & 15]);
        }
    }
    return out;
}

}  // namespace vg::net
