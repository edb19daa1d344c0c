/*
 * Loaded before the lab's servers (LD_PRELOAD): each listens with a backlog for thousands. One server stands for the hosts of all
 * rows, and xrdp's own backlog of two is full as soon as the machine is busy: then the kernel drops SYNs of an open port, which is
 * what a filter looks like.
 */
#include <sys/syscall.h>
#include <unistd.h>

enum { LEAST_BACKLOG = 4096 };

int listen(int descriptor, int backlog) {
  return (int)syscall(SYS_listen, descriptor, backlog < LEAST_BACKLOG ? LEAST_BACKLOG : backlog);
}
