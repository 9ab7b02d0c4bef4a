#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "base/text.h"
#include "intel/warninglist.h"

namespace vg::intel {

Result<LoadedWarninglists> load_warninglists(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    LoadedWarninglists out;
    std::error_code error;
    if (!fs::exists(folder, error)) return out;
    std::vector<fs::path> files;
    fs::recursive_directory_iterator it{folder, fs::directory_options::skip_permission_denied, error};
    if (error) return fail(Code::unavailable, format("the folder of warninglists cannot be read: {}", error.message()));
    for (; it != fs::recursive_directory_iterator{} && files.size() < 10'000; it.increment(error)) {
        if (error) break;
        if (it.depth() > 3) it.disable_recursion_pending();
        const bool in_folder = it.depth() == 0 && it->path().extension() == ".json";
        if (it->is_regular_file(error) && (in_folder || it->path().filename() == "list.json")) files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    std::string seen;
    for (const fs::path& file : files) {
        std::ifstream stream{file, std::ios::binary};
        std::ostringstream bytes;
        bytes << stream.rdbuf();
        seen += fs::relative(file, folder, error).string() + '\n' + sha256_hex(bytes.str()) + '\n';
        const Status added = stream ? out.lists.add(bytes.str()) : fail(Code::unavailable, "the file cannot be read");
        if (!added) out.refused.push_back(format("{}: {}", fs::relative(file, folder, error).string(), added.error().text));
    }
    out.lists.build();
    if (!seen.empty()) out.fingerprint = sha256_hex(seen);
    return out;
}

}  // namespace vg::intel
