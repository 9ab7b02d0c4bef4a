// server/settings: any TOML text gives settings within their bounds, or an error that names the file.
#include "server/settings.h"

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 64 << 10) return 0;
    const auto settings = vg::server::load_settings({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
    if (settings) {
        CHECK(settings->keep_days >= 1 && settings->keep_days <= 36500, "bounds hold");
        CHECK(vg::server::describe(*settings).is_array(), "settings can be shown");
    } else {
        CHECK(settings.error().text.starts_with("fuzz.toml"), "the error names the file");
    }
    return 0;
}
