// downloader.cpp with the classic mistake: the blocking call is made in the coroutine.
// gather starts all of them, and then one after the other holds the loop.

#include <nostall/nostall.h>

#include <cstdio>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

std::string download_blocking(int server, char page) {
  char buffer[1] = {};
  send(server, &page, 1, MSG_NOSIGNAL);
  recv(server, buffer, 1, 0);
  return std::string(1, buffer[0]);
}

nostall::task<std::string> download(int server, char page) {
  co_return download_blocking(server, page); // warning: [nostall-blocking-call]
}

nostall::task<void> amain(int server) {
  std::vector<nostall::task<std::string>> all;
  for (char page = 'a'; page < 'e'; ++page)
    all.push_back(download(server, page));
  for (const std::string& page : co_await nostall::gather(std::move(all)))
    std::printf("%s\n", page.c_str());
}

int main() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    return 1;
  if (fork() == 0) { // the server
    close(ends[0]);
    for (char page; read(ends[1], &page, 1) == 1;)
      if (write(ends[1], &page, 1) != 1)
        break;
    _exit(0);
  }
  nostall::run(amain(ends[0]));
}
