// One statement for many rows, fifty at once, which is what both engines do best.
//
//   Many rows{"insert into t (a, b) values ", 2};
//   for (const One& one : all) rows.add({one.a, one.b});
//   TRY(rows.run(tx));
//
//   Many wanted{"select id from t where (a, b) in (values ", 2, ")"};   // of a question a row may be asked for twice: it is a set
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/state.h"

namespace vg::store {

class Many {
public:
    static constexpr std::size_t kTogether = 50;
    // `head`, then so many times "(:a0, :a1)" with commas between them, then `tail`.
    Many(std::string head, std::size_t columns, std::string tail = "") : head_(std::move(head)), tail_(std::move(tail)), columns_(columns) {}

    void add(Params row) {
        for (Param& one : row) params_.push_back(std::move(one));
    }
    [[nodiscard]] bool empty() const { return params_.empty(); }

    // Rows touched.
    Result<std::int64_t> run(Transaction& tx) const;
    // Statements of kTogether rows, the last filled up with its last row: for questions.
    [[nodiscard]] std::vector<std::pair<std::string, Params>> pieces() const;
    // What each piece answers, one behind the other.
    template <class... T>
    Result<std::vector<std::tuple<T...>>> query(Transaction& tx) const {
        std::vector<std::tuple<T...>> out;
        for (const auto& [sql, params] : pieces()) {
            auto found = TRY((tx.query<T...>(sql, params)));
            for (auto& row : found) out.push_back(std::move(row));
        }
        return out;
    }

private:
    [[nodiscard]] std::string statement(std::size_t rows) const;

    std::string head_, tail_;
    std::size_t columns_;
    Params params_;
};

}  // namespace vg::store
