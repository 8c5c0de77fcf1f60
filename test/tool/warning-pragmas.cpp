// Pragmas about warnings are left out while warnings are off (WarningPragmas.h). What they say of errors counts, in both
// spellings, as far as they reach.
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-* %s -- -std=c++20 > %t.txt 2>&1
// RUN: FileCheck %s --input-file=%t.txt --implicit-check-not=error: --implicit-check-not=warning:
// Where somebody wants warnings, they count all.
// RUN: not %nostall --quiet --index=none --checks=-*,clang-diagnostic-* %s -- -std=c++20 -Wparentheses > %t.txt 2>&1
// RUN: FileCheck %s --input-file=%t.txt --check-prefixes=CHECK,WARN --implicit-check-not=error: --implicit-check-not=warning:
int n = 3;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wc++11-narrowing"
struct { char c; } ignored{n};
#  pragma   clang diagnostic push
#pragma clang diagnostic error "-Wnarrowing"
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: error: non-constant-expression cannot be narrowed
struct { char c; } again{n};
#pragma clang diagnostic pop
struct { char c; } popped{n};
bool silent(int a) { return a & 1 == 1; }
#pragma GCC diagnostic pop
// WARN: :[[#@LINE+1]]:{{[0-9]+}}: warning: & has lower precedence than ==
bool loud(int a) { return a & 1 == 1; }
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: error: non-constant-expression cannot be narrowed
struct { char c; } kept{n};
#pragma GCC diagnostic ignored "-Weverything"
struct { char c; } everything{n};
_Pragma("GCC diagnostic error \"-Wc++11-narrowing\"")
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: error: non-constant-expression cannot be narrowed
struct { char c; } operators{n};
#pragma pack(1)
struct packed { char c; int i; };
static_assert(sizeof(packed) == 5);
