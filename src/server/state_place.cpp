#include "server/state_place.h"

#include "base/json.h"
#include "base/text.h"
#include "store/disk.h"

namespace vg::server {

namespace {

std::string file_of(const std::string& data) { return data + "/state.sqlite"; }
std::string note_of(const std::string& data) { return data + "/state.postgresql"; }

std::string text_of(const Settings& settings) {
    std::string text = "# Where the State of this folder is. Written by the program at each start.\n";
    for (const auto& [key, value] : {std::pair{"state.postgresql", settings.state_postgresql}, {"state.password_file", settings.state_password_file}}) {
        text += format("{} = ", key);
        json::quote(text, value);  // a basic string of TOML
        text += '\n';
    }
    return text;
}

}  // namespace

store::StateOptions state_options(const Settings& settings) {
    store::StateOptions options;
    options.path = file_of(settings.data);
    options.postgresql = settings.state_postgresql;
    options.password_file = settings.state_password_file;
    return options;
}

Status check_state_place(const Settings& settings) {
    store::Disk& disk = store::system_disk();
    const bool in_database = !settings.state_postgresql.empty();
    if (in_database && disk.exists(file_of(settings.data)))
        return fail(Code::conflict, format("setting state.postgresql: the State of this folder is in {}; move it with `vonggac backup` and `vonggac restore --state`, or move "
                                           "that file away to begin with an empty one", file_of(settings.data)));
    if (!in_database && disk.exists(note_of(settings.data)))
        return fail(Code::conflict, format("the State of this folder is in the PostgreSQL database that {} names; set state.postgresql, or move it to a file with "
                                           "`vonggac backup` and `vonggac restore`", note_of(settings.data)));
    return {};
}

Status note_state_place(const Settings& settings) {
    if (settings.state_postgresql.empty()) return {};
    store::Disk& disk = store::system_disk();
    const std::string text = text_of(settings);
    if (const auto present = store::read_whole(disk, note_of(settings.data)); present && *present == text) return {};
    return store::write_whole(disk, note_of(settings.data), text);
}

Result<Settings> settings_of_folder(const std::string& data) {
    store::Disk& disk = store::system_disk();
    Settings settings;
    if (disk.exists(note_of(data)))
        settings = TRY(load_settings(TRY(store::read_whole(disk, note_of(data))), note_of(data)));
    else if (!disk.exists(file_of(data)))
        return fail(Code::not_found, format("{} is no data folder; name it with --data, or start a server there once", data));
    settings.data = data;
    return settings;
}

}  // namespace vg::server
