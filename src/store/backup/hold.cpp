#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "store/backup/depot.h"

namespace vg::store::backup {

Result<std::unique_ptr<FolderHold>> FolderHold::take(const std::string& folder, Kind kind) {
    if (kind == Kind::writing) TRY(system_disk().make_folder(folder));
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return fail(errno == ENOENT ? Code::not_found : Code::unavailable, format("{} cannot be opened: {}", folder, std::strerror(errno)));
    if (::flock(file, (kind == Kind::writing ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        const int number = errno;
        ::close(file);
        if (number == EWOULDBLOCK) return fail(Code::busy, format("another process works on {}", folder));
        // Some network file systems know no locks; a reader can do without.
        if (kind == Kind::reading) return std::unique_ptr<FolderHold>{new FolderHold{-1}};
        return fail(Code::unavailable, format("{} cannot be locked: {}", folder, std::strerror(number)));
    }
    return std::unique_ptr<FolderHold>{new FolderHold{file}};
}

FolderHold::~FolderHold() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace vg::store::backup
