// SPDX-License-Identifier: Apache-2.0
// Settings of the sanitizers, linked into each program that is built with them, so that a program started by hand is
// judged as CTest judges it. The sanitizers' run times look for these functions by name.

extern "C" char const* __asan_default_options() {
    return "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1";
}

extern "C" char const* __ubsan_default_options() { return "print_stacktrace=1"; }

extern "C" char const* __tsan_default_options() { return "second_deadlock_stack=1"; }

// librdkafka comes without the sanitizer's notes and counts references by atomic operations that are not seen, so what
// it frees or destroys when the last one is gone looks like a race with those that used it before: its own threads, or
// we with a record in hand. Only what it calls itself is left out; our code stays watched in its callbacks too.
extern "C" char const* __tsan_default_suppressions() { return "called_from_lib:librdkafka.so\n"; }

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_THREAD_SANITIZER
#endif
#elif defined(__SANITIZE_THREAD__)
#define WEIR_THREAD_SANITIZER
#endif

#ifdef WEIR_THREAD_SANITIZER
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <new>

// librdkafka starts and orders its threads by C11's <threads.h>, which ThreadSanitizer does not know: it crashes in a
// thread that it has not seen start. The dynamic linker finds a program's own functions first, so these lead to the
// POSIX functions, which it does know. In glibc the types of the two are the same.
static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));
static_assert(sizeof(once_flag) == sizeof(pthread_once_t) && sizeof(thrd_t) == sizeof(pthread_t));

namespace {

struct thread_start {
    thrd_start_t run;
    void* argument;
};

void* run_thread(void* given) {
    thread_start const start = *static_cast<thread_start*>(given);
    delete static_cast<thread_start*>(given);
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.run(start.argument)));
}

int as_c11(int code) {
    switch (code) {
        case 0: return thrd_success;
        case EBUSY: return thrd_busy;
        case ENOMEM: return thrd_nomem;
        case ETIMEDOUT: return thrd_timedout;
        default: return thrd_error;
    }
}

pthread_mutex_t* as_posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* as_posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t run, void* argument) {
    auto* const start = new (std::nothrow) thread_start{run, argument};
    if (!start) return thrd_nomem;
    int const code = pthread_create(thread, nullptr, run_thread, start);
    if (code != 0) delete start;
    return code == EAGAIN ? thrd_nomem : as_c11(code);
}

int thrd_join(thrd_t thread, int* result) {
    void* returned = nullptr;
    int const code = pthread_join(thread, &returned);
    if (result) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return as_c11(code);
}

int thrd_detach(thrd_t thread) { return as_c11(pthread_detach(thread)); }

// As if it had always been there: what hands a new mutex to other threads may be one of librdkafka's own locks, which
// are left out above.
__attribute__((no_sanitize("thread"))) int mtx_init(mtx_t* mutex, int kind) {
    pthread_mutex_t const plain = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t const recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    *as_posix(mutex) = (kind & mtx_recursive) != 0 ? recursive : plain;
    return thrd_success;
}
int mtx_lock(mtx_t* mutex) { return as_c11(pthread_mutex_lock(as_posix(mutex))); }
int mtx_trylock(mtx_t* mutex) { return as_c11(pthread_mutex_trylock(as_posix(mutex))); }
int mtx_unlock(mtx_t* mutex) { return as_c11(pthread_mutex_unlock(as_posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(as_posix(mutex)); }

int cnd_init(cnd_t* condition) { return as_c11(pthread_cond_init(as_posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return as_c11(pthread_cond_signal(as_posix(condition))); }
int cnd_broadcast(cnd_t* condition) { return as_c11(pthread_cond_broadcast(as_posix(condition))); }
int cnd_wait(cnd_t* condition, mtx_t* mutex) { return as_c11(pthread_cond_wait(as_posix(condition), as_posix(mutex))); }
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, timespec const* until) {
    return as_c11(pthread_cond_timedwait(as_posix(condition), as_posix(mutex), until));
}
void cnd_destroy(cnd_t* condition) { pthread_cond_destroy(as_posix(condition)); }

void call_once(once_flag* flag, void (*run)()) { pthread_once(reinterpret_cast<pthread_once_t*>(flag), run); }

}  // extern "C"
#endif
