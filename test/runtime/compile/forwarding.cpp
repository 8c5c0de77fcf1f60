// Plain functions that hand on a task are ordinary code: not even a warning.

#include <nostall/nostall.h>

#include <functional>
#include <utility>

nostall::task<int> made(int i) { co_return i; }
nostall::task<int> forwarded(int i) { return made(i); }
nostall::task<int> chosen(bool b) { return b ? made(1) : forwarded(2); }
std::function<nostall::task<int>()> kept = [] { return made(3); };
nostall::task<int> moved(nostall::task<int> t) { return std::exchange(t, made(4)); }
