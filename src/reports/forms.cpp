// Reads content/reports/*.yaml.
#include "reports/forms.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/yaml.h"

namespace vg::reports {

namespace {

constexpr std::array<std::string_view, 4> kFieldForms = {"line", "text", "choice", "choices"};
constexpr std::array<std::string_view, 3> kSources = {"incident", "organisation", "period"};
constexpr std::array<std::string_view, 4> kAligns = {"justified", "left", "centred", "right"};
constexpr std::array<std::string_view, 12> kBlockWords = {"heading", "fields", "grid", "framed", "boxes", "text", "item", "table", "label", "value", "title", "in_one_line"};
constexpr std::array<std::string_view, 4> kBlockOptions = {"note", "when", "unless", "empty"};

template <std::size_t N>
std::optional<std::size_t> index_in(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt : std::optional{static_cast<std::size_t>(found - names.begin())};
}

Status only_words(const json::Value& value, std::initializer_list<std::string_view> known) {
    if (!value.is_object()) return fail(Code::bad_input, "is no object with members");
    for (const auto& [key, member] : value.as_object())
        if (std::find(known.begin(), known.end(), key) == known.end()) return fail(Code::bad_input, format("{}: is unknown here", key));
    return {};
}

const json::Array& list_in(const json::Value& value, std::string_view name) {
    static const json::Array none;
    const json::Value* found = value.find(name);
    return found != nullptr && found->is_array() ? found->as_array() : none;
}

Result<std::vector<std::string>> texts_in(const json::Value& value, std::string_view name) {
    std::vector<std::string> out;
    for (const json::Value& one : list_in(value, name)) {
        if (!one.is_text()) return fail(Code::bad_input, format("{}: holds something that is no text", name));
        out.push_back(one.as_text());
    }
    return out;
}

Result<FormField> field_of(const json::Value& value) {
    TRY(only_words(value, {"name", "label", "label_vi", "form", "required", "choices", "fact", "preset", "remedy", "remedy_vi", "once"}));
    FormField out;
    out.name = value.text("name").value_or("");
    out.label = value.text("label").value_or("");
    out.label_vi = value.text("label_vi").value_or("");
    if (out.name.empty() || out.label.empty() || out.label_vi.empty()) return fail(Code::bad_input, format("{}: a field has a name, a label and a label_vi", out.name));
    const auto form = index_in(kFieldForms, value.text("form").value_or("line"));
    if (!form) return fail(Code::bad_input, out.name + ": form: is one of line, text, choice, choices");
    out.form = static_cast<FieldForm>(*form);
    out.required = value.boolean("required").value_or(false);
    out.once = value.boolean("once").value_or(false);
    out.fact = value.text("fact").value_or("");
    out.preset = value.text("preset").value_or("");
    out.remedy = value.text("remedy").value_or("");
    out.remedy_vi = value.text("remedy_vi").value_or("");
    if (out.remedy.empty() != out.remedy_vi.empty()) return fail(Code::bad_input, out.name + ": a remedy is in both languages");
    for (const json::Value& choice : list_in(value, "choices")) {
        if (!choice.is_object() || choice.as_object().size() != 1 || !choice.as_object().front().second.is_text()) return fail(Code::bad_input, out.name + ": choices: each is a word and its text");
        out.choices.emplace_back(choice.as_object().front().first, choice.as_object().front().second.as_text());
    }
    if ((out.form >= FieldForm::choice) == out.choices.empty()) return fail(Code::bad_input, out.name + ": choices: are of fields of the form choice or choices, and of these always");
    return out;
}

Result<FormTable> table_of(const json::Value& value) {
    TRY(only_words(value, {"name", "columns", "total"}));
    FormTable out;
    out.name = value.text("name").value_or("");
    out.total = value.boolean("total").value_or(false);
    for (const json::Value& one : list_in(value, "columns")) {
        TRY(only_words(one, {"name", "head", "head_vi", "width", "align"}));
        FormColumn column{.name = one.text("name").value_or(""), .head_vi = one.text("head_vi").value_or(""), .head = one.text("head").value_or("")};
        const json::Value* width = one.find("width");
        column.width = width != nullptr && width->is_number() ? width->as_real() : 1;
        const auto align = index_in(kAligns, one.text("align").value_or("left"));
        if (column.name.empty() || column.head_vi.empty() || !align || column.width <= 0) return fail(Code::bad_input, format("{}: a column has a name, a head_vi, a width above 0 and an align that is known", out.name));
        column.align = static_cast<Align>(*align);
        out.columns.push_back(std::move(column));
    }
    if (out.name.empty() || out.columns.empty() || out.columns.size() > kMostColumns) return fail(Code::bad_input, format("{}: a table has a name and 1 to {} columns", out.name, kMostColumns));
    return out;
}

// A layout that names what is not there would lose it from the paper.
Status check_layout(const FormKind& kind) {
    if (!kind.layout.is_array() || kind.layout.as_array().empty()) return fail(Code::bad_input, "layout: is missing or no list");
    const auto known_field = [&](const json::Value& name) { return name.is_text() && kind.field(name.as_text()) != nullptr; };
    for (const json::Value& block : kind.layout.as_array()) {
        if (!block.is_object()) return fail(Code::bad_input, "layout: a block is an object");
        for (const auto& [key, value] : block.as_object()) {
            if (!index_in(kBlockWords, key) && !index_in(kBlockOptions, key)) return fail(Code::bad_input, format("layout: {}: is unknown", key));
            if ((key == "framed" || key == "boxes" || key == "label" || key == "value") && !known_field(value)) return fail(Code::bad_input, format("layout: {}: names a field that the form does not have", key));
            if (key == "table" && (!value.is_text() || kind.table(value.as_text()) == nullptr)) return fail(Code::bad_input, "layout: table: names a table that the form does not have");
            if (key != "fields" && key != "grid") continue;
            if (!value.is_array() || !std::all_of(value.as_array().begin(), value.as_array().end(), known_field)) return fail(Code::bad_input, format("layout: {}: names a field that the form does not have", key));
        }
    }
    return {};
}

Result<FormKind> kind_of(const json::Value& value, const std::vector<FormField>& common) {
    TRY(only_words(value, {"code", "title", "title_vi", "basis", "mark", "regime", "from", "until", "pending", "letter", "tbsc", "source", "satisfies", "addressees", "fields", "tables", "layout", "checked", "heading", "heading_subject", "of_list", "addressees_in"}));
    FormKind out;
    out.code = value.text("code").value_or("");
    out.title = value.text("title").value_or("");
    out.title_vi = value.text("title_vi").value_or("");
    out.basis = value.text("basis").value_or("");
    for (const auto& [name, text] : {std::pair{"code", &out.code}, {"title", &out.title}, {"title_vi", &out.title_vi}, {"basis", &out.basis}})
        if (text->empty()) return fail(Code::bad_input, format("{}: is missing", name));
    out.mark = value.text("mark").value_or("");
    out.heading = value.text("heading").value_or("");
    out.heading_subject = value.text("heading_subject").value_or("");
    out.regime = value.text("regime").value_or("");
    const auto from = regime::parse_day(value.text("from").value_or(""));
    if (!from) return fail(Code::bad_input, "from: is missing or no day such as 2024-05-01");
    out.valid.from = *from;
    if (const auto until = value.text("until")) {
        out.valid.until = regime::parse_day(*until);
        if (!out.valid.until || !(out.valid.from < *out.valid.until)) return fail(Code::bad_input, "until: is no day behind from");
    }
    out.pending = value.boolean("pending").value_or(false);
    out.letter = value.boolean("letter").value_or(false);
    out.tbsc = value.boolean("tbsc").value_or(false);
    out.checked = value.boolean("checked").value_or(false);
    out.of_list = value.boolean("of_list").value_or(false);
    if (out.letter != out.heading.empty()) return fail(Code::bad_input, "heading: is of every form but a letter");
    const auto source = index_in(kSources, value.text("source").value_or(""));
    if (!source) return fail(Code::bad_input, "source: is one of incident, organisation, period");
    out.source = static_cast<FormSource>(*source);
    out.satisfies = TRY(texts_in(value, "satisfies"));
    out.addressees = TRY(texts_in(value, "addressees"));
    if (const json::Value* others = value.find("addressees_in"); others != nullptr && others->is_object())
        for (const auto& [name, roles] : others->as_object()) out.addressees_in[name] = TRY(texts_in(*others, name));
    for (const json::Value& one : list_in(value, "fields")) out.fields.push_back(TRY(field_of(one)));
    out.fields.insert(out.fields.end(), common.begin(), common.end());
    for (std::size_t i = 0; i < out.fields.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (out.fields[i].name == out.fields[j].name) return fail(Code::bad_input, out.fields[i].name + ": stands there twice");
    for (const json::Value& one : list_in(value, "tables")) out.tables.push_back(TRY(table_of(one)));
    if (const json::Value* layout = value.find("layout")) out.layout = *layout;
    if (out.field("subject") == nullptr) return fail(Code::bad_input, "fields: subject is missing");
    TRY(check_layout(out));
    return out;
}

Result<json::Value> form_document(const std::string& text) {
    auto documents = TRY(yaml::parse(text));
    if (documents.size() != 1 || !documents.front().value.is_object()) return fail(Code::bad_input, "is not one document with members");
    return std::move(documents.front().value);
}

}  // namespace

std::string_view name_of(FormSource source) { return kSources[static_cast<std::size_t>(source)]; }

const FormField* FormKind::field(std::string_view name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const FormField& one) { return one.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

const FormTable* FormKind::table(std::string_view name) const {
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const FormTable& one) { return one.name == name; });
    return found == tables.end() ? nullptr : &*found;
}

Result<Forms> Forms::read(const std::map<std::string, std::string>& files) {
    Forms out;
    std::vector<FormField> common;
    if (const auto file = files.find("common.yaml"); file != files.end()) {
        const json::Value document = TRY_IN("common.yaml: ", form_document(file->second));
        for (const json::Value& one : list_in(document, "fields")) common.push_back(TRY_IN("common.yaml: ", field_of(one)));
    }
    for (const auto& [name, text] : files) {
        if (name == "common.yaml") continue;
        const std::string where = name + ": ";
        const json::Value document = TRY_IN(where, form_document(text));
        FormKind kind = TRY_IN(where, kind_of(document, common));
        if (out.find(kind.code) != nullptr) return fail(Code::bad_input, where + "code: another form has it");
        out.kinds_.push_back(std::move(kind));
    }
    std::sort(out.kinds_.begin(), out.kinds_.end(), [](const FormKind& a, const FormKind& b) { return a.code < b.code; });
    return out;
}

const FormKind* Forms::find(std::string_view code) const {
    const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FormKind& one) { return one.code == code; });
    return found == kinds_.end() ? nullptr : &*found;
}

Result<Forms> load_forms(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error}) {
        if (entry.path().extension() != ".yaml") continue;
        std::ifstream stream{entry.path(), std::ios::binary};
        std::ostringstream bytes;
        bytes << stream.rdbuf();
        if (!stream) return fail(Code::unavailable, format("{} cannot be read", entry.path().string()));
        files.emplace(entry.path().filename().string(), bytes.str());
    }
    if (error) return fail(Code::unavailable, format("the folder {} cannot be read: {}", folder.string(), error.message()));
    return Forms::read(files);
}

}  // namespace vg::reports
