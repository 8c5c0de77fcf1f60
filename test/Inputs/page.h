//===- page.h - what a page's code blocks may take for granted ------------===//
//
// Included before every ```cpp block, so that a page shows what it is about and
// not its includes.
//
//===----------------------------------------------------------------------===//

#ifndef FAKE_PAGE_H
#define FAKE_PAGE_H

#include "co.h"

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace co;
using namespace std::chrono_literals;

#endif
