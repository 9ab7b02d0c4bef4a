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
constexpr std::string_view kOwnKinds[] = {"dns", "flow"};
constexpr std::size_t kKindCount = std::size(kKinds);

}  // namespace

std::span<const Kind* const> all_kinds() { return kKinds; }

bool is_of_own_kind(const json::Value& document) {
    if (!document.is_object()) return false;
    for (const std::string_view sigmas : {"detection", "correlation", "filter"})
        if (document.find(sigmas) != nullptr) return false;
    return std::any_of(std::begin(kOwnKinds), std::end(kOwnKinds), [&](std::string_view word) { return document.find(word) != nullptr; });
}

struct Scratch::Inside {
    std::unique_ptr<KindScratch> kinds[kKindCount];
    Meter* meter = nullptr;
};

Scratch::Scratch() : inside(std::make_unique<Inside>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

void measure(Scratch& scratch, Meter* meter) {
    scratch.inside->meter = meter;
    for (const auto& kind : scratch.inside->kinds)
        if (kind) kind->meter = meter;
}

namespace {

bool by_id(const Match& a, const Match& b) { return a.rule->id < b.rule->id; }

class AllKinds final : public Engine {
public:
    std::unique_ptr<RuleSet> sets[kKindCount];
    std::vector<const RuleInfo*> infos;
    std::string hash;
    EngineOptions made_with;
    correlation::Plan all_plans;

    KindScratch& own(Scratch& scratch, std::size_t kind) const {
        auto& one = scratch.inside->kinds[kind];
        if (!one) {
            one = sets[kind]->make_scratch();
            one->meter = scratch.inside->meter;
        }
        return *one;
    }

    void match(const event::Event& event, Scratch& scratch, const WorkLimits& limits, std::vector<Match>& matches, std::vector<PutOff>& put_off) const override {
        const std::size_t before = matches.size();
        for (std::size_t i = 0; i < kKindCount; ++i) {
            const std::size_t waiting = put_off.size();
            sets[i]->match(event, own(scratch, i), limits, matches, put_off);
            for (std::size_t k = waiting; k < put_off.size(); ++k) put_off[k].kind = static_cast<std::uint32_t>(i);
        }
        if (kKindCount > 1) std::stable_sort(matches.begin() + static_cast<std::ptrdiff_t>(before), matches.end(), by_id);
    }

    void match_again(std::span<const PutOff> put_off, const event::Event& event, Scratch& scratch, Purse& purse, std::vector<Match>& matches,
                     std::vector<PutOff>& unanswered) const override {
        while (!put_off.empty()) {  // those of one kind stand together
            const std::uint32_t kind = put_off.front().kind;
            const auto end = std::find_if(put_off.begin(), put_off.end(), [&](const PutOff& one) { return one.kind != kind; });
            const auto count = static_cast<std::size_t>(end - put_off.begin());
            sets[kind]->match_again(put_off.first(count), event, own(scratch, kind), purse, matches, unanswered);
            put_off = put_off.subspan(count);
        }
        std::stable_sort(matches.begin(), matches.end(), by_id);
    }

    [[nodiscard]] const std::vector<const RuleInfo*>& rules() const override { return infos; }
    [[nodiscard]] const EngineOptions& options() const override { return made_with; }
    [[nodiscard]] const std::string& fingerprint() const override { return hash; }
    [[nodiscard]] const correlation::Plan& plan() const override {
        return all_plans;
    }

    [[nodiscard]] Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const override {
        for (const auto& set : sets)
            if (auto found = set->explain(rule_id, event); found || found.error().code != Code::not_found) return found;
        return fail(Code::not_found, format("no rule {} is loaded", shorten(rule_id, 80)));
    }
};

}  // namespace

void Engine::match(const event::Event& event, Scratch& scratch, std::vector<Match>& matches) const {
    std::vector<PutOff> none;
    match(event, scratch, {}, matches, none);
}

Result<std::shared_ptr<const Engine>> Engine::make(const std::vector<RuleFile>& files, const EngineOptions& options, LoadReport& report) {
    if (files.size() > kMostFiles) return fail(Code::too_large, format("more than {} rule files", kMostFiles));
    auto engine = std::make_shared<AllKinds>();
    engine->made_with = options;
    Sha256Stream hash;
    for (std::size_t i = 0; i < kKindCount; ++i) {
        engine->sets[i] = kKinds[i]->load(files, options, report);
        if (!report.unusable.empty()) return fail(Code::bad_input, report.unusable);
        for (const RuleInfo* info : engine->sets[i]->rules()) engine->infos.push_back(info);
        hash.add(kKinds[i]->name);
        hash.add(engine->sets[i]->fingerprint());
    }
    std::vector<const correlation::Plan*> plans;
    for (const auto& set : engine->sets)
        if (const correlation::Plan* plan = set->plan()) plans.push_back(plan);
    engine->all_plans = correlation::joined(plans);
    std::sort(engine->infos.begin(), engine->infos.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; });
    report.loaded = engine->infos.size() - report.correlations;
    engine->hash = to_hex(as_view(hash.finish()));
    return std::shared_ptr<const Engine>{std::move(engine)};
}

}  // namespace vg::detect
