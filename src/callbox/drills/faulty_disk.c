/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that is slow, lies or fails, for LD_PRELOAD before a program that trusts it.
 *
 * CALLBOX_DISK_ORDERS names a file of eight 64-bit numbers that whoever makes the trouble changes while the
 * program runs (callbox.drills.shim has the same list); all processes of the program share it.
 * CALLBOX_DISK_FILES: only files whose path contains this are affected; all when empty.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { DELAY_US, LIE, FAIL_WRITE_IN, FAIL_SYNC_IN, FAILED, WRITES, SYNCS, SPARE, ORDERS };

static _Atomic long long none[ORDERS];
static _Atomic long long *orders = none;
static const char *files = "";

__attribute__((constructor)) static void read_orders(void)
{
    const char *path = getenv("CALLBOX_DISK_ORDERS");
    const char *named = getenv("CALLBOX_DISK_FILES");
    if (named)
        files = named;
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(0, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        orders = shared;
    close(file);
}

static int is_meant(int file)
{
    char link[40], path[4096];
    if (!*files)
        return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strstr(path, files) != 0;
}

/* Count down to the failing one; zero or less means never. The one after the last hit goes well again. */
static int fails(int which)
{
    long long left = atomic_load(&orders[which]);
    while (left > 0)
        if (atomic_compare_exchange_weak(&orders[which], &left, left - 1)) {
            if (left > 1)
                return 0;
            atomic_fetch_add(&orders[FAILED], 1);
            errno = EIO;
            return 1;
        }
    return 0;
}

static int sync_file(int file, const char *name)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!is_meant(file))
        return real(file);
    atomic_fetch_add(&orders[SYNCS], 1);
    long long delay = atomic_load(&orders[DELAY_US]);
    if (delay > 0) {
        struct timespec pause = {delay / 1000000, delay % 1000000 * 1000};
        nanosleep(&pause, 0);
    }
    if (fails(FAIL_SYNC_IN))
        return -1;
    return atomic_load(&orders[LIE]) ? 0 : real(file);
}

int fsync(int file) { return sync_file(file, "fsync"); }
int fdatasync(int file) { return sync_file(file, "fdatasync"); }

static int write_fails(int file)
{
    if (!is_meant(file))
        return 0;
    atomic_fetch_add(&orders[WRITES], 1);
    return fails(FAIL_WRITE_IN);
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    return write_fails(file) ? -1 : REAL(pwrite)(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    return write_fails(file) ? -1 : REAL(pwrite64)(file, data, size, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
    return write_fails(file) ? -1 : REAL(pwritev)(file, parts, count, at);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at)
{
    return write_fails(file) ? -1 : REAL(pwritev64)(file, parts, count, at);
}
