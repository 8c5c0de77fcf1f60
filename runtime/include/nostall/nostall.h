//===- nostall.h - the whole runtime --------------------------------------===//
//
// An event loop for C++20 coroutines that who knows asyncio knows already. Each
// header stands alone; this one includes them all.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_NOSTALL_H
#define NOSTALL_NOSTALL_H

#include "nostall/annotations.h"
#include "nostall/any_task.h"
#include "nostall/as_completed.h"
#include "nostall/async_barrier.h"
#include "nostall/async_condition.h"
#include "nostall/async_event.h"
#include "nostall/async_fd.h"
#include "nostall/async_generator.h"
#include "nostall/async_mutex.h"
#include "nostall/async_queue.h"
#include "nostall/async_semaphore.h"
#include "nostall/awaitable.h"
#include "nostall/callback_handle.h"
#include "nostall/channel.h"
#include "nostall/context_var.h"
#include "nostall/error.h"
#include "nostall/executor.h"
#include "nostall/future.h"
#include "nostall/gather.h"
#include "nostall/loop.h"
#include "nostall/loop_handle.h"
#include "nostall/outcome.h"
#include "nostall/report.h"
#include "nostall/run.h"
#include "nostall/run_on_each.h"
#include "nostall/shield.h"
#include "nostall/sleep.h"
#include "nostall/stall_watchdog.h"
#include "nostall/task.h"
#include "nostall/task_function.h"
#include "nostall/task_group.h"
#include "nostall/task_handle.h"
#include "nostall/test_clock.h"
#include "nostall/thread_pool_executor.h"
#include "nostall/timeout.h"
#include "nostall/timeout_scope.h"
#include "nostall/wait.h"
#include "nostall/with_stop.h"

#endif
