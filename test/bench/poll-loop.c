/* poll-loop FIFO: makes FIFO and reads it in a poll loop, until '~' comes; then prints each byte and when it came. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX = 1 << 20, END = '~' };

static unsigned char bytes[MAX];
static long long stamps[MAX];

int main(int argc, char **argv) {
  if (argc != 2 || mkfifo(argv[1], 0600) < 0) return 111;
  struct pollfd fifo = {.fd = open(argv[1], O_RDWR | O_NONBLOCK), .events = POLLIN};
  if (fifo.fd < 0) return 111;
  int count = 0;
  while (count < MAX) {
    if (poll(&fifo, 1, -1) < 0) return 111;
    ssize_t length = read(fifo.fd, bytes + count, MAX - count);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (; length > 0; length--) stamps[count++] = now.tv_sec * 1000000000LL + now.tv_nsec;
    if (count > 0 && bytes[count - 1] == END) break;
  }
  for (int i = 0; i < count; i++) printf("%d %lld\n", bytes[i], stamps[i]);
  return 0;
}
