// The call sheet as HTML: large numbers, room for what was said, nothing from elsewhere.
#include "base/html.h"
#include "base/text.h"
#include "base/time.h"
#include "reports/escalations.h"

namespace vg::reports {

namespace {

constexpr std::string_view kSheetStyle =
    "body{font:14pt/1.4 'Liberation Sans',Arial,sans-serif;color:#000;background:#fff;margin:18mm;max-width:190mm}h1{font-size:20pt;margin:0 0 4mm}h2{font-size:15pt;margin:8mm 0 2mm;border-bottom:1px solid #000}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #666;padding:2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{font-size:11pt}.v{font-size:18pt;font-weight:bold}.s{font-size:11pt}.n{border:2px solid #000;padding:3mm}"
    ".log td{height:11mm}@page{size:A4;margin:15mm}@media print{body{margin:0}}";

std::string local_text(Time time) {
    const Civil c = to_civil(time, "Asia/Ho_Chi_Minh");
    return format("{:02}:{:02} {:02}/{:02}/{}", c.hour, c.minute, c.day, c.month, c.year);
}

std::string_view channel_words(std::string_view channel) {
    if (channel == "phone") return "Điện thoại";
    if (channel == "email") return "Thư điện tử";
    if (channel == "fax") return "Fax";
    if (channel == "post") return "Bưu điện";
    if (channel == "chat") return "Nhắn tin";
    return "Cổng";
}

}  // namespace

std::string call_sheet(const std::vector<SheetLine>& lines, const std::optional<Escalation>& of, const std::optional<cases::Case>& file, std::string_view mail_subject, std::string_view made_by, Time now) {
    std::string out = format("<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Phiếu gọi hỗ trợ</title><style>{}</style></head><body><h1>Phiếu gọi hỗ trợ ứng cứu, giám sát</h1>", kSheetStyle);
    out += format("<p class=\"s\">Lập lúc {} (GMT+7){}{}. Đầu mối có hiệu lực tại thời điểm này; in trước, đọc được khi không có mạng.</p>", local_text(now), made_by.empty() ? "" : ", bởi ", escape_html(made_by));
    if (file) {
        out += format("<h2>Vụ việc {}</h2><p><b>{}</b><br>Phát hiện: {}<br>Mục: {}, chưa đóng: {}</p>", file->number, escape_html(file->title), local_text(file->detected), file->items, file->items_open);
        if (of) out += format("<p>Cần hỗ trợ: {}</p>", escape_html(of->reason));
        if (!mail_subject.empty()) out += format("<p>Tiêu đề thư: <b>{}</b></p>", escape_html(mail_subject));
    }
    for (const SheetLine& line : lines) {
        out += format("<h2>{}</h2>", line.purpose == Purpose::response ? "Ứng cứu sự cố" : "Giám sát, cảnh báo sớm");
        out += line.whom.name_vi.empty() ? "<p class=\"n\">Không rõ cơ quan nào giữ vai trò này hôm nay.</p>" : format("<p>{}</p>", escape_html(line.whom.name_vi));
        if (line.whom.contacts.empty()) {
            out += "<p class=\"n\">Danh bạ chưa có đầu mối còn hiệu lực của cơ quan này. Hãy thêm vào Danh bạ, kèm văn bản công bố.</p>";
            continue;
        }
        out += "<table><tr><th>Kênh</th><th>Số, địa chỉ</th><th>Người, giờ</th><th>Theo văn bản</th></tr>";
        for (const Reachable& one : line.whom.contacts)
            out += format("<tr><td>{}</td><td class=\"v\">{}</td><td>{}{}{}</td><td class=\"s\">{}{}</td></tr>", channel_words(one.channel), escape_html(one.value), escape_html(one.person), one.person.empty() || one.hours.empty() ? "" : ", ", escape_html(one.hours),
                          escape_html(one.document), one.last_tried.empty() ? std::string{"; chưa ghi lần liên lạc nào"} : "; liên lạc được gần nhất " + escape_html(one.last_tried));
        out += "</table>";
    }
    out += "<h2>Nói gì</h2><ol><li>Tên đơn vị, tên và số điện thoại của người gọi.</li><li>Hệ thống nào, phát hiện lúc nào, biểu hiện gì, còn chạy hay đã dừng.</li><li>Đã làm gì, cần hỗ trợ gì.</li><li>Hỏi tên người nhận và số tiếp nhận.</li></ol>";
    out += "<h2>Ghi lại</h2><table class=\"log\"><tr><th>Giờ</th><th>Gọi ai, số nào</th><th>Người nghe</th><th>Trả lời</th></tr>";
    for (int i = 0; i < 6; ++i) out += "<tr><td></td><td></td><td></td><td></td></tr>";
    return out + "</table></body></html>\n";
}

}  // namespace vg::reports
