#include "store/disk.h"

#include "base/text.h"

namespace vg::store {

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Status leave_free(Disk& disk, const std::string& folder, std::uint64_t bytes, std::uint64_t reserve) {
    if (reserve == 0) return {};
    const auto free = disk.free_bytes(folder);
    if (!free || *free >= reserve + bytes) return {};
    return fail(Code::unavailable, format("the disk has {} bytes free; {} are kept in reserve so that the node can go on: make room", *free, reserve));
}

Status write_whole(Disk& disk, const std::string& path, std::string_view bytes) {
    const std::string fresh = path + ".tmp";
    if (disk.exists(fresh)) TRY(disk.remove(fresh));
    {
        auto file = TRY(disk.open(fresh, Open::create));
        TRY(file->append(bytes));
        TRY(file->sync());
    }
    TRY(disk.rename(fresh, path));
    return disk.sync_folder(parent_of(path));
}

Result<std::string> read_whole(Disk& disk, const std::string& path, std::size_t limit) {
    auto file = TRY(disk.open(path, Open::read));
    const std::uint64_t size = TRY(file->size());
    if (size > limit) return fail(Code::too_large, format("{} has {} bytes, at most {} are allowed", path, size, limit));
    std::string bytes = TRY(file->read(0, static_cast<std::size_t>(size)));
    if (bytes.size() != size) return fail(Code::unavailable, format("{} could be read only in part", path));
    return bytes;
}

}  // namespace vg::store
