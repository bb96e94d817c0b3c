/* A disk that fails on demand. Loaded before the C library (LD_PRELOAD), it counts the calls that write below one
 * folder and makes the n-th of them fail with a given error, once or from then on. Unarmed it only passes calls on.
 *
 * fault_arm(prefix, kinds, nth, error, sticky); fault_disarm() gives how many calls were counted meanwhile. An error
 * below zero is a signal: instead of the n-th call the process ends by it, and until then each call is told on its
 * standard error. fault_later(seconds) moves the wall clock that this process sees.
 * Compiled by tests/security/disk/shim.py; never part of the product.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <limits.h>

enum { WRITE = 1, SYNC = 2, NAME = 4, UNLINK = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char prefix[PATH_MAX];
static volatile int armed;
static int kinds, error_given, sticky;
static long nth, counted;

void fault_arm(const char *place, int which, long number, int error, int from_then_on) {
    pthread_mutex_lock(&lock);
    snprintf(prefix, sizeof prefix, "%s", place);
    kinds = which; nth = number; error_given = error; sticky = from_then_on; counted = 0;
    armed = 1;
    pthread_mutex_unlock(&lock);
}

long fault_disarm(void) {
    pthread_mutex_lock(&lock);
    armed = 0;
    long seen = counted;
    pthread_mutex_unlock(&lock);
    return seen;
}

static int below(const char *path) {
    return path != NULL && strncmp(path, prefix, strlen(prefix)) == 0;
}

static int fails(int kind, const char *path) {
    if (!armed || !(kinds & kind) || !below(path)) return 0;
    pthread_mutex_lock(&lock);
    long now = ++counted;
    int failing = armed && (now == nth || (sticky && now > nth));
    pthread_mutex_unlock(&lock);
    if (error_given < 0) dprintf(2, "call %d %s\n", kind, path + strlen(prefix));
    if (failing && error_given < 0) {
        kill(getpid(), -error_given);
        for (;;) pause();
    }
    if (failing) errno = error_given;
    return failing;
}

static int fails_fd(int kind, int fd) {
    char link[64], path[PATH_MAX];
    if (!armed || !(kinds & kind)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return fails(kind, path);
}

static int fails_at(int kind, int dirfd, const char *path) {
    if (!armed || !(kinds & kind) || path == NULL) return 0;
    if (path[0] == '/' || dirfd == AT_FDCWD) return fails(kind, path);
    return fails_fd(kind, dirfd);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size) { REAL(write); return fails_fd(WRITE, fd) ? -1 : real(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { REAL(pwrite); return fails_fd(WRITE, fd) ? -1 : real(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { REAL(pwrite64); return fails_fd(WRITE, fd) ? -1 : real(fd, data, size, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { REAL(writev); return fails_fd(WRITE, fd) ? -1 : real(fd, parts, count); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); return fails_fd(WRITE, fd) ? -1 : real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return fails_fd(WRITE, fd) ? -1 : real(fd, size); }

int fsync(int fd) { REAL(fsync); return fails_fd(SYNC, fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails_fd(SYNC, fd) ? -1 : real(fd); }
int syncfs(int fd) { REAL(syncfs); return fails_fd(SYNC, fd) ? -1 : real(fd); }

int link(const char *from, const char *to) { REAL(link); return fails(NAME, to) ? -1 : real(from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) { REAL(linkat); return fails_at(NAME, b, to) ? -1 : real(a, from, b, to, flags); }
int rename(const char *from, const char *to) { REAL(rename); return fails(NAME, to) ? -1 : real(from, to); }
int renameat(int a, const char *from, int b, const char *to) { REAL(renameat); return fails_at(NAME, b, to) ? -1 : real(a, from, b, to); }
int unlink(const char *path) { REAL(unlink); return fails(UNLINK, path) ? -1 : real(path); }
int unlinkat(int a, const char *path, int flags) { REAL(unlinkat); return fails_at(UNLINK, a, path) ? -1 : real(a, path, flags); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return fails(NAME, path) ? -1 : real(path, mode); }

/* Only an open that may make a file writes anything. */
#define OPENING(name) \
int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list given; va_start(given, flags); mode_t mode = va_arg(given, mode_t); va_end(given); \
    if ((flags & O_CREAT) && fails(NAME, path)) return -1; \
    return real(path, flags, mode); \
}
OPENING(open)
OPENING(open64)

#define OPENING_AT(name) \
int name(int dirfd, const char *path, int flags, ...) { \
    REAL(name); \
    va_list given; va_start(given, flags); mode_t mode = va_arg(given, mode_t); va_end(given); \
    if ((flags & O_CREAT) && fails_at(NAME, dirfd, path)) return -1; \
    return real(dirfd, path, flags, mode); \
}
OPENING_AT(openat)
OPENING_AT(openat64)

static volatile long later;

void fault_later(long seconds) { later = seconds; }

int clock_gettime(clockid_t which, struct timespec *told) {
    REAL(clock_gettime);
    int result = real(which, told);
    if (result == 0 && which == CLOCK_REALTIME) told->tv_sec += later;
    return result;
}
