// A clock that follows the media instead of the world, for programs run much faster than it plays:
// preloaded, it puts both clocks of a process where the file $MEDIA_CLOCK says, a 64-bit number of
// nanoseconds that somebody else counts up.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };
static const int64_t kBegin = 1767225600;  // 2026-01-01T00:00:00Z, of both clocks
static const long kLook = 1000000;         // how soon a sleeper looks at the clock again

static volatile int64_t* clock_file;

__attribute__((constructor)) static void open_clock(void) {
  const char* path = getenv("MEDIA_CLOCK");
  const int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  void* map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) _exit(127);
  clock_file = map;
  close(fd);
}

static int64_t now(void) {
  return kBegin * SECOND + *clock_file;
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
