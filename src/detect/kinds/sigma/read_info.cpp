#include <algorithm>
#include <span>

#include "base/bytes.h"
#include "detect/kinds/sigma/reader.h"

namespace vg::detect::sigma {

namespace {

constexpr std::string_view kStatus[] = {"stable", "test", "experimental", "deprecated", "unsupported"};

bool holds(std::span<const std::string_view> known, std::string_view text) { return std::find(known.begin(), known.end(), text) != known.end(); }

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto month = parse_int(text.substr(5, 2));
    const auto day = parse_int(text.substr(8, 2));
    return parse_int(text.substr(0, 4)) && month && *month >= 1 && *month <= 12 && day && *day >= 1 && *day <= 31;
}

constexpr std::size_t kLongestTitle = 256;  // characters

std::size_t characters_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// "[a-z0-9_-]+\.[a-z0-9._-]+", the pattern of the JSON schema.
bool is_tag(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == 0 || dot == std::string_view::npos || dot + 1 == text.size()) return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") == std::string_view::npos;
}

}  // namespace

tl::unexpected<Error> Reader::refuse(const Path& path, std::string reason) {
    refused_line_ = lines_.line_of(line_, path);
    return fail(Code::bad_input, std::move(reason));
}

void Reader::warn(const Path& path, std::string_view text) {
    report_.warnings.push_back(format("{}:{}: {}", file_.name, lines_.line_of(line_, path), text));
}

Status Reader::read_info(RuleInfo& info, std::string& name, std::string_view part) {
    info.kind = "sigma";
    info.file = file_.name;
    info.text = lines_.document_at(line_);
    info.title = TRY(read_title(part));
    info.title_vi = read_title_vi();
    info.id = TRY(read_id(info.title, part));
    if (const json::Value* given = top_.find("name"); given != nullptr) {
        if (!given->is_text() || given->as_text().size() > 256)
            return refuse({"name"}, format("name must be a string of at most 256 bytes [{}: Name]", part));
        name = given->as_text();
    }
    if (const json::Value* status = top_.find("status"); status != nullptr) {
        if (!status->is_text() || !holds(kStatus, status->as_text()))
            return refuse({"status"}, format("status must be stable, test, experimental, deprecated or unsupported [{}: Status]", part));
        info.status = status->as_text();
    }
    if (const json::Value* level = top_.find("level"); level != nullptr) {
        auto parsed = level->is_text() ? parse_level(level->as_text()) : fail(Code::bad_input, "level must be a string");
        if (!parsed) return refuse({"level"}, format("{} [{}: Level]", parsed.error().text, part));
        info.level = *parsed;
    }
    info.description = read_words("description", 65'535, part);
    info.author = read_words("author", 65'535, part);
    info.license = read_words("license", 1'000, part);
    for (const char* key : {"date", "modified"})
        if (const json::Value* date = top_.find(key); date != nullptr && (!date->is_text() || !is_date(date->as_text())))
            warn({key}, format("{} is not written YYYY-MM-DD [{}: Date]", key, part));
    info.tags = read_list("tags", part);
    for (const std::string& tag : info.tags)
        if (!is_tag(tag)) warn({"tags"}, format("'{}' is not written like a tag [{}: Tags]", shorten(tag, 60), part));
    info.references = read_list("references", part);
    info.false_positives = read_list("falsepositives", part);
    info.fields = read_list("fields", part);
    return {};
}

Result<std::string> Reader::read_title(std::string_view part) {
    const json::Value* title = top_.find("title");
    if (title == nullptr || title->is_null()) return refuse({}, format("title is missing [{}: Title]", part));
    if (!title->is_text() || trim(title->as_text()).empty()) return refuse({"title"}, format("title must be a string [{}: Title]", part));
    if (characters_of(title->as_text()) > kLongestTitle) return refuse({"title"}, format("title is longer than 256 characters [{}: Title]", part));
    return title->as_text();
}

// Our own field, which Sigma allows to be there. Detection does not depend on it: a rule that has it wrong goes by its title.
std::string Reader::read_title_vi() {
    const json::Value* title = top_.find("title_vi");
    if (title == nullptr || title->is_null()) return {};
    const char* wrong = !title->is_text() || trim(title->as_text()).empty() ? "title_vi is not a string with words in it"
                        : characters_of(title->as_text()) > kLongestTitle   ? "title_vi is longer than 256 characters"
                                                                            : nullptr;
    if (wrong == nullptr) return title->as_text();
    warn({"title_vi"}, format("{}; the rule goes by its title alone", wrong));
    return {};
}

Result<std::string> Reader::read_id(std::string_view title, std::string_view part) {
    const json::Value* id = top_.find("id");
    if (id == nullptr) return sha256_hex(title).substr(0, 32);
    if (!id->is_text() || !is_uuid(id->as_text())) return refuse({"id"}, format("id must be a UUID [{}: Identification]", part));
    return lower_ascii(id->as_text());
}

std::string Reader::read_words(const char* key, std::size_t longest, std::string_view part) {
    const json::Value* given = top_.find(key);
    if (given == nullptr || given->is_null()) return {};
    if (!given->is_text()) {
        warn({key}, format("{} is not a string [{}]", key, part));
        return {};
    }
    if (given->as_text().size() > longest) warn({key}, format("{} is longer than {} bytes [{}]", key, longest, part));
    return shorten(given->as_text(), longest);
}

std::vector<std::string> Reader::read_list(const char* key, std::string_view part) {
    const json::Value* given = top_.find(key);
    if (given == nullptr || given->is_null()) return {};
    if (given->is_text()) return {given->as_text()};
    std::vector<std::string> items;
    if (given->is_array())
        for (const json::Value& item : given->as_array())
            if (item.is_text() && items.size() < kMostListed) items.push_back(item.as_text());
    if (!given->is_array() || items.size() != given->as_array().size()) warn({key}, format("{} is not a list of strings [{}]", key, part));
    return items;
}

Status Reader::read_source(Source& source, std::string_view part) {
    const json::Value* given = top_.find("logsource");
    if (given == nullptr || given->is_null()) return refuse({}, format("logsource is missing [{}: LogSource]", part));
    if (!given->is_object()) return refuse({"logsource"}, format("logsource must be a map [{}: LogSource]", part));
    const std::pair<const char*, std::string*> facets[] = {
        {"product", &source.product}, {"category", &source.category}, {"service", &source.service}};
    for (const auto& [key, facet] : facets) {
        const json::Value* value = given->find(key);
        if (value == nullptr || value->is_null()) continue;
        if (!value->is_text() || value->as_text().size() > 256)
            return refuse({"logsource", key}, format("logsource {} must be a string [{}: LogSource]", key, part));
        *facet = lower_ascii(value->as_text());
    }
    if (source.product.empty() && source.category.empty() && source.service.empty())
        return refuse({"logsource"}, format("logsource names no category, product or service [{}: LogSource]", part));
    return {};
}

Status Reader::read_taxonomy() {
    const json::Value* taxonomy = top_.find("taxonomy");
    if (taxonomy == nullptr) return {};
    // Events have their native names, which are those of the taxonomy sigma, and ECS names.
    if (!taxonomy->is_text() || (taxonomy->as_text() != "sigma" && taxonomy->as_text() != "ecs"))
        return refuse({"taxonomy"}, "only the taxonomies sigma and ecs are known; others must be handled or transformed "
                                    "[rules specification: Taxonomy]");
    return {};
}

bool Reader::is_wanted(const std::string& status) const {
    if (options_.only_status.empty()) return status != "deprecated" && status != "unsupported";
    return std::find(options_.only_status.begin(), options_.only_status.end(), status) != options_.only_status.end();
}

Status Reader::read_rule_names(const json::Value* given, const Path& path, std::string_view section, std::vector<std::string>& names) {
    if (given == nullptr || given->is_null()) return refuse(path, format("rules is missing [{}]", section));
    const json::Array single{*given};
    const json::Array& list = given->is_array() ? given->as_array() : single;
    if (list.empty() || list.size() > kMostListed) return refuse(path, format("rules must name 1 to {} rules [{}]", kMostListed, section));
    for (const json::Value& one : list) {
        if (!one.is_text() || one.as_text().empty()) return refuse(path, format("rules must be a list of ids and names [{}]", section));
        names.push_back(is_uuid(one.as_text()) ? lower_ascii(one.as_text()) : one.as_text());
    }
    return {};
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit) return false;
    }
    return true;
}

}  // namespace vg::detect::sigma
