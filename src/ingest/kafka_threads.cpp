// Under the thread sanitizer alone: librdkafka starts its threads with C11's thrd_create, which the sanitizer (gcc 12,
// clang 14) does not see, and a thread it has not seen start crashes in the first call it watches. So the two calls are
// answered here with pthread's, which it does see. What the library, built without the sanitizer, does between its own
// threads is left out: it cannot see the locks and counters there. Our own code on both sides is watched.
#ifdef __SANITIZE_THREAD__
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace {
struct Start {
  thrd_start_t function;
  void* argument;
};

void* started(void* given) {
  const std::unique_ptr<Start> start(static_cast<Start*>(given));
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start->function(start->argument)));
}
}  // namespace

extern "C" int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  const int failed = pthread_create(thread, nullptr, started, start.get());
  if (failed == 0)
    start.release();
  return failed == 0 ? thrd_success : failed == ENOMEM ? thrd_nomem : thrd_error;
}

extern "C" int thrd_join(thrd_t thread, int* result) {
  void* returned = nullptr;
  if (pthread_join(thread, &returned) != 0)
    return thrd_error;
  if (result)
    *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
  return thrd_success;
}

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:librdkafka.so.1\n"; }
#endif
