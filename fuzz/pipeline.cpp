// Processing pipelines as hostile text: one that can be read is applied to fixed rules, and a rule that it leaves fires exactly when
// its explanation holds.
#include <cstddef>
#include <cstdint>

#include "detect/engine.h"
#include "event/event.h"
#include "rules_agree.h"

namespace {

constexpr char kRules[] = R"(
title: One
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
status: test
level: high
date: 2024-05-01
tags: [attack.t1059]
fields: [CommandLine, User]
logsource: {category: process_creation, product: windows}
detection:
  a: {Image|endswith: '\cmd.exe', EventID: [1, 4688], Parent: null}
  b: {CommandLine|contains|all: [' /c ', who]}
  c: [whoami, {User|fieldref: Owner}]
  d: {User|expand: '%admins%'}
  condition: a and (b or not c) or d
---
title: Two
id: 929a690e-bef0-4204-a928-ef5e620d6fcd
logsource: {product: linux, service: sshd}
detection:
  a: {message|re: 'a+b', User|neq: root}
  condition: all of them
---
title: Many
id: 929a690e-bef0-4204-a928-ef5e620d6fce
correlation:
  type: value_count
  rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]
  group-by: [Host, who]
  timespan: 5m
  aliases: {who: {929a690e-bef0-4204-a928-ef5e620d6fcc: User}}
  condition: {gte: 3, field: CommandLine}
---
title: Left out
logsource: {product: windows}
filter:
  rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]
  ours: {User|startswith: adm}
  condition: not ours
)";

const vg::event::Event& fixed_event() {
    static auto* const arena = new vg::Arena;
    static const auto* const event = [] {
        vg::event::Builder builder{*arena};
        builder.text("Image", "C:\\Windows\\System32\\cmd.exe");
        builder.text("CommandLine", "cmd.exe /c whoami");
        builder.text("process.command_line", "cmd.exe /c whoami");
        builder.integer("EventID", 4688);
        builder.null("Parent");
        builder.text("User", "a").text("User", "b");
        builder.text("Owner", "b");
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
    options.pipelines.push_back({"fuzz.yml", {reinterpret_cast<const char*>(data), size}});
    LoadReport report;
    const auto engine = Engine::make({{"rules.yml", kRules}}, options, report);
    if (!engine) return 0;
    vg::fuzz::check_matches_explained(**engine, fixed_event());
    return 0;
}
