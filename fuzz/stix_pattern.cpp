// A STIX pattern from a feed: refused, or a tree that can be asked of observations within its limits. The first line may hold
// observations as JSON; the rest is the pattern. What it can be asked of events is asked of one, and bytes that begin as a saved
// watch are taken up as one.
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "detect/kinds/stix/event_kit.h"
#include "detect/kinds/stix/evaluate.h"
#include "detect/kinds/stix/watch.h"

namespace {

using vg::event::Ecs;

void ask_of_events(std::string_view text) {
    using namespace vg::detect::stix;
    const auto asked = prepare(text);
    if (!asked) return;
    const auto set = Patterns::make({std::string{text}});
    const TestEvent event{{{Ecs::source_ip, "192.0.2.1"}, {Ecs::destination_ip, "198.51.100.7"}, {Ecs::destination_port, "443"}, {Ecs::url_full, "http://a.example/b?c"}, {Ecs::file_path, "C:\\x\\y.exe"}, {Ecs::process_command_line, "y.exe -z"},
                          {Ecs::registry_path, "HKLM\\A\\B"}, {Ecs::email_from_address, "a@b.example"}, {Ecs::user_name, "lan"}}};
    std::vector<Told> told;
    set->ask(event.event, told, 20'000);
    Watch watch{{}, Watch::Order::forward, {.steps = 1'000}};
    std::vector<Watch::Sight> taken;
    for (std::uint64_t i = 0; i < 8; ++i)
        for (const Told& one : told) watch.see(**asked, text, "x", {{i}, kTestNow, one.bits}, kTestNow, taken);
    Watch again{{}, Watch::Order::forward};
    CHECK(again.restore(watch.save()) && again.save() == watch.save(), "a watch that is saved is taken up whole");
}

void take_up(std::string bytes) {
    using namespace vg::detect::stix;
    if (bytes.size() < 8) return;
    bytes.resize(bytes.size() - 8);
    vg::put(bytes, vg::hash64(bytes));
    Watch watch{{}, Watch::Order::forward};
    if (watch.restore(bytes)) CHECK(watch.save() == bytes, "what is taken up is saved the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    if (input.starts_with("VGWATCH1")) take_up(std::string{input});
    std::string_view first, text = input;
    if (input.starts_with('[') || input.starts_with('{')) {
        first = input.substr(0, input.find('\n'));
        if (first.size() < input.size() && json::parse(first)) text = input.substr(first.size() + 1);
    }
    const auto pattern = detect::stix::parse_pattern(text);
    if (!pattern) return 0;
    static_cast<void>(detect::stix::check(*pattern));
    ask_of_events(text);
    auto document = json::parse(first);
    if (!document) document = json::parse(R"([{"type":"observed-data","number_observed":3,"first_observed":"2020-01-01T00:00:00Z","last_observed":"2020-01-01T00:00:05Z","objects":{"0":{"type":"file","name":"a","hashes":{"MD5":"79054025255fb1a26e4bc422aef54eb4"},"parent_directory_ref":"1"},"1":{"type":"directory","path":"C:\\x"}}}])");
    const auto seen = detect::stix::read_observations(*document);
    if (!seen) return 0;
    const auto once = detect::stix::matches(*pattern, *seen, {.steps = 20'000});
    const auto again = detect::stix::matches(*pattern, *seen, {.steps = 20'000});
    CHECK(once.has_value() == again.has_value() && (!once || *once == *again), "the same question has the same answer");
    return 0;
}
