//===- crossing_error.h - exceptions as messages --------------------------===//

#ifndef NOSTALL_SRC_CROSSING_ERROR_H
#define NOSTALL_SRC_CROSSING_ERROR_H

#include "nostall/detail/ipc/message.h"

#include <exception>

namespace nostall::detail {

/// The exception being handled. The nearest standard type and what().
void write_current_exception(out_message& m);
std::exception_ptr read_exception(in_message& m);

} // namespace nostall::detail

#endif
