// SPDX-License-Identifier: Apache-2.0
// What Swift cannot call itself: prctl takes a variable number of arguments.
#ifndef AGENTICFLOW_PROCESS_H
#define AGENTICFLOW_PROCESS_H

#include <sys/prctl.h>
#include <sys/resource.h>

// No core file, and no other process of the same user may look into this one's memory. 0, or -1 with errno.
static inline int process_close_memory(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// As many open files as the system allows. The new limit, or -1 with errno.
static inline long process_raise_file_limit(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return -1;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) return -1;
    return (long)files.rlim_cur;
}

#endif
