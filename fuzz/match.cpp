// detect: a rule and an event, both hostile. The fast way and the plain one give the same matches with the same fields.
// The first line is the event as JSON, the rest the rules.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "detect/engine.h"
#include "detect/kinds/sigma/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return 0;
    const auto value = json::parse(text.substr(0, end));
    if (!value || !value->is_object()) return 0;
    detect::testing::JsonEvent made{*value};
    made.event.logsource.product = made.event.find("product") != nullptr ? made.event.find("product")->text : std::string_view{};
    made.event.logsource.complete = made.event.find("complete") != nullptr;
    const std::vector<detect::RuleFile> files{{"fuzz.yml", std::string{text.substr(end + 1)}}};
    std::vector<detect::Match> found[2];
    std::shared_ptr<const detect::Engine> engines[2];
    for (int i = 0; i < 2; ++i) {
        detect::EngineOptions options;
        options.plainly = i == 1;
        detect::LoadReport report;
        auto engine = detect::Engine::make(files, options, report);
        if (!engine) return 0;
        engines[i] = *engine;
        detect::Scratch scratch;
        for (int again = 0; again < 2; ++again) {
            found[i].clear();
            engines[i]->match(made.event, scratch, found[i]);
        }
    }
    CHECK(found[0].size() == found[1].size(), "both ways find as many");
    for (std::size_t i = 0; i < found[0].size(); ++i) {
        CHECK(found[0][i].rule->id == found[1][i].rule->id, "the same rules");
        CHECK(found[0][i].matched.size() == found[1][i].matched.size(), "by the same fields");
    }
    return 0;
}
