// A plain function that hands out a task which it has not made: clang refuses it.

#include <nostall/task.h>

nostall::task<int> made(int i) { co_return i; }
nostall::task<int> handed_out() { return made(1); } // error: coroutine wrapper
