//===- LocalRecords.h - what a call is given in a local object --*- C++ -*-===//
//
//   timeval none;                       addrinfo hints{};
//   none.tv_sec = 0;                    hints.ai_flags = AI_NUMERICHOST;
//   none.tv_usec = 0;                   getaddrinfo(name, 0, &hints, &list);
//   select(n, &set, 0, 0, &none);
//
//   options |= WNOHANG;                  flock(fd, kind | LOCK_NB);
//
// Interfaces of C take records by address, whose members their caller has set
// one by one.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_LOCALRECORDS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_LOCALRECORDS_H

#include "Facts.h"

namespace nostall {

class Unit;

/// What the members are made with, or set to, of the local object whose address
/// \p E is, if nothing but the calls it is given to may write to it otherwise.
std::optional<llvm::SmallVector<const clang::Expr *, 4>>
valuesOfRecord(Unit &U, const clang::Expr *E);
/// The same, and that they are zeros.
bool isAddressOfZero(Unit &U, const clang::Expr *E);

/// The bits of \p E that are set where \p Call is made, whatever the others
/// are: `flags | MSG_DONTWAIT`.
long long bitsOf(Unit &U, const clang::Expr *E, const CallFact &Call);
/// The bits that member \p Name of the local object whose address is \p E has
/// where \p Call is made.
long long memberBits(Unit &U, const clang::Expr *E, llvm::StringRef Name,
                     const CallFact &Call);

} // namespace nostall

#endif
