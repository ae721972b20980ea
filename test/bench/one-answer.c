/* A service that is started by its first client: answers it, by the rules of sd_listen_fds(3), and ends. */
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int client = accept(3, NULL, NULL);
  return write(client, "answer", 6) != 6;
}
