#include "detect/kinds/sigma/candidates.h"

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "detect/kinds/sigma/evaluate.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kKeyBytes = 8;  // of prefixes and suffixes
constexpr std::size_t kMostPlans = 64;
constexpr std::size_t kMostPasses = 2;  // few keywords are looked for far faster than many; beyond, all in one pass

std::uint64_t key_of(std::string_view bytes) { return hash64(bytes, bytes.size()); }

double number_key(double number) { return number == 0 ? 0.0 : number; }  // -0 is 0

// Texts and their rules become one scan; when the library refuses them, nothing.
std::unique_ptr<Literals> compile(std::map<std::string, std::vector<std::uint32_t>>& texts, std::vector<std::vector<std::uint32_t>>& rules) {
    if (texts.empty()) return nullptr;
    std::vector<std::string> literals;
    for (auto& [text, of_text] : texts) {
        literals.push_back(text);
        rules.push_back(std::move(of_text));
    }
    auto made = Literals::make(literals);
    return made ? std::move(*made) : nullptr;
}

void append_all(std::vector<std::uint32_t>& to, const std::vector<std::vector<std::uint32_t>>& lists) {
    for (const auto& list : lists) to.insert(to.end(), list.begin(), list.end());
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
}

void key_text(const event::Logsource& source, std::string& out) {
    out.assign(1, source.complete ? '1' : '0');
    for (const std::string_view part : {source.product, source.categories[0], source.categories[1], source.categories[2], source.service, source.other_service}) {
        out += part;
        out += '\0';
    }
}

}  // namespace

Candidates::Candidates(std::span<const Rule> rules, std::size_t fields) : fields_(fields), group_of_(rules.size()) {
    std::map<Source, std::uint32_t> groups;
    std::vector<std::map<std::string, List>> literals(fields);
    std::map<std::string, List> keywords;
    std::map<std::uint32_t, std::map<std::string, List>> keywords_of_group;
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
        const auto [group, fresh] = groups.emplace(rules[i].source, static_cast<std::uint32_t>(groups_.size()));
        if (fresh) groups_.push_back({.source = rules[i].source, .always = {}, .keywords = {}});
        group_of_[i] = group->second;
        const auto witnesses = witnesses_of(rules[i].detection);
        if (!witnesses) {
            groups_[group->second].always.push_back(i);
            continue;
        }
        for (const Witness& witness : *witnesses) {
            if (witness.kind == Witness::Kind::anywhere) {
                keywords[witness.text].push_back(i);
                keywords_of_group[group->second][witness.text].push_back(i);
            } else if (witness.kind == Witness::Kind::contains || witness.kind == Witness::Kind::as_written) {
                literals[witness.field][witness.text].push_back(i);
                if (witness.kind == Witness::Kind::as_written) fields_[witness.field].not_ascii.push_back(i);
            } else {
                file(i, witness);
            }
        }
    }
    for (std::size_t i = 0; i < fields; ++i) {
        Field& field = fields_[i];
        field.literals = compile(literals[i], field.rules_of_literal);
        if (!field.literals) append_all(field.present, field.rules_of_literal);
        field.texts = field.literals || !field.exact.empty() || field.prefixes.lengths != 0 || field.suffixes.lengths != 0 || !field.not_ascii.empty();
    }
    keywords_.literals = compile(keywords, keywords_.rules_of_literal);
    if (!keywords_.literals) {
        List all;
        append_all(all, keywords_.rules_of_literal);
        for (const std::uint32_t rule : all) groups_[group_of_[rule]].always.push_back(rule);
        return;
    }
    for (auto& [group, texts] : keywords_of_group) groups_[group].keywords.literals = compile(texts, groups_[group].keywords.rules_of_literal);
}

void Candidates::file(std::uint32_t rule, const Witness& witness) {
    Field& field = fields_[witness.field];
    const auto file_end = [&](Ends& ends, std::string_view key) {
        ends.lengths |= 1U << key.size();
        auto& endings = ends.by_key[key_of(key)];
        auto found = std::find_if(endings.begin(), endings.end(), [&](const Ending& ending) { return ending.text == witness.text; });
        if (found == endings.end()) found = endings.insert(found, {witness.text, {}});
        found->rules.push_back(rule);
    };
    const std::string_view text = witness.text;
    switch (witness.kind) {
        case Witness::Kind::present: field.present.push_back(rule); break;
        case Witness::Kind::number: field.numbers[number_key(static_cast<double>(witness.number))].push_back(rule); break;
        case Witness::Kind::exact: field.exact[hash64(text)].push_back(rule); break;
        case Witness::Kind::prefix: file_end(field.prefixes, text.substr(0, kKeyBytes)); break;
        case Witness::Kind::suffix: file_end(field.suffixes, text.substr(text.size() - std::min(text.size(), kKeyBytes))); break;
        case Witness::Kind::contains:
        case Witness::Kind::as_written:
        case Witness::Kind::anywhere: break;  // filed by the constructor
    }
}

std::unique_ptr<Candidates::Desk> Candidates::make_desk() const {
    auto desk = std::make_unique<Desk>();
    for (const Field& field : fields_)
        if (field.literals) desk->pass.make_room(*field.literals);
    if (keywords_.literals) desk->pass.make_room(*keywords_.literals);
    for (const Group& group : groups_)
        if (group.keywords.literals) desk->pass.make_room(*group.keywords.literals);
    desk->seen.assign(group_of_.size(), 0);
    return desk;
}

const Candidates::Plan& Candidates::plan_of(const event::Logsource& logsource, Desk& desk) const {
    key_text(logsource, desk.key);
    if (desk.last_plan < desk.plans.size() && desk.plans[desk.last_plan].key == desk.key) return desk.plans[desk.last_plan];
    for (std::size_t i = 0; i < desk.plans.size(); ++i)
        if (desk.plans[i].key == desk.key) return desk.plans[desk.last_plan = i];
    Plan plan{.key = desk.key, .fits = {}, .always = {}, .keywords = {}};
    for (std::uint32_t i = 0; i < groups_.size(); ++i) {
        const Group& group = groups_[i];
        const bool fit = fits(group.source, logsource);
        plan.fits.push_back(fit);
        if (!fit) continue;
        plan.nothing = false;
        if (group.keywords.literals) plan.keywords.push_back(i);
        plan.always.insert(plan.always.end(), group.always.begin(), group.always.end());
    }
    if (desk.plans.size() < kMostPlans) {
        desk.plans.push_back(std::move(plan));
        desk.last_plan = desk.plans.size() - 1;
    } else {
        desk.last_plan = desk.oldest_plan++ % kMostPlans;
        desk.plans[desk.last_plan] = std::move(plan);
    }
    return desk.plans[desk.last_plan];
}

void Candidates::name(const List& rules, const Plan& plan, Desk& desk) const {
    for (const std::uint32_t rule : rules) {
        if (desk.seen[rule] == desk.event || !plan.fits[group_of_[rule]]) continue;
        desk.seen[rule] = desk.event;
        desk.found.push_back(rule);
    }
}

void Candidates::look(const Field& field, std::uint32_t index, View& view, const Plan& plan, Desk& desk) const {
    if (view.field(index).type == event::Type::null) return;
    if (!field.numbers.empty())
        if (const auto number = view.number(index))
            if (const auto found = field.numbers.find(number_key(number->real)); found != field.numbers.end()) name(found->second, plan, desk);
    if (!field.texts) return;
    const std::string_view text = view.folded(index);
    if (!field.not_ascii.empty() && !view.is_ascii(index)) name(field.not_ascii, plan, desk);
    if (!field.exact.empty())
        if (const auto found = field.exact.find(hash64(text)); found != field.exact.end()) name(found->second, plan, desk);
    const auto look_at = [&](const Ends& ends, bool front) {
        for (std::uint32_t lengths = ends.lengths; lengths != 0; lengths &= lengths - 1) {
            const auto length = static_cast<std::size_t>(__builtin_ctz(lengths));
            if (length > text.size()) return;
            const auto found = ends.by_key.find(key_of(front ? text.substr(0, length) : text.substr(text.size() - length)));
            if (found == ends.by_key.end()) continue;
            for (const Ending& ending : found->second)
                if (front ? text.starts_with(ending.text) : text.ends_with(ending.text)) name(ending.rules, plan, desk);
        }
    };
    look_at(field.prefixes, true);
    look_at(field.suffixes, false);
    if (!field.literals) return;
    desk.hits.clear();
    field.literals->find(text, desk.pass, desk.hits);
    for (const std::uint32_t hit : desk.hits) name(field.rules_of_literal[hit], plan, desk);
}

void Candidates::look_for(const Keywords& keywords, const Plan& plan, Desk& desk) const {
    desk.hits.clear();
    keywords.literals->find(desk.text, desk.pass, desk.hits);
    for (const std::uint32_t hit : desk.hits) name(keywords.rules_of_literal[hit], plan, desk);
}

std::span<const std::uint32_t> Candidates::of(View& view, const Plan& plan, Desk& desk) const {
    desk.found.clear();
    if (++desk.event == 0) {  // after four billion events the marks begin again
        std::fill(desk.seen.begin(), desk.seen.end(), 0);
        desk.event = 1;
    }
    for (const std::uint32_t rule : plan.always) {
        desk.seen[rule] = desk.event;
        desk.found.push_back(rule);
    }
    for (const std::uint32_t id : view.names()) {
        const Field& field = fields_[id];
        name(field.present, plan, desk);
        if (field.texts || !field.numbers.empty())
            view.any(id, [&](std::uint32_t index) {
                look(field, index, view, plan, desk);
                return false;
            });
    }
    if (!plan.keywords.empty()) {
        view.all_folded(desk.text);
        if (plan.keywords.size() > kMostPasses)
            look_for(keywords_, plan, desk);
        else
            for (const std::uint32_t group : plan.keywords) look_for(groups_[group].keywords, plan, desk);
    }
    return desk.found;
}

}  // namespace vg::detect::sigma
