#include "detect/kinds/sigma/lint.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "detect/kinds/sigma/alike.h"
#include "detect/kinds/sigma/lines.h"
#include "detect/kinds/sigma/pipeline.h"
#include "detect/kinds/sigma/satisfy.h"

namespace vg::detect::sigma {

namespace {

using Weight = Remark::Weight;
using Path = std::vector<std::string>;

std::string without_spaces(std::string_view name) {
    std::string out{name};
    out.erase(std::remove(out.begin(), out.end(), ' '), out.end());
    return out;
}

class Linter {
public:
    Linter(std::span<const RuleFile> files, const LintOptions& options, std::vector<Remark>& remarks) : options_(options), remarks_(remarks) {
        LoadReport report;
        for (const RuleFile& file : files) texts_.emplace(file.name, file.text);
        std::vector<RuleFile> others;
        for (const RuleFile& file : options.others)
            if (!texts_.contains(file.name)) others.push_back(file);
        // A pipeline that cannot be read was told when the rules were loaded.
        if (!read_all(files, options.engine, documents_, report) || !read_all(others, options.engine, others_, report)) return;
        for (const std::string& name : options.fields.names) {
            fields_.insert(name);
            fields_.insert(without_spaces(name));
        }
        if (!options.fields.complete) gather_names_of_rules();
        for (const std::string& name : fields_)
            // A plain name of one product may be another field of another one: without knowing what is sent, it is no model.
            if (options.fields.complete || name.find('.') != std::string::npos) models_[""].push_back(name);
        for (auto& [product, names] : models_) std::sort(names.begin(), names.end());
    }

    void run() {
        for (const Rule& rule : documents_.rules) {
            check_logic(rule);
            check_fields(rule);
        }
        for (const Correlation& correlation : documents_.correlations) check(correlation);
        find_alike();
    }

private:
    // What rules agree on is no slip, and what more of them agree on is what a slip is a slip of.
    void gather_names_of_rules() {
        std::map<std::string, std::map<std::string, std::set<std::string>>> users;  // product, name, ids
        for (const Documents* documents : {&documents_, &others_})
            for (const Rule& rule : documents->rules)
                for_each_item(rule, [&](const Selection&, const Item& item) {
                    if (!item.name.empty()) users[rule.source.product][item.name].insert(rule.info.id);
                });
        for (const auto& [product, names] : users)
            for (const auto& [name, rules] : names) {
                if (rules.size() >= 2) fields_.insert(name);
                if (rules.size() >= 3 && !product.empty()) models_[product].push_back(name);
            }
    }

    template <class Visit>
    static void for_each_item(const Rule& rule, Visit visit) {
        for (const Selection& selection : rule.detection.selections)
            for (const auto& items : selection.any_of)
                for (const Item& item : items) visit(selection, item);
    }

    Remark& add(Weight weight, std::string_view check, const RuleInfo& info, int line, Said reason, Said remedy) {
        return remarks_.emplace_back(Remark{weight, std::string{check}, info.file, line, info.id, info.title, std::move(reason), std::move(remedy)});
    }

    int line_of(const RuleInfo& info, int line, Path path) {
        const auto text = texts_.find(info.file);
        if (text == texts_.end()) return line;
        auto [lines, is_new] = lines_.try_emplace(info.file, nullptr);
        if (is_new) lines->second = std::make_unique<Lines>(text->second);
        return lines->second->line_of(line, path);
    }
    int detection_line(const Rule& rule, Path path) {
        path.insert(path.begin(), "detection");
        return line_of(rule.info, rule.line, std::move(path));
    }

    void check_logic(const Rule& rule) {
        const Satisfied found = satisfy(rule.detection);
        if (found.never) {
            add(Weight::error, "never-matches", rule.info, detection_line(rule, found.never->path),
                {"không sự kiện nào khớp được luật này: " + found.never->why.vi, "no event can match this rule: " + found.never->why.en},
                {"nếu muốn một trong các giá trị, viết chúng thành một danh sách hoặc nối các phần bằng «or»; nếu là phần loại trừ, thu hẹp nó lại",
                 "if one of the values is meant, write them as one list or join the parts by 'or'; if it is an exclusion, make it narrower"});
        }
        for (const auto& [selection, conflict] : found.dead)
            add(Weight::warning, "dead-part", rule.info, detection_line(rule, conflict.path),
                {format("phần «{}» không bao giờ làm luật khớp: {}", rule.detection.selections[selection].name, conflict.why.vi),
                 format("the part '{}' never makes the rule match: {}", rule.detection.selections[selection].name, conflict.why.en)},
                {"sửa phần này hoặc bỏ nó", "mend this part or leave it out"});
        for (const std::uint32_t selection : found.unused) {
            const std::string& name = rule.detection.selections[selection].name;
            add(Weight::warning, "unused-part", rule.info, detection_line(rule, {name}),
                {format("điều kiện không dùng đến phần «{}»", name), format("the condition does not use the part '{}'", name)},
                {"đưa nó vào condition hoặc bỏ nó", "name it in the condition or leave it out"});
        }
        if (found.only_absence)
            add(Weight::warning, "only-absence", rule.info, detection_line(rule, {"condition"}),
                {"luật khớp với mọi sự kiện của nguồn trừ những gì bị loại: nó sẽ báo rất nhiều", "the rule matches every event of the log source but what is excluded: it will fire very often"},
                {"nêu thêm điều phải có", "add something that must be there"});
    }

    void check_field(const RuleInfo& info, std::string_view field, int line) {
        if (field.empty() || fields_.contains(std::string{field})) return;
        const std::string name{field};
        const auto near = near_to(name, info.product);
        if (!options_.fields.complete && !near) return;
        Said reason = options_.fields.complete ? Said{format("chưa nguồn nào từng gửi trường {}", name), format("no source has ever sent the field {}", name)}
                                               : Said{format("không định dạng hay bảng ánh xạ nào cho ra trường {}", name), format("no format and no mapping gives the field {}", name)};
        Said remedy = near ? Said{format("có phải là {}? Tên trường phân biệt chữ hoa, chữ thường", *near), format("is {} meant? Names of fields are compared exactly", *near)}
                           : Said{"kiểm tra tên trong «vonggac search», nối nguồn có trường này, hoặc thêm ánh xạ", "look the name up with `vonggac search`, connect a source that has it, or add a mapping"};
        add(Weight::warning, "unknown-field", info, line, std::move(reason), std::move(remedy));
    }

    // The known name that `name` is a slip of: other letters' case, or one letter more, less, changed or swapped.
    std::optional<std::string> near_to(const std::string& name, const std::string& product) {
        auto [known, is_new] = near_.try_emplace(product + '\0' + name);
        if (!is_new) return known->second;
        const std::string lower = lower_ascii(name);
        for (const std::string& pool : {product, std::string{}}) {
            const auto models = models_.find(pool);
            if (models == models_.end()) continue;
            for (const std::string& model : models->second) {
                const std::string other = lower_ascii(model);
                if (other == lower) return known->second = model;
                if (name.size() >= 5 && !known->second && is_near(lower, other)) known->second = model;
            }
            if (product.empty() || known->second) break;
        }
        return known->second;
    }

    // Not a digit, which makes another name of the same row, nor an s at the end.
    static bool is_near(std::string_view a, std::string_view b) {
        std::size_t begin = 0;
        while (begin < a.size() && begin < b.size() && a[begin] == b[begin]) ++begin;
        std::size_t end = 0;
        while (end + begin < a.size() && end + begin < b.size() && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
        const std::string_view x = a.substr(begin, a.size() - begin - end), y = b.substr(begin, b.size() - begin - end);
        const auto has_digit = [](std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; };
        if (has_digit(x) || has_digit(y) || (end == 0 && (x == "s" || y == "s") && x.size() != y.size())) return false;
        if (x.size() == 2 && y.size() == 2) return x[0] == y[1] && x[1] == y[0];
        return x.size() <= 1 && y.size() <= 1;
    }

    void check_fields(const Rule& rule) {
        std::set<std::string_view> told;
        for_each_item(rule, [&](const Selection& selection, const Item& item) {
            if (told.insert(item.name).second) check_field(rule.info, item.name, detection_line(rule, {selection.name, item.key}));
            for (const Value& value : item.values)
                for (const Test& test : value.any_of)
                    if (const auto* other = std::get_if<FieldTest>(&test); other != nullptr && told.insert(other->name).second)
                        check_field(rule.info, other->name, detection_line(rule, {selection.name, item.key}));
        });
    }

    void check(const Correlation& correlation) {
        if (auto why = never_holds(correlation))
            add(Weight::error, "never-matches", correlation.info, line_of(correlation.info, correlation.line, {"correlation", "condition"}),
                {"tương quan này không bao giờ xảy ra: " + why->vi, "this correlation can never hold: " + why->en},
                {"sửa các số trong condition", "mend the numbers of the condition"});
        const auto is_alias = [&](const std::string& name) {
            return std::any_of(correlation.aliases.begin(), correlation.aliases.end(), [&](const Correlation::Alias& alias) { return alias.name == name; });
        };
        std::set<std::string_view> told;
        for (const auto& [fields, key] : {std::pair{&correlation.group_by, "group-by"}, std::pair{&correlation.fields, "condition"}})
            for (const std::string& field : *fields)
                if (!is_alias(field) && told.insert(field).second) check_field(correlation.info, field, line_of(correlation.info, correlation.line, {"correlation", key}));
        for (const Correlation::Alias& alias : correlation.aliases)
            for (const auto& [rule, field] : alias.fields)
                if (told.insert(field).second) check_field(correlation.info, field, line_of(correlation.info, correlation.line, {"correlation", "aliases", alias.name}));
    }

    void find_alike() {
        std::vector<const Rule*> rules;
        std::unordered_set<std::string_view> ids;
        for (const Rule& rule : documents_.rules) {
            rules.push_back(&rule);
            ids.insert(rule.info.id);
        }
        // Rules that only feed correlations make no findings: that they are alike does no harm.
        std::unordered_set<std::string_view> feeding;
        for (const Documents* documents : {&documents_, &others_})
            for (const Correlation& correlation : documents->correlations)
                if (!correlation.generate) feeding.insert(correlation.rules.begin(), correlation.rules.end());
        const auto only_feeds = [&](const Rule& rule) { return feeding.contains(rule.info.id) || (!rule.name.empty() && feeding.contains(rule.name)); };
        const std::size_t asked = rules.size();
        for (const Rule& rule : others_.rules)
            if (!ids.contains(rule.info.id)) rules.push_back(&rule);
        for (const Alike& pair : alike(rules, asked)) {
            const Rule& a = *rules[pair.a];
            const Rule& b = *rules[pair.b];
            if (only_feeds(a) || only_feeds(b)) continue;
            const std::string other = format("«{}» ({}:{})", b.info.title, b.info.file, b.line);
            const std::string other_en = format("'{}' ({}:{})", b.info.title, b.info.file, b.line);
            const int percent = static_cast<int>(pair.jaccard * 100 + 0.5);
            Said reason = pair.same         ? Said{format("tìm đúng những điều mà luật {} tìm", other), format("looks for exactly what {} looks for", other_en)}
                          : pair.a_within_b ? Said{format("hầu hết những gì luật này tìm đã có trong luật {}; chung {}%", other, percent), format("nearly all that it looks for is in {} as well; {}% in common", other_en, percent)}
                          : pair.b_within_a ? Said{format("hầu hết những gì luật {} tìm đã có trong luật này; chung {}%", other, percent), format("nearly all that {} looks for is in this one as well; {}% in common", other_en, percent)}
                                            : Said{format("rất giống luật {}; chung {}%", other, percent), format("is much like {}; {}% in common", other_en, percent)};
            add(Weight::warning, "look-alike", a.info, a.line, std::move(reason),
                {"giữ một luật, hoặc ghi id của luật kia ở «related» nếu cả hai đều cần", "keep one of them, or name the other one's id under 'related' when both are needed"});
        }
    }

    const LintOptions& options_;
    std::vector<Remark>& remarks_;
    Documents documents_, others_;
    std::unordered_map<std::string, std::string_view> texts_;
    std::unordered_map<std::string, std::unique_ptr<Lines>> lines_;
    std::unordered_set<std::string> fields_;
    std::map<std::string, std::vector<std::string>> models_;  // by product, "" for all: what an unknown name may be a slip of
    std::unordered_map<std::string, std::optional<std::string>> near_;
};

}  // namespace

void lint(std::span<const RuleFile> files, const LintOptions& options, std::vector<Remark>& remarks) { Linter{files, options, remarks}.run(); }

}  // namespace vg::detect::sigma
