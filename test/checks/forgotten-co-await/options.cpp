// RUN: %nostall-verify %s "--config={CheckOptions: {nostall-forgotten-co-await.AllowCastToVoid: true}}"
// With AllowCastToVoid, a cast to void says "I know".
#include "co.h"

co::task<> f();
co::operation<> op();
co::task<> casts() {
  (void)f();
  (void)op();
  static_cast<void>(f());
  f(); // warning: 'f'
  co_return;
}
