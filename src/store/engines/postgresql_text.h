// What PostgreSQL sees of our SQL and our texts. Pure; used by the engine's other files.
#pragma once

#include <string>
#include <string_view>

namespace vg::store::engines {

// A statement that makes or alters a table, for PostgreSQL: columns of the type text compare by their bytes, as SQLite's
// do (collate "C"), and a reference may wait for its row until the end of a transaction that asks for it. Others unchanged.
std::string ddl_for_postgresql(std::string_view sql);

// PostgreSQL keeps UTF-8 without zero bytes; a text with other bytes is kept with each of them as one character of a range
// that no text uses: byte B as U+10FF00 + B. A text that has such a character itself is kept with its bytes written so.
// from_stored(to_stored(text)) is the text, whatever its bytes; a text of ordinary UTF-8 is kept as it is.
void to_stored(std::string& text);
void from_stored(std::string& text);

}  // namespace vg::store::engines
