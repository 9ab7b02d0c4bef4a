// Delivery reports of mail servers: whatever comes, a report names a mail and is bounded, or is refused with a reason.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "net/mail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto report = vg::net::read_delivery_report({reinterpret_cast<const char*>(data), size});
    if (!report) {
        CHECK(!report.error().text.empty(), "a refusal has a reason");
        return 0;
    }
    CHECK(!report->message_id.empty() && !report->action.empty(), "it names a mail and what became of it");
    for (const std::string* text : {&report->message_id, &report->recipient, &report->action, &report->status, &report->diagnostic}) {
        CHECK(text->size() <= 600, "bounded");
        CHECK(vg::is_utf8(*text), "UTF-8");
    }
    return 0;
}
