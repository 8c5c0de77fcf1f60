// Coroutines that two compilers share.

#ifndef NOSTALL_TEST_RUNTIME_MIXED_HALVES_H
#define NOSTALL_TEST_RUNTIME_MIXED_HALVES_H

#include <nostall/nostall.h>

using namespace nostall;

task<int> even(int n);
task<int> odd(int n);
task<int> notifies(async_condition& c);

#endif
