#include "directory/fact_headers.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "directory/fact_kinds.h"

namespace vg::directory {

namespace {

// Headers that mean a field, with | between them; `kind` empty: in every table. The field's own name means it as well.
struct HeaderWords {
    std::string_view kind, field, headers;
};
constexpr HeaderWords kHeaders[] = {
    {"", "organisation", "đơn vị|tên đơn vị|tổ chức|tên tổ chức|cơ quan|tên cơ quan|cơ quan đơn vị|đơn vị quản lý|đơn vị sử dụng|mã đơn vị|mã định danh đơn vị|organization|organisation name|owner organisation|unit|agency"},
    {"", "kind", "loại dữ kiện|fact kind"},
    {"", "from", "từ ngày|ngày bắt đầu|hiệu lực từ|ngày hiệu lực|có hiệu lực từ|ngày cấp|từ|valid from|start|start date|since"},
    {"", "until", "đến ngày|ngày kết thúc|hết hiệu lực|ngày hết hiệu lực|đến|valid to|valid until|end|end date|to"},
    {"", "document", "văn bản|số văn bản|căn cứ|tài liệu|số công văn|công văn|source document|reference"},
    // A table of organisations: no kind of fact, but its columns become organisations, names, kinds and identifiers.
    {"organisation", "name", "tên|tên đơn vị|đơn vị|tên tổ chức|tổ chức|cơ quan|tên cơ quan|tên đầy đủ|name|organisation|organisation name"},
    {"organisation", "name_en", "tên tiếng anh|english name|name en"},
    {"organisation", "old", "tên cũ|tên trước đây|old names|former names"},
    {"organisation", "parent", "đơn vị cấp trên|cấp trên|trực thuộc|đơn vị chủ quản|parent"},
    {"organisation", "kind", "loại|loại hình|loại đơn vị|kind|organisation kind"},
    {"organisation", "qcvn-102", "mã định danh qcvn 102|qcvn 102"},
    {"organisation", "qd-20", "mã định danh|mã định danh điện tử|mã định danh qđ 20|qd 20|identifier"},
    {"range", "range", "dải địa chỉ|dải địa chỉ ip|dải ip|địa chỉ ip|địa chỉ|vùng địa chỉ|dải mạng|mạng|ip|ip range|network|prefix|cidr|address|addresses"},
    {"range", "ports", "cổng|dải cổng|port|port range"},
    {"range", "system", "hệ thống|mã hệ thống|hệ thống thông tin|system code"},
    {"range", "pool", "vùng nat|nhóm nat|nat pool|nat"},
    {"range", "note", "ghi chú|remark|comment"},
    {"asn", "number", "asn|số hiệu mạng|as|as number"},
    {"asn", "name", "tên|tên mạng|as name"},
    {"domain", "domain", "tên miền|miền|domain name"},
    {"domain", "system", "hệ thống|mã hệ thống|system code"},
    {"pool", "name", "tên|tên vùng nat|vùng nat|pool"},
    {"pool", "public", "dải công cộng|địa chỉ công cộng|ip công cộng|ip public|public range|outside"},
    {"pool", "inside", "mạng bên trong|dải nội bộ|mạng nội bộ|ip nội bộ|inside networks|private"},
    {"pool", "note", "ghi chú|remark|comment"},
    {"system", "code", "mã hệ thống|mã|mã httt|ký hiệu|system code"},
    {"system", "name", "tên hệ thống|tên hệ thống thông tin|hệ thống thông tin|hệ thống|tên|tên httt|system|system name"},
    {"system", "name_en", "tên tiếng anh|english name|name en"},
    {"system", "level", "cấp độ|cấp độ httt|cấp độ an toàn|cấp độ an toàn thông tin|security level"},
    {"system", "decision", "quyết định|số quyết định|quyết định phê duyệt|quyết định phê duyệt cấp độ|decision number"},
    {"system", "decision_date", "ngày quyết định|ngày phê duyệt|decision date"},
    {"system", "regime", "quy định|chế độ pháp luật|law"},
    {"system", "owner", "chủ quản|chủ quản hệ thống|chủ quản hệ thống thông tin|chủ quản httt|system owner"},
    {"system", "operator", "đơn vị vận hành|vận hành|system operator"},
    {"system", "specialised", "đơn vị chuyên trách|chuyên trách|đơn vị chuyên trách attt|specialised unit|specialized unit"},
    {"machine", "host", "tên máy|máy|máy chủ|tên máy chủ|tên thiết bị|thiết bị|hostname|host name|machine|computer name"},
    {"machine", "addresses", "địa chỉ ip|địa chỉ|ip|address|ip address"},
    {"machine", "system", "hệ thống|mã hệ thống|thuộc hệ thống|system code"},
    {"machine", "note", "ghi chú|remark|comment"},
    {"contact", "purpose", "mục đích|việc liên hệ"},
    {"contact", "channel", "kênh|kênh liên hệ|hình thức|means"},
    {"contact", "value", "liên hệ|thông tin liên hệ|số điện thoại hoặc thư|contact"},
    {"contact", "person", "người liên hệ|họ tên|họ và tên|đầu mối|contact person"},
    {"contact", "hours", "giờ trực|thời gian trực|giờ liên hệ"},
    {"contact", "key", "khóa|khóa mã hóa|pgp|fingerprint"},
    {"contact", "last_tried", "thử lần cuối|ngày thử|ngày kiểm tra|last tried"},
    {"identifier", "scheme", "loại mã|quy chuẩn"},
    {"identifier", "value", "mã định danh|mã định danh điện tử|mã"},
    {"name", "vi", "tên|tên tiếng việt|tên đầy đủ|name"},
    {"name", "en", "tên tiếng anh|english name|name en"},
    {"name", "old", "tên cũ|tên trước đây|old names|former names"},
    {"organisation_kind", "body:kind", "loại|loại hình|loại đơn vị|organisation kind"},
    {"parent", "body:organisation", "đơn vị cấp trên|cấp trên|parent"},
    {"successor", "body:organisation", "đơn vị kế thừa|kế thừa|successor"},
};

constexpr std::string_view kCommon[] = {"organisation", "kind", "from", "until", "document"};

// The headers that may stand in a table of this kind, with what they mean; the kind's own before those of all tables.
std::vector<std::pair<std::string, std::string_view>> headers_of(std::string_view kind) {
    std::vector<std::pair<std::string, std::string_view>> known;
    const auto add = [&](std::string_view of) {
        for (const HeaderWords& words : kHeaders)
            if (words.kind == of)
                for (const std::string_view header : split(words.headers, '|')) known.emplace_back(plain_header(header), words.field);
    };
    if (const FactKind* found = fact_kind(kind))
        for (const FactField& field : found->fields)
            if (!is_common_field(field.name)) known.emplace_back(plain_header(field.name), field.name);
    if (!kind.empty()) add(kind);
    for (const std::string_view field : kCommon) known.emplace_back(plain_header(field), field);
    add("");
    return known;
}

}  // namespace

bool is_common_field(std::string_view field) { return std::find(std::begin(kCommon), std::end(kCommon), field) != std::end(kCommon); }

std::string plain_header(std::string_view header) {
    std::string out;
    for (const char c : fold(nfc(header))) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return std::string{trim(out)};
}

std::optional<std::string> field_of_header(std::string_view kind, std::string_view header) {
    const std::string wanted = plain_header(shorten(header, 300));
    for (const auto& [known, field] : headers_of(kind))
        if (known == wanted) return std::string{field};
    return std::nullopt;
}

std::optional<std::string> field_near_header(std::string_view kind, std::string_view header) {
    const std::string wanted = plain_header(shorten(header, 100));
    std::vector<std::string> names;
    const auto all = headers_of(kind);
    for (const auto& [known, field] : all) names.push_back(known);
    const auto near = nearest(wanted, names);
    if (!near) return std::nullopt;
    for (const auto& [known, field] : all)
        if (known == *near) return std::string{field};
    return std::nullopt;
}

}  // namespace vg::directory
