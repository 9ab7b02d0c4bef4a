#include "detect/engine.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/correlation/plan.h"
#include "detect/kinds/kind.h"

namespace vg::detect {

namespace {

constexpr std::size_t kMostFiles = 200'000;

constexpr const Kind* kKinds[] = {
#define MEMBER(name) &kinds::name,
#include "detect/kinds/list.inc"
#undef MEMBER
};
constexpr std::size_t kKindCount = std::size(kKinds);

}  // namespace

std::span<const Kind* const> all_kinds() { return kKinds; }

struct Scratch::Inside {
    std::unique_ptr<KindScratch> kinds[kKindCount];
};

Scratch::Scratch() : inside(std::make_unique<Inside>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

namespace {

class AllKinds final : public Engine {
public:
    std::unique_ptr<RuleSet> sets[kKindCount];
    std::vector<const RuleInfo*> infos;
    std::string hash;
    correlation::Plan no_correlations;

    void match(const event::Event& event, Scratch& scratch, std::vector<Match>& matches) const override {
        const std::size_t before = matches.size();
        for (std::size_t i = 0; i < kKindCount; ++i) {
            auto& own = scratch.inside->kinds[i];
            if (!own) own = sets[i]->make_scratch();
            sets[i]->match(event, *own, matches);
        }
        if (kKindCount > 1)
            std::stable_sort(matches.begin() + static_cast<std::ptrdiff_t>(before), matches.end(),
                             [](const Match& a, const Match& b) { return a.rule->id < b.rule->id; });
    }

    [[nodiscard]] const std::vector<const RuleInfo*>& rules() const override { return infos; }
    [[nodiscard]] const std::string& fingerprint() const override { return hash; }
    [[nodiscard]] const correlation::Plan& plan() const override {
        for (const auto& set : sets)
            if (const correlation::Plan* plan = set->plan()) return *plan;
        return no_correlations;
    }

    [[nodiscard]] Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const override {
        for (const auto& set : sets)
            if (auto found = set->explain(rule_id, event); found || found.error().code != Code::not_found) return found;
        return fail(Code::not_found, format("no rule {} is loaded", shorten(rule_id, 80)));
    }
};

}  // namespace

Result<std::shared_ptr<const Engine>> Engine::make(const std::vector<RuleFile>& files, const EngineOptions& options, LoadReport& report) {
    if (files.size() > kMostFiles) return fail(Code::too_large, format("more than {} rule files", kMostFiles));
    auto engine = std::make_shared<AllKinds>();
    Sha256Stream hash;
    for (std::size_t i = 0; i < kKindCount; ++i) {
        engine->sets[i] = kKinds[i]->load(files, options, report);
        for (const RuleInfo* info : engine->sets[i]->rules()) engine->infos.push_back(info);
        hash.add(kKinds[i]->name);
        hash.add(engine->sets[i]->fingerprint());
    }
    std::sort(engine->infos.begin(), engine->infos.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; });
    report.loaded = engine->infos.size() - report.correlations;
    engine->hash = to_hex(as_view(hash.finish()));
    return std::shared_ptr<const Engine>{std::move(engine)};
}

}  // namespace vg::detect
