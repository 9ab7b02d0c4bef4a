#include "cases/states.h"

#include <array>

namespace vg::cases {

namespace {

constexpr std::array<std::string_view, kStages> kStageNames = {"received", "verifying", "first-response", "notified", "containing", "removing", "wrapping-up", "report-sent", "acknowledged"};
constexpr std::array<std::string_view, kItemStates> kItemStateNames = {"open", "working", "answered", "removed", "excepted", "closed"};
constexpr std::array<std::string_view, kAnswers> kAnswerNames = {"removed", "false-report", "not-ours", "cannot-find", "needs-help", "exception"};
constexpr std::array<std::string_view, kWaysToClose> kClosedNames = {"verified", "false-report", "not-ours", "by-person"};

template <class Enum, std::size_t N>
std::optional<Enum> named_in(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Stage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }
std::optional<Stage> stage_named(std::string_view name) { return named_in<Stage>(kStageNames, name); }
std::string_view name_of(ItemState state) { return kItemStateNames[static_cast<std::size_t>(state)]; }
std::optional<ItemState> item_state_named(std::string_view name) { return named_in<ItemState>(kItemStateNames, name); }
std::string_view name_of(AnswerKind kind) { return kAnswerNames[static_cast<std::size_t>(kind)]; }
std::optional<AnswerKind> answer_named(std::string_view name) { return named_in<AnswerKind>(kAnswerNames, name); }
std::string_view name_of(Closed closed) { return kClosedNames[static_cast<std::size_t>(closed)]; }
std::optional<Closed> closed_named(std::string_view name) { return named_in<Closed>(kClosedNames, name); }

bool may_follow(Stage next, Stage now) {
    if (next == now || now == Stage::acknowledged) return false;
    return next > now || next <= Stage::removing;
}

bool takes_answers(ItemState state) { return state != ItemState::closed; }

}  // namespace vg::cases
