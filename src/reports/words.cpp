#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "reports/gather.h"

namespace vg::reports {

namespace {

using Word = std::pair<std::string_view, std::string_view>;

// The ten kinds as Mẫu số 05 of TT 20/2017/TT-BTTTT names them.
constexpr std::array<Word, 10> kKindTexts{{
    {"denial-of-service", "Từ chối dịch vụ"},
    {"phishing", "Tấn công giả mạo"},
    {"malware", "Tấn công sử dụng mã độc"},
    {"unauthorised-access", "Truy cập trái phép, chiếm quyền điều khiển"},
    {"defacement", "Thay đổi giao diện"},
    {"encryption", "Mã hóa phần mềm, dữ liệu, thiết bị"},
    {"destruction", "Phá hoại thông tin, dữ liệu, phần mềm"},
    {"espionage", "Nghe trộm, gián điệp, lấy cắp thông tin, dữ liệu"},
    {"combined", "Tấn công tổng hợp sử dụng kết hợp nhiều hình thức"},
    {"other", "Các hình thức khác"},
}};

constexpr std::array<Word, 6> kAnswerTexts{{
    {"removed", "Đã bóc gỡ mã độc"},
    {"false-report", "Báo nhầm, không bị nhiễm"},
    {"not-ours", "Không thuộc quản lý của đơn vị"},
    {"cannot-find", "Chưa xác định được máy"},
    {"needs-help", "Đề nghị hỗ trợ"},
    {"exception", "Chưa xử lý, có thời hạn"},
}};

constexpr std::array<Word, 4> kClosedTexts{{
    {"verified", "Đã xác minh"},
    {"false-report", "Đã chấp nhận: báo nhầm"},
    {"not-ours", "Đã chấp nhận: không thuộc quản lý"},
    {"by-person", "Đã đóng theo quyết định"},
}};

template <std::size_t N>
std::string_view text_in(const std::array<Word, N>& words, std::string_view key) {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.first == key; });
    return found == words.end() ? std::string_view{} : found->second;
}

}  // namespace

std::string day_text(Time time) {
    const Civil civil = to_civil(time, kZone);
    return format("{:02}/{:02}/{}", civil.day, civil.month, civil.year);
}

std::string moment_text(Time time) {
    const Civil civil = to_civil(time, kZone);
    return format("{:02}:{:02} ngày {:02}/{:02}/{}", civil.hour, civil.minute, civil.day, civil.month, civil.year);
}

std::string number_text(std::int64_t number) {
    std::string digits = std::to_string(number < 0 ? -number : number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ".");
    return (number < 0 ? "-" : "") + digits;
}

std::string_view kind_text(std::string_view kind) { return text_in(kKindTexts, kind); }

std::string answer_text(const cases::Item& item) {
    if (item.answer.empty()) return "Chưa trả lời";
    std::string out{text_in(kAnswerTexts, item.answer)};
    if (!item.answer_text.empty()) out += ": " + item.answer_text;
    return out;
}

std::string state_text(const cases::Item& item) {
    switch (item.state) {
        case cases::ItemState::open: return item.relapses > 0 ? "Tái nhiễm, chưa xử lý" : "Chưa xử lý";
        case cases::ItemState::working: return "Đang xử lý";
        case cases::ItemState::answered: return "Chờ xem xét trả lời";
        case cases::ItemState::removed: return "Đã gỡ, đang theo dõi";
        case cases::ItemState::excepted: return item.excepted_until ? "Ngoại lệ đến " + day_text(*item.excepted_until) : "Ngoại lệ";
        case cases::ItemState::closed: return std::string{text_in(kClosedTexts, item.closed_why)};
    }
    return {};
}

}  // namespace vg::reports
