//===- processes.h - all that has to do with other processes --------------===//
//
// Apart from nostall.h, since it includes cereal, which is a package of its own, and
// takes about as long to compile as all the rest.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_PROCESSES_H
#define NOSTALL_PROCESSES_H

#include "nostall/fork_server.h"
#include "nostall/ipc_mutex.h"
#include "nostall/ipc_pipe.h"
#include "nostall/ipc_queue.h"
#include "nostall/process.h"
#include "nostall/process_error.h"
#include "nostall/process_pool_executor.h"
#include "nostall/shared_memory.h"
#include "nostall/shared_value.h"

#endif
