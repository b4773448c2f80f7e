// A clock that follows the media instead of the world, for programs run much faster than it plays:
// preloaded, it puts both clocks of a process at the end of the last segment that it put in place,
// FOLDER/seg-N.*, where $MEDIA_CLOCK_FOLDER names the folder and $MEDIA_CLOCK_SEGMENT says how many
// seconds a segment has.
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };
static const int64_t kBegin = 1767225600;  // 2026-01-01T00:00:00Z, of both clocks
static const long kLook = 1000000;         // how soon a sleeper looks at the clock again

static const char* folder;
static int64_t segment;    // seconds
static int64_t published;  // seconds of media

__attribute__((constructor)) static void read_environment(void) {
  const char* length = getenv("MEDIA_CLOCK_SEGMENT");
  folder = getenv("MEDIA_CLOCK_FOLDER");
  if (folder == NULL || length == NULL) _exit(127);
  segment = atoll(length);
}

static int64_t now(void) {
  return (kBegin + __atomic_load_n(&published, __ATOMIC_RELAXED)) * SECOND;
}

// A part of a segment has a second number before its suffix.
static int is_segment(const char* path, int64_t* number) {
  const char* name = strrchr(path, '/');
  const size_t length = strlen(folder);
  if (name == NULL || (size_t)(name - path) < length || strncmp(name - length, folder, length) != 0)
    return 0;
  int end = 0;
  return sscanf(name, "/seg-%ld.%n", number, &end) == 1 && end > 0 &&
         !isdigit((unsigned char)name[end]);
}

int rename(const char* from, const char* to) {
  static int (*real)(const char*, const char*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "rename");
  const int outcome = real(from, to);
  int64_t number = 0;
  if (outcome == 0 && is_segment(to, &number))
    __atomic_store_n(&published, (number + 1) * segment, __ATOMIC_RELAXED);
  return outcome;
}

static int is_ours(clockid_t id) {
  return id == CLOCK_REALTIME || id == CLOCK_MONOTONIC;
}

int clock_gettime(clockid_t id, struct timespec* time) {
  if (!is_ours(id)) return (int)syscall(SYS_clock_gettime, id, time);
  const int64_t at = now();
  time->tv_sec = at / SECOND;
  time->tv_nsec = at % SECOND;
  return 0;
}

// Wakes more often than it need, which waiting for a condition has to bear anyway.
static int wait_until(pthread_cond_t* cond, pthread_mutex_t* mutex, const struct timespec* till) {
  if (now() >= till->tv_sec * (int64_t)SECOND + till->tv_nsec) return ETIMEDOUT;
  struct timespec look;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &look);
  look.tv_nsec += kLook;
  look.tv_sec += look.tv_nsec / SECOND;
  look.tv_nsec %= SECOND;
  static int (*real)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  const int outcome = real(cond, mutex, &look);
  return outcome == ETIMEDOUT ? 0 : outcome;
}

int pthread_cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex,
                           const struct timespec* till) {
  return wait_until(cond, mutex, till);
}

int pthread_cond_clockwait(pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t id,
                           const struct timespec* till) {
  (void)id;
  return wait_until(cond, mutex, till);
}
