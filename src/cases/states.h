// The words of cases: stages of a case (TT 20/2017 Điều 11), states and answers of its items, and which change may follow which. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vg::cases {

// How far a case is, in the order of the circular. From `removing` one goes back as often as it takes until it is clean.
enum class Stage : std::uint8_t {
    received,       // tiếp nhận
    verifying,      // phân tích, xác minh
    first_response, // ứng cứu ban đầu
    notified,       // đã thông báo
    containing,     // ứng cứu, ngăn chặn
    removing,       // xử lý, gỡ bỏ, khôi phục, kiểm tra
    wrapping_up,    // tổng kết
    report_sent,    // đã gửi báo cáo kết thúc
    acknowledged,   // đã được ghi nhận: the coordinator's receipt is here, and only now is it closed
};
inline constexpr std::size_t kStages = 9;
std::string_view name_of(Stage stage);  // "first-response"
std::optional<Stage> stage_named(std::string_view name);

// Where one victim of a case stands.
enum class ItemState : std::uint8_t {
    open,      // nobody has answered
    working,   // somebody is on it
    answered,  // an answer that the coordinator has to judge
    removed,   // removal is told with evidence, and watched
    excepted,  // left as it is until a day
    closed,
};
inline constexpr std::size_t kItemStates = 6;
std::string_view name_of(ItemState state);
std::optional<ItemState> item_state_named(std::string_view name);

enum class AnswerKind : std::uint8_t {
    removed,
    false_report,  // it was never infected
    not_ours,      // since when is told
    cannot_find,   // the machine behind the address
    needs_help,
    exception,     // until a day
};
inline constexpr std::size_t kAnswers = 6;
std::string_view name_of(AnswerKind kind);
std::optional<AnswerKind> answer_named(std::string_view name);

// Why an item was closed. There is no other way.
enum class Closed : std::uint8_t {
    verified,      // by the policy's evidence
    false_report,  // an answer that the coordinator accepted
    not_ours,      // the same
    by_person,     // somebody's name and reason instead of evidence
};
inline constexpr std::size_t kWaysToClose = 4;
std::string_view name_of(Closed closed);
std::optional<Closed> closed_named(std::string_view name);

// Whether the next stage may be told: forwards, or back to `removing` and before.
bool may_follow(Stage next, Stage now);
// Whether an answer may be given to an item in that state.
bool takes_answers(ItemState state);

}  // namespace vg::cases
