// What people and rules' authors write into notifications: any text as address, subject and body gives an error, or a message
// with exactly our headers; any JSON as the settings of a rule gives an error, or a rule that reads back as it was stored.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "net/mail.h"
#include "notify/rule.h"
#include "notify/words.h"

namespace {

using namespace vg;

void look_at_mail(const net::Mail& mail) {
    const auto bytes = net::compose(mail);
    if (!bytes) return;
    const std::size_t end = bytes->find("\r\n\r\n");
    CHECK(end != std::string::npos, "there is a body");
    std::size_t headers = 0;
    for (std::string_view line : split(std::string_view{*bytes}.substr(0, end), '\n')) headers += line.starts_with(' ') ? 0U : 1U;
    CHECK(headers == 9, "no header but ours");
    for (std::size_t i = 0; i < bytes->size(); ++i) {
        const char c = (*bytes)[i];
        CHECK(static_cast<unsigned char>(c) < 0x80, "ASCII");
        CHECK(c != '\n' || (i > 0 && (*bytes)[i - 1] == '\r'), "no bare line feed");
        CHECK(c != '\r' || (i + 1 < bytes->size() && (*bytes)[i + 1] == '\n'), "no bare carriage return");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const std::string first = text.substr(0, text.find('\n'));
    look_at_mail({.from = "a@x.vn", .to = first, .subject = "s", .text = text, .message_id = "1@x.vn", .date = {}});
    look_at_mail({.from = "a@x.vn", .to = "b@x.vn", .subject = text, .text = text, .message_id = "1@x.vn", .date = {}});
    const notify::Story story{.rule = text, .tellings = {{.kind = "new", .finding = "f", .title = text, .level = first, .state = "new", .organisation = text}}, .all = 1, .console = "https://x.vn", .zone = "UTC"};
    look_at_mail({.from = "a@x.vn", .to = "b@x.vn", .subject = notify::subject_of(story), .text = notify::mail_text(story), .message_id = "1@x.vn", .date = {}});
    CHECK(json::parse(notify::webhook_body(story, {}, {})), "a webhook's body is JSON");

    const auto body = json::parse(text, {.depth = 8, .bytes = 1 << 16});
    if (!body || !body->is_object()) return 0;
    notify::Rule rule{.name = "a"};
    if (!notify::apply(rule, *body)) return 0;
    notify::Rule again{.name = "a"};
    CHECK(notify::apply(again, notify::settings_of(rule)), "what was taken is taken again");
    CHECK(notify::settings_of(again).dump() == notify::settings_of(rule).dump(), "and is the same");
    (void)notify::quiet_until(rule.quiet, rule.zone, {1'777'500'000'000'000});
    return 0;
}
