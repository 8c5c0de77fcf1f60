//===- child_support.h - what changes a process for good, in a child ------===//

#ifndef NOSTALL_TEST_RUNTIME_CHILD_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_CHILD_SUPPORT_H

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>

/// What `command` prints.
inline std::string output_of(std::string command) {
  FILE* f = popen(command.c_str(), "r");
  std::string text;
  for (char c[256]; f && std::fgets(c, sizeof c, f);)
    text += c;
  if (f)
    pclose(f);
  return text;
}

/// Runs `body` in a forked copy of this process, at most 30 s. Its exit code: what the
/// body returns, 100 if it returns nothing, 120 after an exception; 128 and the signal if
/// that ended it.
template <class F> int in_a_child(F body) {
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(30);
    int code = 120;
    try {
      if constexpr (std::is_void_v<decltype(body())>) {
        body();
        code = 100;
      } else {
        code = body();
      }
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s\n", e.what());
    }
    _exit(code);
  }
  int status = 0;
  TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// In this process and all that it starts, the system call fails from now on. False where
/// there is no seccomp.
inline bool refuse_call(int number, int error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
