// For the time of its life a broken pipe is an error on this thread, not a signal: OpenSSL writes to sockets without
// MSG_NOSIGNAL. Used by fetch() and by what goes through libcurl.
#pragma once

#include <signal.h>
#include <ctime>

namespace vg::net {

class NoPipeSignal {
public:
    NoPipeSignal() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
    }
    ~NoPipeSignal() {
        const timespec none{};
        if (sigismember(&before_, SIGPIPE) == 0) sigtimedwait(&set_, nullptr, &none);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;

private:
    sigset_t set_{}, before_{};
};

}  // namespace vg::net
