// SPDX-License-Identifier: Apache-2.0
// Loaded first into a process (LD_PRELOAD): its clock of the day stands as many seconds off as the orders say.
// The orders are a file of three 64-bit numbers, for door, worker and web; the clock that only counts on is left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *NAMES[] = {"callbox.door", "callbox.worker", "granian"};
static volatile int64_t *offset = NULL;

static int is_part(const char *line, ssize_t size, const char *name) {
    return memmem(line, (size_t)size, name, strlen(name)) != NULL;
}

__attribute__((constructor)) static void find_part(void) {
    char line[4096];
    const char *orders = getenv("CALLBOX_CLOCK_ORDERS");
    int file = open("/proc/self/cmdline", O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, line, sizeof line);
    if (file >= 0) close(file);
    if (orders == NULL || size <= 0) return;
    int handle = open(orders, O_RDONLY);
    if (handle < 0) return;
    int64_t *all = mmap(NULL, sizeof(int64_t) * 3, PROT_READ, MAP_SHARED, handle, 0);
    close(handle);
    if (all == MAP_FAILED) return;
    for (int part = 0; part < 3; part++)
        if (is_part(line, size, NAMES[part])) offset = all + part;
}

static int64_t leap(void) { return offset == NULL ? 0 : *offset; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *) = NULL;
    if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(clock, now);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += leap();
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec found;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &found) != 0) return -1;
    now->tv_sec = found.tv_sec;
    now->tv_usec = found.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where) {
    struct timespec found;
    if (clock_gettime(CLOCK_REALTIME, &found) != 0) return (time_t)-1;
    if (where != NULL) *where = found.tv_sec;
    return found.tv_sec;
}
