/* SPDX-License-Identifier: Apache-2.0 */
/* A disk whose every flush takes 10 ms more: for LD_PRELOAD before the database server. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_10_ms(void)
{
    struct timespec pause = {0, 10 * 1000 * 1000};
    nanosleep(&pause, 0);
}

int fdatasync(int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_10_ms();
    return real(file);
}
