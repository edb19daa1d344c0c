/*
 * bare-connect BLOCK PORTS OUTPUT RATE LOOKS: the system calls of an audit that connects, and nothing else. No verdict, no control, no
 * report, no garbage to collect: what is left is what the rate, the waits and the kernel cost, which nobody who probes a silent port
 * LOOKS times can go below. Waits are those of src/scanner/retry/policy.ts on a path of 10 ms: 110 ms for the first look, 40 ms for
 * each other one and 200 ms for the last. An address of which nothing ever answered is given up after two looks at each port.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PORTS = 64, MOST_HOSTS = 4096, MOST = MOST_PORTS * MOST_HOSTS, EVENTS = 512, LOOKS_AT_NOBODY = 2 };
enum { FIRST_MS = 110, BETWEEN_MS = 40, LAST_MS = 200 };

struct pair {
  int fd;
  unsigned char looks;
  char state; /* 0 while undecided, else o, c or f */
  long long due;
};

/* Pairs that wait for the same time come to its end in the order in which they began. */
struct fifo {
  int at[MOST];
  unsigned head, tail;
};

static struct pair pairs[MOST];
static struct fifo first, between, last, again;
static char answered[MOST_HOSTS];
static int ports[MOST_PORTS], port_count, hosts, epoll, undecided;
static unsigned base;
static int most_looks;

static void push(struct fifo *f, int i) { f->at[f->tail++ % MOST] = i; }
static int is_empty(const struct fifo *f) { return f->head == f->tail; }

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void decide(int i, char state) {
  struct pair *p = &pairs[i];
  if (p->fd >= 0) {
    if (state == 'o') setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(p->fd);
    p->fd = -1;
  }
  if (p->state) return;
  p->state = state;
  undecided--;
  if (state != 'f') answered[i % hosts] = 1;
}

static void by_error(int i, int error) {
  decide(i, error == 0 ? 'o' : error == ECONNREFUSED ? 'c' : 'f');
}

static void look(int i) {
  struct pair *p = &pairs[i];
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons(ports[i / hosts]),
                           .sin_addr.s_addr = htonl(base + i % hosts)};
  p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (p->fd < 0) {
    perror("socket");
    exit(1);
  }
  p->looks++;
  if (connect(p->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno != EINPROGRESS) {
    by_error(i, errno == EINPROGRESS ? 0 : errno);
    return;
  }
  struct epoll_event event = {.events = EPOLLOUT | EPOLLERR | EPOLLHUP, .data.u32 = i};
  epoll_ctl(epoll, EPOLL_CTL_ADD, p->fd, &event);
  struct fifo *line = p->looks == 1 ? &first : p->looks == most_looks ? &last : &between;
  p->due = now() + (line == &first ? FIRST_MS : line == &last ? LAST_MS : BETWEEN_MS) * 1000000LL;
  push(line, i);
}

static void expire(struct fifo *line, long long at) {
  for (; !is_empty(line); line->head++) {
    int i = line->at[line->head % MOST];
    struct pair *p = &pairs[i];
    if (p->fd < 0) continue;
    if (p->due > at) return;
    close(p->fd);
    p->fd = -1;
    if (p->looks >= most_looks || (!answered[i % hosts] && p->looks >= LOOKS_AT_NOBODY))
      decide(i, 'f');
    else
      push(&again, i);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  char *slash = strchr(argv[1], '/');
  if (!slash) return 2;
  *slash = 0;
  base = ntohl(inet_addr(argv[1]));
  hosts = 1 << (32 - atoi(slash + 1));
  for (char *port = strtok(argv[2], ","); port && port_count < MOST_PORTS; port = strtok(NULL, ","))
    ports[port_count++] = atoi(port);
  double rate = atof(argv[4]);
  most_looks = atoi(argv[5]);
  if (hosts > MOST_HOSTS || rate <= 0 || most_looks < 2) return 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int in_flight_limit = (int)files.rlim_cur - 64;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int all = hosts * port_count, next = 0;
  undecided = all;
  for (int i = 0; i < all; i++) pairs[i].fd = -1;
  long long began = now(), sent = 0;
  struct epoll_event events[EVENTS];
  while (undecided > 0) {
    long long at = now();
    long long allowed = (long long)((at - began) / 1e9 * rate) + 1;
    for (; sent < allowed && next - (all - undecided) < in_flight_limit; sent++) {
      if (!is_empty(&again))
        look(again.at[again.head++ % MOST]);
      else if (next < all)
        look(next++);
      else
        break;
    }
    /* What was not used is no credit. */
    if (sent < allowed) began += (long long)((allowed - sent) * 1e9 / rate);
    int n = epoll_wait(epoll, events, EVENTS, 1);
    for (int k = 0; k < n; k++) {
      int i = (int)events[k].data.u32, error = 0;
      if (pairs[i].fd < 0) continue;
      socklen_t size = sizeof error;
      getsockopt(pairs[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      by_error(i, error);
    }
    at = now();
    expire(&first, at);
    expire(&between, at);
    expire(&last, at);
  }
  FILE *out = fopen(argv[3], "w");
  if (!out) return 1;
  for (int i = 0; i < all; i++) {
    struct in_addr address = {htonl(base + i % hosts)};
    char state = pairs[i].state;
    fprintf(out, "%s %d %s\n", inet_ntoa(address), ports[i / hosts],
            state == 'o' ? "open" : state == 'c' ? "closed" : "filtered");
  }
  return fclose(out) ? 1 : 0;
}
