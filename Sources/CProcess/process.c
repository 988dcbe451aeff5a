// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int input, int output) {
    sigset_t none, all;
    int problem;
    sigemptyset(&none);
    sigfillset(&all);
    if (input < 0) problem = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    else problem = posix_spawn_file_actions_adddup2(actions, input, 0);
    if (problem != 0) return problem;
    if ((problem = posix_spawn_file_actions_adddup2(actions, output, 1)) != 0) return problem;
    if ((problem = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0)) != 0) return problem;
    if ((problem = posix_spawn_file_actions_addclosefrom_np(actions, 3)) != 0) return problem;
    if ((problem = posix_spawnattr_setsigmask(attributes, &none)) != 0) return problem;
    if ((problem = posix_spawnattr_setsigdefault(attributes, &all)) != 0) return problem;
    return posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

int process_spawn_alone(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&actions);
    if (problem != 0) return problem;
    problem = posix_spawnattr_init(&attributes);
    if (problem == 0) {
        problem = prepare(&actions, &attributes, input, output);
        if (problem == 0) problem = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

int process_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int process_has_ended(pid_t pid) {
    siginfo_t found;
    found.si_pid = 0;
    int result;
    do result = waitid(P_PID, (id_t)pid, &found, WEXITED | WNOHANG | WNOWAIT);
    while (result != 0 && errno == EINTR);
    return result != 0 || found.si_pid != 0;
}

int process_end_all(pid_t pid) {
    const int patience_milliseconds = 2000;
    int status = 0;
    pid_t result = 0;
    // While its first process has not been waited for, nobody else can get the group's number.
    killpg(pid, SIGKILL);
    // One that may not be killed (it runs as another user by now), or that hangs in the kernel, is left behind.
    for (int waited = 0; waited <= patience_milliseconds; waited += waited < 10 ? 1 : 10) {
        result = waitpid(pid, &status, WNOHANG);
        if (result > 0 || (result < 0 && errno != EINTR)) break;
        usleep(waited < 10 ? 1000 : 10000);
    }
    if (result <= 0) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
