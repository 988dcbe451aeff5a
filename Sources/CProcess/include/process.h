// SPDX-License-Identifier: Apache-2.0
// What Swift cannot call itself (prctl takes a variable number of arguments), and the running of other programs.
#ifndef AGENTICFLOW_PROCESS_H
#define AGENTICFLOW_PROCESS_H

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>

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

// A pipe that no program we start gets to see. 0, or -1 with errno.
int process_pipe(int ends[2]);

// Starts a program as the first of a session and a group of its own, so that no terminal can hold it up and all of it can
// be ended together. It reads from the descriptor `input` (-1: nothing), writes to `output`, and has no other open file.
// 0, or an errno.
int process_spawn_alone(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], int input, int output);

// Whether it has ended. It is still there to be waited for.
int process_has_ended(pid_t pid);

// Ends what is left of its group, and waits for it, two seconds at most. Its exit code, 128 and the signal's number when
// one ended it, or -1.
int process_end_all(pid_t pid);

#endif
