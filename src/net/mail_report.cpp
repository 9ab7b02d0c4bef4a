// read_delivery_report(): pure; the message came from outside and may be anything.
#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "net/mail.h"

namespace vg::net {
namespace {

constexpr std::size_t kMostReportHeaders = 200, kMostReportParts = 20, kMostReportRecipients = 1000;
constexpr std::size_t kMostReportValue = 500;  // bytes that are kept of one

using ReportHeaders = std::map<std::string, std::string>;  // by name in small letters; the first of each

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// Up to an empty line; folded ones are one (RFC 5322, section 2.2.3).
ReportHeaders read_report_headers(std::string_view& rest) {
    ReportHeaders headers;
    std::string name, value;
    const auto keep = [&] {
        if (!name.empty() && headers.size() < kMostReportHeaders) headers.try_emplace(name, shorten(to_valid_utf8(trim(value)), kMostReportValue));
        name.clear();
    };
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        if (line.empty()) break;
        if (line.front() == ' ' || line.front() == '\t') {
            if (value.size() < 4 * kMostReportValue) value += " " + std::string{trim(line)};
            continue;
        }
        keep();
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        name = lower_ascii(trim(line.substr(0, colon)));
        value = std::string{line.substr(colon + 1, 4 * kMostReportValue)};
    }
    keep();
    return headers;
}

std::string value_of(const ReportHeaders& headers, const std::string& name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
}

// "rfc822; an@don-vi.example": what stands behind the type (RFC 3464, section 2.1.2).
std::string typed(const std::string& value) {
    const std::size_t semicolon = value.find(';');
    return std::string{trim(semicolon == std::string::npos ? std::string_view{value} : std::string_view{value}.substr(semicolon + 1))};
}

std::string in_brackets(std::string_view value) {
    const std::size_t open = value.find('<'), close = value.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return {};
    return std::string{value.substr(open + 1, close - open - 1)};
}

// A parameter of Content-Type (RFC 2045, section 5.1).
std::string parameter_of(const std::string& value, std::string_view name) {
    const std::string small = lower_ascii(value), wanted = std::string{name} + "=";
    std::size_t at = small.find(wanted);
    if (at == std::string::npos) return {};
    at += wanted.size();
    if (at < value.size() && value[at] == '"') return value.substr(at + 1, value.find('"', at + 1) - at - 1);
    return value.substr(at, value.find_first_of("; \t", at) - at);
}

std::vector<std::string_view> parts_of(std::string_view body, const std::string& border) {
    const std::string mark = "--" + border;
    std::vector<std::string_view> parts;
    std::optional<std::size_t> begin;
    for (std::string_view rest = body; !rest.empty() && parts.size() < kMostReportParts;) {
        const auto here = static_cast<std::size_t>(rest.data() - body.data());
        const std::string_view line = next_line(rest);
        if (!line.starts_with(mark)) continue;
        if (begin) parts.push_back(body.substr(*begin, here - *begin));
        begin = static_cast<std::size_t>(rest.empty() ? body.size() : static_cast<std::size_t>(rest.data() - body.data()));
        if (line.substr(mark.size()).starts_with("--")) return parts;
    }
    if (begin && parts.size() < kMostReportParts) parts.push_back(body.substr(*begin));  // it was cut off
    return parts;
}

}  // namespace

Result<DeliveryReport> read_delivery_report(std::string_view message) {
    if (message.size() > kMostReport) return fail(Code::too_large, format("a delivery report has at most {} bytes", kMostReport));
    // As mail programs hand it over: a line "From ..." may stand before the headers.
    if (message.starts_with("From ")) next_line(message);
    const ReportHeaders head = read_report_headers(message);
    const std::string type = value_of(head, "content-type");
    if (!lower_ascii(type).starts_with("multipart/report")) return fail(Code::bad_input, "this is no delivery report (RFC 3464): its Content-Type is not multipart/report");
    const std::string border = parameter_of(type, "boundary");
    if (border.empty()) return fail(Code::bad_input, "the delivery report has no boundary between its parts");
    std::optional<DeliveryReport> found;
    std::string id;
    for (std::string_view part : parts_of(message, border)) {
        const std::string of = lower_ascii(value_of(read_report_headers(part), "content-type"));
        if (of.starts_with("message/delivery-status") || of.starts_with("message/global-delivery-status")) {
            read_report_headers(part);  // of the message; then one block for each recipient
            for (std::size_t count = 0; count < kMostReportRecipients && !part.empty(); ++count) {
                const ReportHeaders block = read_report_headers(part);
                if (block.empty()) continue;
                DeliveryReport one{.message_id = {}, .recipient = typed(value_of(block, "original-recipient")), .action = lower_ascii(value_of(block, "action")), .status = value_of(block, "status"), .diagnostic = typed(value_of(block, "diagnostic-code"))};
                if (one.recipient.empty()) one.recipient = typed(value_of(block, "final-recipient"));
                if (one.action.empty()) continue;
                if (!found || (found->action != "failed" && one.action == "failed")) found = std::move(one);
            }
        } else if (of.starts_with("message/rfc822") || of.starts_with("text/rfc822-headers") || of.starts_with("message/global")) {
            if (id.empty()) id = in_brackets(value_of(read_report_headers(part), "message-id"));
        }
    }
    if (!found) return fail(Code::bad_input, "the delivery report tells of no recipient");
    if (id.empty()) return fail(Code::bad_input, "the delivery report does not name the mail that it is about");
    found->message_id = std::move(id);
    return *found;
}

}  // namespace vg::net
