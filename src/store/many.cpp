#include "store/many.h"

#include <algorithm>

#include "base/text.h"

namespace vg::store {

std::string Many::statement(std::size_t rows) const {
    std::string out = head_;
    for (std::size_t i = 0; i < rows * columns_; ++i) out += format("{}:a{}{}", i == 0 ? "(" : i % columns_ == 0 ? ", (" : ", ", i, (i + 1) % columns_ == 0 ? ")" : "");
    return out + tail_;
}

std::vector<std::pair<std::string, Params>> Many::pieces() const {
    std::vector<std::pair<std::string, Params>> out;
    const std::string sql = params_.empty() ? std::string{} : statement(kTogether);
    const std::size_t whole = kTogether * columns_;
    for (std::size_t at = 0; at < params_.size(); at += whole) {
        const auto begin = params_.begin() + static_cast<std::ptrdiff_t>(at);
        Params params{begin, begin + static_cast<std::ptrdiff_t>(std::min(params_.size() - at, whole))};
        params.reserve(whole);
        while (params.size() < whole) params.push_back(Param{params[params.size() - columns_]});
        out.emplace_back(sql, std::move(params));
    }
    return out;
}

Result<std::int64_t> Many::run(Transaction& tx) const {
    std::int64_t touched = 0;
    std::size_t at = 0;
    while (at < params_.size()) {
        const std::size_t rows = params_.size() - at >= kTogether * columns_ ? kTogether : 1;
        const auto begin = params_.begin() + static_cast<std::ptrdiff_t>(at);
        touched += TRY(tx.run(statement(rows), Params{begin, begin + static_cast<std::ptrdiff_t>(rows * columns_)}));
        at += rows * columns_;
    }
    return touched;
}

}  // namespace vg::store
