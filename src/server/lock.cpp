#include "server/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace vg::server {

Result<std::unique_ptr<FolderLock>> FolderLock::take(const std::string& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(Code::unavailable, format("the data folder {} cannot be made: {}", folder, std::strerror(errno)));
    const std::string path = folder + "/lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(Code::unavailable, format("{} cannot be opened: {}", path, std::strerror(errno)));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return fail(Code::busy, format("the data folder {} is in use by another process", folder));
    }
    return std::unique_ptr<FolderLock>{new FolderLock{file}};
}

FolderLock::~FolderLock() { ::close(file_); }

}  // namespace vg::server
