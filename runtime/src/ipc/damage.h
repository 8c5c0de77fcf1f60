//===- damage.h - messages that did not come as they were sent ------------===//

#ifndef NOSTALL_SRC_DAMAGE_H
#define NOSTALL_SRC_DAMAGE_H

#include "io/throw_errno.h"
#include "nostall/detail/ipc/message.h"

namespace nostall::detail {

/// Throws std::system_error if descriptors of it are lost, or it is none of ours.
inline void require_whole(const in_message& m, const char* what) {
  if (m.damaged())
    throw_errno(what, m.damage());
}

} // namespace nostall::detail

#endif
