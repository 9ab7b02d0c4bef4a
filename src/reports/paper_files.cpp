#include "reports/paper_files.h"

#include "base/bytes.h"
#include "base/text.h"

namespace vg::reports {

Result<std::string> keep_bytes(const PaperPlace& place, std::string_view bytes) {
    if (bytes.size() > kMostPaperFile) return fail(Code::too_large, format("a paper has at most {} MiB", kMostPaperFile >> 20));
    for (std::size_t at = place.folder.find('/', 1); at != std::string::npos; at = place.folder.find('/', at + 1)) TRY(place.disk.make_folder(place.folder.substr(0, at)));
    TRY(place.disk.make_folder(place.folder));
    std::string hash = sha256_hex(bytes);
    const std::string path = format("{}/{}", place.folder, hash);
    if (place.disk.exists(path)) return hash;
    TRY(store::write_whole(place.disk, path, bytes));
    TRY(place.disk.sync_folder(store::parent_of(place.folder)));
    return hash;
}

Result<std::string> kept_bytes(const PaperPlace& place, std::string_view sha256) {
    std::string bytes = TRY(store::read_whole(place.disk, format("{}/{}", place.folder, sha256), kMostPaperFile));
    if (sha256_hex(bytes) != sha256) return fail(Code::corrupt, "the paper's file is not what was kept: its hash is another");
    return bytes;
}

Result<std::vector<std::string>> check_paper_files(store::State& state, const PaperPlace& place, std::int64_t& checked) {
    std::vector<std::string> wrong;
    checked = 0;
    std::string after;
    for (;;) {
        const auto some = TRY(state.read([&](store::Transaction& tx) { return tx.query<std::string>("select distinct sha256 from paper_fact where sha256 > :a order by sha256 limit 100", {after}); }));
        if (some.empty()) return wrong;
        for (const auto& [hash] : some) {
            ++checked;
            if (const auto bytes = kept_bytes(place, hash); !bytes) wrong.push_back(format("paper {}: {}", hash, bytes.error().text));
        }
        after = std::get<0>(some.back());
    }
}

}  // namespace vg::reports
