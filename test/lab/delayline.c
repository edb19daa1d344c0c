/*
 * delayline IFA IFB MICROSECONDS: joins two interfaces into one wire that holds every frame for a fixed time, and says
 * "ready" when it does.
 *
 * Stands in for `tc netem delay`, which many kernels are built without. Order is kept, nothing is lost below QUEUE
 * frames in flight. Frames travel with their virtio header (PACKET_VNET_HDR): between namespaces the kernel leaves
 * checksums and segmentation undone, and without the header every TCP segment would arrive with a wrong checksum.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  QUEUE = 1 << 15,        /* frames in flight in one direction */
  LARGEST = 66 * 1024,    /* a whole unsegmented packet with its headers */
  BATCH = 64,             /* frames taken from one side before the other gets its turn */
  RECEIVE_BUFFER = 32 << 20
};

struct frame {
  long long due; /* nanoseconds of CLOCK_MONOTONIC */
  size_t size;
  char *bytes;
};

struct direction {
  int from, to;
  struct frame queue[QUEUE];
  unsigned head, tail;
};

static struct direction directions[2];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_interface(const char *name) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  int on = 1, size = RECEIVE_BUFFER;
  if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on)) die("PACKET_VNET_HDR");
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on)) die("PACKET_IGNORE_OUTGOING");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) die("SO_RCVBUFFORCE");
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
  if (address.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) die(name);
  return fd;
}

/* Takes what has arrived; a full queue leaves the rest in the socket. */
static void take(struct direction *d, long long delay) {
  static char buffer[LARGEST];
  for (int i = 0; i < BATCH && d->tail - d->head < QUEUE; i++) {
    ssize_t size = recv(d->from, buffer, sizeof buffer, 0);
    if (size <= 0) return;
    struct frame *f = &d->queue[d->tail % QUEUE];
    f->bytes = malloc((size_t)size);
    if (!f->bytes) die("malloc");
    memcpy(f->bytes, buffer, (size_t)size);
    f->size = (size_t)size;
    f->due = now() + delay;
    d->tail++;
  }
}

/* Sends what is due. Returns when the next frame is, or -1 when none waits. */
static long long give(struct direction *d) {
  while (d->head != d->tail) {
    struct frame *f = &d->queue[d->head % QUEUE];
    if (f->due > now()) return f->due;
    /* A frame that the other side refuses is lost, as on a real wire. */
    if (send(d->to, f->bytes, f->size, 0) < 0 && errno == ENETDOWN) exit(0);
    free(f->bytes);
    d->head++;
  }
  return -1;
}

int main(int count, char **argument) {
  if (count != 4) {
    fprintf(stderr, "usage: %s IFA IFB MICROSECONDS\n", argument[0]);
    return 2;
  }
  long long delay = atoll(argument[3]) * 1000;
  prctl(PR_SET_TIMERSLACK, 1000);
  directions[0].from = directions[1].to = open_interface(argument[1]);
  directions[1].from = directions[0].to = open_interface(argument[2]);
  puts("ready");
  fflush(stdout);
  for (;;) {
    long long next = -1;
    for (int i = 0; i < 2; i++) {
      take(&directions[i], delay);
      long long due = give(&directions[i]);
      if (due >= 0 && (next < 0 || due < next)) next = due;
    }
    struct pollfd arrivals[2] = {{directions[0].from, POLLIN, 0}, {directions[1].from, POLLIN, 0}};
    long long wait = next < 0 ? 1000000000LL : next - now();
    if (wait <= 0) continue;
    struct timespec t = {wait / 1000000000LL, wait % 1000000000LL};
    ppoll(arrivals, 2, &t, NULL);
  }
}
