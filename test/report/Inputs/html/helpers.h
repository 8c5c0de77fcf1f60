#include <chrono>
#include <thread>
#include <unistd.h>
/* A comment
   of two lines. */ inline void rest() { usleep(100); }
inline void doze() { rest(); }
