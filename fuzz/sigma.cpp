// Rules as hostile text: loaded, asked about a fixed event, and explained. A match and its explanation must agree.
#include <cstddef>
#include <cstdint>

#include "detect/engine.h"
#include "event/event.h"
#include "rules_agree.h"

namespace {

const vg::event::Event& sigma_event() {
    static auto* const arena = new vg::Arena;
    static const auto* const event = [] {
        vg::event::Builder builder{*arena};
        builder.text("Image", "C:\\Windows\\System32\\Cmd.exe");
        builder.text("CommandLine", "cmd.exe /c \u2013x 'Đặng' \xff aaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
        builder.text("Process Name", "a\nb");
        builder.integer("EventID", 4688);
        builder.real("F", 1.5);
        builder.boolean("G", true);
        builder.null("H");
        builder.text("User", "a").text("User", "b");
        builder.ecs(vg::event::Ecs::source_ip, std::string_view{"192.0.2.7"});
        builder.ecs(vg::event::Ecs::timestamp, vg::Time{1'714'093'323'000'000});
        builder.text("message", "Y21k failed password for root");
        auto* made = new vg::event::Event;
        made->fields = builder.finish();
        return made;
    }();
    return *event;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg::detect;
    EngineOptions options;
    options.placeholders = {{"Servers", {"srv*", "c?d"}}, {"name", {"x"}}};
    LoadReport report;
    const auto engine = Engine::make({{"fuzz.yml", {reinterpret_cast<const char*>(data), size}}}, options, report);
    if (!engine) return 0;
    vg::fuzz::check_matches_explained(**engine, sigma_event());
    return 0;
}
