// Where the State of a data folder is: DIR/state.sqlite, or a PostgreSQL database, which the file DIR/state.postgresql then
// names, so that the command line finds it without the settings and nobody starts a second, empty State by mistake. That
// file is a settings file with the settings state.*; it never holds a password. Called at start, by restore and by program.cpp.
#pragma once

#include <string>

#include "base/result.h"
#include "server/settings.h"
#include "store/state.h"

namespace vg::server {

store::StateOptions state_options(const Settings& settings);

// Whether the settings agree with the folder. Code::conflict names where its State is and how it is moved.
Status check_state_place(const Settings& settings);
// Notes where the State is, once it was opened there.
Status note_state_place(const Settings& settings);

// Settings for the command line on a folder that no server has open. Code::not_found: it has no State.
Result<Settings> settings_of_folder(const std::string& data);

}  // namespace vg::server
