#include <dlfcn.h>
#include <gtest/gtest.h>
#include <set>

extern "C" __uint32_t arc4random() noexcept;

namespace {

int here() { return 1; }

/// The test is linked with ours; the next is glibc's own.
TEST(OlderGlibc, FindsTheTablesThatGlibcFinds) {
  auto *Theirs = reinterpret_cast<decltype(&_dl_find_object)>(
      dlsym(RTLD_NEXT, "_dl_find_object"));
  ASSERT_NE(Theirs, nullptr);
  ASSERT_NE(Theirs, &_dl_find_object);
  for (void *Address :
       {reinterpret_cast<void *>(&here), dlsym(RTLD_NEXT, "malloc"),
        reinterpret_cast<void *>(&std::terminate)}) {
    dl_find_object Ours, Expected;
    ASSERT_EQ(Theirs(Address, &Expected), 0);
    ASSERT_EQ(_dl_find_object(Address, &Ours), 0);
    EXPECT_EQ(Ours.dlfo_eh_frame, Expected.dlfo_eh_frame);
    EXPECT_LE(Ours.dlfo_map_start, Address);
    EXPECT_GT(Ours.dlfo_map_end, Address);
  }
  dl_find_object Ours;
  EXPECT_EQ(_dl_find_object(nullptr, &Ours), -1);
}

TEST(OlderGlibc, MakesRandomNumbers) {
  std::set<__uint32_t> Seen;
  for (int I = 0; I < 100; ++I)
    Seen.insert(arc4random());
  EXPECT_GT(Seen.size(), 90u);
}

} // namespace
