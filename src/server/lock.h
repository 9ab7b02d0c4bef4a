// The lock on a data folder: one process at a time. Released by the kernel when the process ends, however it ends.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace vg::server {

class FolderLock {
public:
    // Makes the folder (mode 0700) when it is missing. Code::busy when another process holds the lock.
    static Result<std::unique_ptr<FolderLock>> take(const std::string& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace vg::server
