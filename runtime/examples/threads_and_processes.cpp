// Waiting in threads, computing in processes, and one loop that directs both: files are
// read by threads, since regular files cannot be polled, their words are counted by
// processes, and a task reports progress meanwhile.

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_files(const fs::path& folder, int count) {
  fs::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    std::ofstream out(folder / std::to_string(i));
    for (int word = 0; word < 20'000; ++word)
      out << "word" << (word * 7 + i) % 97 << ' ';
  }
}

NOSTALL_CPU_BOUND std::map<std::string, int> count_words(const std::string& text) {
  std::map<std::string, int> counts;
  std::istringstream in(text);
  for (std::string word; in >> word;)
    ++counts[word];
  return counts;
}

nostall::task<std::map<std::string, int>>
count_file(nostall::process_pool_executor& pool, fs::path path) {
  const std::string text = co_await nostall::to_thread(read_file, path);
  co_return co_await pool.run<count_words>(text);
}

nostall::task<void> report(const int& done, int all) {
  while (done < all) {
    co_await nostall::sleep(20ms);
    std::printf("%d of %d files\n", done, all);
  }
}

nostall::task<void> amain() {
  constexpr int files = 8;
  const fs::path folder =
      fs::path(P_tmpdir) / ("nostall-example-" + std::to_string(getpid()));
  co_await nostall::to_thread(write_files, folder, files);

  nostall::process_pool_executor pool({.max_workers = 2});
  std::vector<nostall::task<std::map<std::string, int>>> counts;
  for (int i = 0; i < files; ++i)
    counts.push_back(count_file(pool, folder / std::to_string(i)));
  int done = 0, words = 0;
  auto progress = nostall::create_task(report(done, files), "progress");
  for (auto next : nostall::as_completed(std::move(counts))) {
    for (const auto& [word, count] : co_await next)
      words += count;
    ++done;
  }
  co_await progress;
  std::printf("%d words\n", words);
  co_await pool.shutdown();
  co_await nostall::to_thread([&] { fs::remove_all(folder); });
}

int main() { nostall::run(amain()); }
