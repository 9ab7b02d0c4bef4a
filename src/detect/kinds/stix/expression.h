// The regular expression of a MATCHES. RE2 runs it in time linear in the text; what only backtracking engines have
// (look-around, back references) is refused by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace vg::detect::stix {

class Expression {
public:
    explicit Expression(const std::string& text);
    ~Expression();
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;
    // Empty, or why the expression cannot be run.
    [[nodiscard]] const std::string& refused() const { return refused_; }
    // Anywhere in the text (UTF-8). False when refused.
    [[nodiscard]] bool found_in(std::string_view text) const;

private:
    std::unique_ptr<const re2::RE2> compiled_;
    std::string refused_;
};

}  // namespace vg::detect::stix
