#include "server/content_set.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/content.h"
#include "store/packing.h"

namespace vg::server {

namespace {

constexpr std::size_t kMostSavedBytes = std::size_t{512} << 20;

Result<std::shared_ptr<const ContentSet>> compile(ContentSet content) {
    content.library = TRY(formats::Library::make(content.mapping_files));
    detect::EngineOptions options;
    options.pipelines = content.pipeline_files;
    content.engine = TRY(detect::Engine::make(content.rule_files, options, content.report));
    Sha256Stream hash;
    auto add = [&](std::string_view kind, std::string_view name, std::string_view text) {
        std::string lengths;
        put(lengths, static_cast<std::uint64_t>(name.size()));
        put(lengths, static_cast<std::uint64_t>(text.size()));
        hash.add(kind);
        hash.add(lengths);
        hash.add(name);
        hash.add(text);
    };
    for (const detect::RuleFile& file : content.rule_files) add("rule", file.name, file.text);
    for (const auto& [name, text] : content.mapping_files) add("mapping", name, text);
    for (const detect::RuleFile& file : content.pipeline_files) add("pipeline", file.name, file.text);
    content.fingerprint = to_hex(as_view(hash.finish()));
    return std::make_shared<const ContentSet>(std::move(content));
}

std::string saved_path(const std::string& folder, const std::string& fingerprint) { return folder + "/" + fingerprint + ".json.zst"; }

}  // namespace

Result<std::shared_ptr<const ContentSet>> load_content(const ContentFolders& folders, const AdaptRules& adapt) {
    ContentSet content;
    for (const std::string& folder : folders.rules) {
        auto texts = TRY_IN("rules: ", cli::yaml_texts(folder));
        for (auto& [name, text] : texts) content.rule_files.push_back({std::move(name), std::move(text)});
    }
    if (adapt) content.rule_files = TRY(adapt(std::move(content.rule_files)));
    for (const std::string& folder : folders.mappings) {
        auto texts = TRY_IN("mappings: ", cli::yaml_texts(folder));
        std::move(texts.begin(), texts.end(), std::back_inserter(content.mapping_files));
    }
    for (const std::string& folder : folders.pipelines) {
        auto texts = TRY_IN("rules.pipelines: ", cli::yaml_texts(folder));
        for (auto& [name, text] : texts) content.pipeline_files.push_back({std::move(name), std::move(text)});
    }
    return compile(std::move(content));
}

Status save_content(store::Disk& disk, const std::string& folder, const ContentSet& content) {
    const std::string path = saved_path(folder, content.fingerprint);
    if (disk.exists(path)) return {};
    json::Array rules;
    json::Array mappings;
    json::Array pipelines;
    for (const detect::RuleFile& file : content.rule_files) rules.push_back(json::array({file.name, file.text}));
    for (const auto& [name, text] : content.mapping_files) mappings.push_back(json::array({name, text}));
    for (const detect::RuleFile& file : content.pipeline_files) pipelines.push_back(json::array({file.name, file.text}));
    const std::string text = json::object({{"rules", std::move(rules)}, {"mappings", std::move(mappings)}, {"pipelines", std::move(pipelines)}}).dump();
    const std::string packed = TRY(store::zstd_packed(text));
    TRY(disk.make_folder(folder));
    return store::write_whole(disk, path, packed);
}

Result<std::shared_ptr<const ContentSet>> load_saved_content(store::Disk& disk, const std::string& folder, const std::string& fingerprint) {
    if (fingerprint.size() != 64 || !from_hex(fingerprint)) return fail(Code::corrupt, "the control record names no content set");
    const std::string packed = TRY(store::read_whole(disk, saved_path(folder, fingerprint)));
    const auto text = store::zstd_unpacked(packed, kMostSavedBytes);
    if (!text) return fail(Code::corrupt, "the saved content set is damaged");
    const json::Value saved = TRY(json::parse(*text, {.depth = 8, .bytes = kMostSavedBytes}));
    ContentSet content;
    auto take = [&](const char* member, auto&& keep) {
        if (const json::Value* items = saved.find(member); items != nullptr && items->is_array())
            for (const json::Value& item : items->as_array())
                if (item.is_array() && item.as_array().size() == 2 && item.as_array()[0].is_text() && item.as_array()[1].is_text())
                    keep(item.as_array()[0].as_text(), item.as_array()[1].as_text());
    };
    take("rules", [&](const std::string& name, const std::string& body) { content.rule_files.push_back({name, body}); });
    take("mappings", [&](const std::string& name, const std::string& body) { content.mapping_files.emplace_back(name, body); });
    take("pipelines", [&](const std::string& name, const std::string& body) { content.pipeline_files.push_back({name, body}); });
    auto compiled = TRY(compile(std::move(content)));
    if (compiled->fingerprint != fingerprint) return fail(Code::corrupt, "the saved content set does not have the hash it is named by");
    return compiled;
}

Result<std::string> find_content_folder(const std::string& setting) {
    std::error_code error;
    if (!setting.empty()) {
        if (std::filesystem::is_directory(setting, error)) return setting;
        return fail(Code::not_found, format("content.folder: {} is not a folder", setting));
    }
    return cli::content_folder([](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    });
}

}  // namespace vg::server
