// UiFiles: the built console, held in memory. A folder with index.html and assets/ is read once at start, with the
// compressed forms (NAME.gz, NAME.br) that the build wrote beside each file; requests never touch the disk.
// Front owns it and asks it from all handler threads; everything is constant after construction.
//
//   auto files = TRY(UiFiles::load(folder));
//   if (auto response = files.answer(request)) return *response;
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace vg::server {

class UiFiles {
public:
    // At most 2,000 files and 32 MB in all; an Error beyond that, or when a file cannot be read.
    static Result<UiFiles> load(const std::string& folder);

    // Answers GET and HEAD under /ui/: a file, or index.html for the routes of the application (paths without a dot).
    // Nothing for other paths, and for everything when no console was loaded.
    [[nodiscard]] std::optional<net::Response> answer(const net::Request& request) const;

    [[nodiscard]] bool empty() const { return files_.empty(); }

private:
    struct File {
        std::string type;
        std::string plain;
        std::string gzip;    // empty: not made
        std::string brotli;  // empty: not made
    };
    [[nodiscard]] static net::Response serve(const net::Request& request, const File& file, bool immutable);

    std::map<std::string, File, std::less<>> files_;  // by path below the folder, such as "assets/index-abc.js"
};

// Where the built console is: VONGGAC_CONSOLE, else console/ beside the program or beside its folder, else
// /usr/share/vonggac/console. Nothing when none of them holds index.html and assets/.
std::optional<std::string> find_console_folder();

}  // namespace vg::server
