#include "cli/ask.h"

namespace vg::cli::of_config {

namespace {

std::vector<std::string> settings_words(const Call& call) {
    std::vector<std::string> words;
    for (const char* name : {"config", "data"})
        if (const auto value = call.option(name)) words.insert(words.end(), {"--" + std::string{name}, *value});
    return words;
}

Result<int> check(Call& call) {
    TRY(call.surroundings.settings(settings_words(call)));
    say(call, "The settings are good.");
    return 0;
}

constexpr Column kEnglish[] = {{"KEY", "key"}, {"VALUE", "value"}, {"WHAT IT IS FOR", "text"}};
constexpr Column kVietnamese[] = {{"TÊN", "key"}, {"GIÁ TRỊ", "value"}, {"ĐỂ LÀM GÌ", "text_vi"}};

Result<int> show(Call& call) {
    Printer printer = TRY(is_vietnamese(call) ? Printer::make(call, kVietnamese) : Printer::make(call, kEnglish));
    const json::Value settings = TRY(call.surroundings.settings(settings_words(call)));
    for (const json::Value& setting : settings.as_array()) printer.add(setting);
    printer.finish();
    return 0;
}

constexpr Option kConfig[] = {{"config", "FILE", "TOML file with settings; without it, the defaults"}, {"data", "DIR", "data folder"}};
constexpr Verb kVerbs[] = {
    {.name = "check", .about = "Reads the settings and says what is wrong; an unknown key is an error that names the nearest known one.", .options = kConfig, .local = true, .run = check},
    {.name = "show", .about = "Shows every setting with its value and what it is for; in Vietnamese when the locale is.", .options = kConfig, .local = true, .run = show},
};

}  // namespace

extern const Noun config{.name = "config", .about = "Settings of the server.", .verbs = kVerbs};

}  // namespace vg::cli::of_config
