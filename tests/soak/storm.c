// A storm of peers at a server on loopback, from many addresses of it.
//
//   storm PORT SECONDS RATE HELD
//
// RATE connections a second come and are reset at once. Beside them HELD peers stay: a third says
// nothing, a third sends a handshake at one byte a tenth of a second, a third sends what is no RTMP
// and goes on; who is sent away comes back. Prints how many came, of all and a second, and how often
// those that stay were sent away.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NETS = 200, MOST_HELD = 4096 };

static uint16_t port;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

// Each time from another address, which a server takes for another machine.
static int begin(void) {
  static unsigned turn;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  struct sockaddr_in from = {.sin_family = AF_INET};
  turn++;
  from.sin_addr.s_addr = htonl(0x7f010000 | (turn % NETS) << 8 | (1 + turn / NETS % NETS));
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const struct linger reset = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (bind(fd, (struct sockaddr*)&from, sizeof from) == 0 &&
      connect(fd, (struct sockaddr*)&to, sizeof to) == 0)
    return fd;
  close(fd);
  return -1;
}

static long sent_away;

// Of a peer that stays: a byte more, as its kind does it, or a new begin.
static void keep(int* fd, int kind) {
  char byte;
  if (*fd >= 0) {
    const ssize_t got = recv(*fd, &byte, 1, MSG_DONTWAIT);
    const int gone = got == 0 || (got < 0 && errno != EAGAIN);
    const char said = kind == 1 ? 3 : 'G';
    if (!gone && kind > 0) send(*fd, &said, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!gone) return;
    sent_away++;
    close(*fd);
  }
  *fd = begin();
}

int main(int count, char** arguments) {
  if (count != 5) return 2;
  static int held[MOST_HELD];
  port = (uint16_t)atoi(arguments[1]);
  const double seconds = atof(arguments[2]), rate = atof(arguments[3]);
  const int most = atoi(arguments[4]) < MOST_HELD ? atoi(arguments[4]) : MOST_HELD;
  for (int i = 0; i < most; i++) held[i] = -1;
  long came = 0, failed = 0;
  const double start = now();
  double kept = start;
  for (double at = start; at < start + seconds; at = now()) {
    if (at >= kept) {
      for (int i = 0; i < most; i++) keep(&held[i], i % 3);
      kept += 0.1;
    }
    for (const long due = (long)((at - start) * rate); came + failed < due && now() < at + 0.1;) {
      const int fd = begin();
      if (fd < 0) failed++;
      if (fd >= 0) came++, close(fd);
    }
    usleep(1000);
  }
  printf("%ld connections, %.0f a second, %ld could not be made; %ld of those that stay were sent away\n",
         came, (double)came / (now() - start), failed, sent_away);
  return 0;
}
