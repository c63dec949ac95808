// For bearerd under Valgrind 3.19, which writes into the mask that is given to sigsuspend(2): libdispatch's cannot be written to,
// and Valgrind ends with a SIGSEGV of its own. To be preloaded.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    sigset_t copy = *mask;
    return syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}
