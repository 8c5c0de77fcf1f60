//===- RunProgram.cpp - what another program says -------------------------===//

#include "RunProgram.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

extern char **environ;

using llvm::StringRef;
using std::chrono::steady_clock;

namespace nostall {

/// What a compiler says of itself is short.
static constexpr size_t MostBytes = 1 << 20;

static llvm::Error cannotStart(int Code) {
  return llvm::createStringError(
      "it cannot be started: " +
      std::error_code(Code, std::generic_category()).message());
}

static std::vector<char *> pointers(std::vector<std::string> &Texts) {
  std::vector<char *> All;
  for (std::string &Text : Texts)
    All.push_back(Text.data());
  All.push_back(nullptr);
  return All;
}

/// Starts the program in a process group of its own, so that what it starts in
/// turn ends with it.
static int start(llvm::ArrayRef<std::string> Args, const std::string &Folder,
                 int Output, pid_t &Child) {
  std::vector<std::string> Words(Args.begin(), Args.end()), Variables;
  for (char **Variable = environ; *Variable; ++Variable)
    if (!StringRef(*Variable).starts_with("LC_ALL="))
      Variables.push_back(*Variable);
  Variables.push_back("LC_ALL=C");

  posix_spawn_file_actions_t Files;
  posix_spawnattr_t Attributes;
  posix_spawn_file_actions_init(&Files);
  posix_spawnattr_init(&Attributes);
  posix_spawn_file_actions_addopen(&Files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&Files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&Files, Output, 2);
  posix_spawn_file_actions_addchdir_np(&Files, Folder.c_str());
  posix_spawnattr_setflags(&Attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&Attributes, 0);
  const int Code =
      posix_spawn(&Child, Args.front().c_str(), &Files, &Attributes,
                  pointers(Words).data(), pointers(Variables).data());
  posix_spawnattr_destroy(&Attributes);
  posix_spawn_file_actions_destroy(&Files);
  return Code;
}

/// Reads until the writers are done. False: they were not in time.
static bool readAll(int From, std::string &Text, steady_clock::time_point End) {
  char Bytes[4096];
  while (Text.size() < MostBytes) {
    const auto Left = std::chrono::duration_cast<std::chrono::milliseconds>(
        End - steady_clock::now());
    pollfd Ready{From, POLLIN, 0};
    const int Any = poll(&Ready, 1, std::max<int>(0, Left.count()));
    if (Any == 0)
      return false;
    const ssize_t Count = Any < 0 ? -1 : read(From, Bytes, sizeof Bytes);
    if (Count == 0)
      return true;
    if (Count > 0)
      Text.append(Bytes, Count);
    else if (errno != EINTR)
      return false;
  }
  return false;
}

/// The line of \p Text that says why: the last that names an error, or else the
/// last. Compilers close with "compilation terminated.".
static StringRef reason(StringRef Text) {
  llvm::SmallVector<StringRef, 16> Lines;
  Text.rtrim().split(Lines, '\n');
  for (StringRef Line : llvm::reverse(Lines))
    if (Line.contains("error:"))
      return Line;
  return Lines.back();
}

llvm::Expected<std::string> runProgram(llvm::ArrayRef<std::string> Args,
                                       StringRef Folder, int Seconds) {
  int Pipe[2];
  if (pipe2(Pipe, O_CLOEXEC))
    return cannotStart(errno);
  pid_t Child = 0;
  const int Code = start(Args, Folder.str(), Pipe[1], Child);
  close(Pipe[1]);
  std::string Text;
  const bool InTime =
      !Code && readAll(Pipe[0], Text,
                       steady_clock::now() + std::chrono::seconds(Seconds));
  close(Pipe[0]);
  if (Code)
    return cannotStart(Code);
  if (!InTime)
    kill(-Child, SIGKILL);
  int Status = 0;
  while (waitpid(Child, &Status, 0) < 0 && errno == EINTR)
    ;
  if (!InTime)
    return llvm::createStringError("it does not end");
  if (!WIFEXITED(Status) || WEXITSTATUS(Status))
    return llvm::createStringError("it fails: " + reason(Text));
  return Text;
}

} // namespace nostall
