// Preloaded into the program by tests/overload.py: the journal's disk becomes slow. Each sync of a file or folder below
// ".../journal" waits for VG_SLOW_SYNC_MS milliseconds first.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

void wait_if_journal(int file) {
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = ::readlink(link, path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = '\0';
    const char* wait = std::getenv("VG_SLOW_SYNC_MS");
    if (wait != nullptr && std::strstr(path, "/journal/") != nullptr) ::usleep(static_cast<useconds_t>(std::atoi(wait)) * 1000);
}

int call(const char* name, int file) {
    wait_if_journal(file);
    using Sync = int (*)(int);
    return reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fdatasync(int file) { return call("fdatasync", file); }
extern "C" int fsync(int file) { return call("fsync", file); }
