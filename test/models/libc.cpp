// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/libc.yaml against the C library's headers: one call for every
// entry. ModelCoverageTest.cpp fails when an entry has none.
// absent: gets (removed in C11)
#include "co.h"
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <math.h>
#include <threads.h>

co::task<> standard_streams(char *text, va_list args) {
  printf("%s", text); // warning: (console-io)
  vprintf(text, args); // warning: (console-io)
  puts(text); // warning: (console-io)
  putchar('a'); // warning: (console-io)
  perror(text); // warning: (console-io)
  wprintf(L"a"); // warning: (console-io)
  vwprintf(L"a", args); // warning: (console-io)
  putwchar(L'a'); // warning: (console-io)
  scanf("%s", text); // warning: (input)
  vscanf("%s", args); // warning: (input)
  getchar(); // warning: (input)
  wscanf(L"%s", text); // warning: (input)
  vwscanf(L"%s", args); // warning: (input)
  getwchar(); // warning: (input)
  co_return;
}

co::task<> named_streams(char *text, wchar_t *wide) {
  fprintf(stderr, "%s", text); // warning: (console-io)
  std::fprintf(stdout, "%s", text); // warning: (console-io)
  fputs(text, stdout); // warning: (console-io)
  fgets(text, 1, stdin); // warning: (input)
  fgetws(wide, 1, stdin); // warning: (input)
  fread(text, 1, 1, stdin); // warning: (input)
  fwrite(text, 1, 1, stdout); // warning: (console-io)
  fflush(stdout); // warning: (console-io)
  co_return;
}

co::task<> file_streams(FILE *file, char *text, wchar_t *wide, va_list args) {
  fprintf(file, "%s", text); // warning: (file-io)
  vfprintf(file, text, args); // warning: (file-io)
  fscanf(file, "%s", text); // warning: (file-io)
  vfscanf(file, text, args); // warning: (file-io)
  fgetc(file); // warning: (file-io)
  getc(file); // warning: (file-io)
  fflush(file); // warning: (file-io)
  fflush(nullptr); // warning: (file-io)
  fwprintf(file, L"a"); // warning: (file-io)
  vfwprintf(file, L"a", args); // warning: (file-io)
  fwscanf(file, L"%s", text); // warning: (file-io)
  vfwscanf(file, L"%s", args); // warning: (file-io)
  fgetwc(file); // warning: (file-io)
  getwc(file); // warning: (file-io)
  fputs(text, file); // warning: (file-io)
  fputc('a', file); // warning: (file-io)
  putc('a', file); // warning: (file-io)
  fputws(L"a", file); // warning: (file-io)
  fputwc(L'a', file); // warning: (file-io)
  putwc(L'a', file); // warning: (file-io)
  fgets(text, 1, file); // warning: (file-io)
  fgetws(wide, 1, file); // warning: (file-io)
  fread(text, 1, 1, file); // warning: (file-io)
  fwrite(text, 1, 1, file); // warning: (file-io)
  co_return;
}

co::task<> files(FILE *file, fpos_t *position) {
  fopen("a", "r"); // warning: (file-io)
  freopen("a", "r", file); // warning: (file-io)
  tmpfile(); // warning: (file-io)
  fclose(file); // warning: (file-io)
  fseek(file, 0, SEEK_SET); // warning: (file-io)
  fsetpos(file, position); // warning: (file-io)
  rewind(file); // warning: (file-io)
  std::remove("a"); // warning: (file-io)
  std::rename("a", "b"); // warning: (file-io)
  ftell(file);
  feof(file);
  setvbuf(file, nullptr, _IOFBF, 0);
  co_return;
}

co::task<> processes() {
  std::system("ls"); // warning: (process)
  std::system(nullptr);
  co_return;
}

int work(void *) { return printf("a"); }
int compare(const void *, const void *) { return std::rename("a", "b"); }
void at_end() { std::system("ls"); }
void on_signal(int) { std::system("ls"); }
once_flag once = ONCE_FLAG_INIT;

co::task<> threads(thrd_t thread, mtx_t *mutex, cnd_t *condition, const timespec *time) {
  thrd_sleep(time, nullptr); // warning: (sleep)
  thrd_join(thread, nullptr); // warning: (wait)
  cnd_wait(condition, mutex); // warning: (wait)
  cnd_timedwait(condition, mutex, time); // warning: (wait)
  mtx_lock(mutex); // warning: (lock)
  mtx_timedlock(mutex, time); // warning: (lock)
  mtx_unlock(mutex);
  mtx_trylock(mutex);
  thrd_create(&thread, work, nullptr);
  co_return;
}

co::task<> callbacks(int *array, const int *key) {
  qsort(array, 1, sizeof(int), compare); // warning: it reaches 'rename'
  bsearch(key, array, 1, sizeof(int), compare); // warning: it reaches 'rename'
  call_once(&once, at_end); // warning: it reaches 'system'
  atexit(at_end);
  at_quick_exit(at_end);
  std::signal(SIGINT, on_signal);
  co_return;
}

//===--- done at once (nostall-needless-offload) ----------------------------------

co::task<> numbers(double x, int n) {
  x = sqrt(x) + floor(x) + ceil(x) + round(x) + fabs(x) + abs(n);
  co_return;
}
