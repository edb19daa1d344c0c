/*
 * delayline IFA IFB MICROSECONDS: joins two interfaces into one wire that holds every frame for a fixed time, and says
 * "ready" when it does.
 *
 * Stands in for `tc netem delay`, which many kernels are built without. Order is kept, nothing is lost below QUEUE
 * frames in flight. Frames travel with their virtio header (PACKET_VNET_HDR): between namespaces the kernel leaves
 * checksums and segmentation undone, and without the header every TCP segment would arrive with a wrong checksum.
 *
 * A cable costs the machines at its ends nothing; this one should cost little. So frames are taken and given many at a time,
 * and while some are in flight arrivals wake nobody: each has the kernel's stamp of when it came.
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
  BATCH = 64,             /* frames taken or given by one system call */
  LONGEST_NAP = 300000,   /* nanoseconds without a look at what came */
  RECEIVE_BUFFER = 32 << 20
};

struct frame {
  long long due; /* nanoseconds of CLOCK_REALTIME, as the stamps are */
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
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_interface(const char *name) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  int on = 1, size = RECEIVE_BUFFER;
  if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on)) die("PACKET_VNET_HDR");
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on)) die("PACKET_IGNORE_OUTGOING");
  if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on)) die("PACKET_QDISC_BYPASS");
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) die("SO_RCVBUFFORCE");
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
  if (address.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) die(name);
  return fd;
}

static long long stamp_of(struct msghdr *m) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
    struct timespec t;
    memcpy(&t, CMSG_DATA(c), sizeof t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
  }
  return now();
}

/* Takes what has arrived; a full queue leaves the rest in the socket. */
static void take(struct direction *d, long long delay) {
  static char buffers[BATCH][LARGEST];
  static char controls[BATCH][CMSG_SPACE(sizeof(struct timespec))];
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  for (;;) {
    unsigned room = QUEUE - (d->tail - d->head), most = room < BATCH ? room : BATCH;
    for (unsigned i = 0; i < most; i++) {
      parts[i] = (struct iovec){buffers[i], LARGEST};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i],
                                            .msg_iovlen = 1,
                                            .msg_control = controls[i],
                                            .msg_controllen = sizeof controls[i]};
    }
    int count = most ? recvmmsg(d->from, messages, most, 0, NULL) : 0;
    if (count <= 0) return;
    for (int i = 0; i < count; i++) {
      struct frame *f = &d->queue[d->tail++ % QUEUE];
      f->size = messages[i].msg_len;
      f->due = stamp_of(&messages[i].msg_hdr) + delay;
      f->bytes = malloc(f->size);
      if (!f->bytes) die("malloc");
      memcpy(f->bytes, buffers[i], f->size);
    }
    if ((unsigned)count < most) return;
  }
}

/* Sends what is due. Returns when the next frame is, or -1 when none waits. */
static long long give(struct direction *d) {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  while (d->head != d->tail) {
    long long time = now();
    unsigned count = 0;
    while (count < BATCH && d->head + count != d->tail) {
      struct frame *f = &d->queue[(d->head + count) % QUEUE];
      if (f->due > time) break;
      parts[count] = (struct iovec){f->bytes, f->size};
      messages[count].msg_hdr = (struct msghdr){.msg_iov = &parts[count], .msg_iovlen = 1};
      count++;
    }
    if (count == 0) return d->queue[d->head % QUEUE].due;
    int sent = sendmmsg(d->to, messages, count, 0);
    if (sent < 0 && errno == ENETDOWN) exit(0);
    /* A frame that the other side refuses is lost, as on a real wire. */
    for (int gone = sent > 0 ? sent : 1; gone > 0; gone--) free(d->queue[d->head++ % QUEUE].bytes);
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
    if (next < 0) {
      struct pollfd arrivals[2] = {{directions[0].from, POLLIN, 0}, {directions[1].from, POLLIN, 0}};
      poll(arrivals, 2, 1000);
      continue;
    }
    long long nap = next - now();
    if (nap > LONGEST_NAP) nap = LONGEST_NAP;
    struct timespec t = {0, nap};
    if (nap > 0) nanosleep(&t, NULL);
  }
}
