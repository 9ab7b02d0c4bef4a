// The real disk, by POSIX calls. Files are made with mode 0600 and folders with 0700: what a node keeps is nobody else's.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "store/disk.h"

namespace vg::store {

namespace {

tl::unexpected<Error> failed(const char* what, const std::string& path, int number) {
    const Code code = number == ENOENT ? Code::not_found : number == EEXIST ? Code::conflict : number == EACCES ? Code::denied : Code::unavailable;
    char text[128] = {};
    return fail(code, format("{} {}: {}", what, path, strerror_r(number, text, sizeof text)));
}

class PosixFile final : public File {
public:
    PosixFile(int handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    ~PosixFile() override { ::close(handle_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    Status append(std::string_view bytes) override {
        while (!bytes.empty()) {
            const ssize_t wrote = ::write(handle_, bytes.data(), bytes.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0) return failed("cannot write to", path_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(wrote));
        }
        return {};
    }

    Status sync() override {
        // fdatasync also writes the size when the file has grown. It is never tried twice for the same bytes.
        if (::fdatasync(handle_) != 0) return failed("cannot sync", path_, errno);
        return {};
    }

    Status truncate(std::uint64_t size) override {
        if (::ftruncate(handle_, static_cast<off_t>(size)) != 0) return failed("cannot cut", path_, errno);
        return {};
    }

    [[nodiscard]] Result<std::uint64_t> size() const override {
        struct stat found {};
        if (::fstat(handle_, &found) != 0) return failed("cannot ask the size of", path_, errno);
        return static_cast<std::uint64_t>(found.st_size);
    }

    [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override {
        std::string bytes(length, '\0');
        std::size_t have = 0;
        while (have < length) {
            const ssize_t got = ::pread(handle_, bytes.data() + have, length - have, static_cast<off_t>(offset + have));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return failed("cannot read", path_, errno);
            if (got == 0) break;
            have += static_cast<std::size_t>(got);
        }
        bytes.resize(have);
        return bytes;
    }

private:
    int handle_;
    std::string path_;
};

class PosixDisk final : public Disk {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, Open how) override {
        int flags = O_CLOEXEC;
        switch (how) {
            case Open::read: flags |= O_RDONLY; break;
            case Open::append: flags |= O_RDWR | O_APPEND; break;
            case Open::create: flags |= O_RDWR | O_APPEND | O_CREAT | O_EXCL; break;
        }
        const int handle = ::open(path.c_str(), flags, 0600);
        if (handle < 0) return failed("cannot open", path, errno);
        return std::make_unique<PosixFile>(handle, path);
    }

    Status rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return failed("cannot rename", from, errno);
        return {};
    }

    Status remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0) return failed("cannot remove", path, errno);
        return {};
    }

    Status make_folder(const std::string& path) override {
        if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
        if (errno != ENOENT || parent_of(path) == path) return failed("cannot make", path, errno);
        TRY(make_folder(parent_of(path)));
        if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
        return failed("cannot make", path, errno);
    }

    Status sync_folder(const std::string& path) override {
        const int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (handle < 0) return failed("cannot open", path, errno);
        const int answer = ::fsync(handle);
        const int number = errno;
        ::close(handle);
        if (answer != 0) return failed("cannot sync", path, number);
        return {};
    }

    Result<std::vector<std::string>> list(const std::string& folder) override {
        DIR* open_folder = ::opendir(folder.c_str());
        if (open_folder == nullptr) return failed("cannot list", folder, errno);
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(open_folder)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
        }
        const int number = errno;
        ::closedir(open_folder);
        if (number != 0) return failed("cannot list", folder, number);
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<std::uint64_t> free_bytes(const std::string& path) override {
        struct statvfs found {};
        if (::statvfs(path.c_str(), &found) != 0) return failed("cannot ask the free space of", path, errno);
        return static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
    }

    bool exists(const std::string& path) override {
        struct stat found {};
        return ::stat(path.c_str(), &found) == 0;
    }
};

}  // namespace

Disk& system_disk() {
    static PosixDisk disk;  // holds nothing
    return disk;
}

}  // namespace vg::store
