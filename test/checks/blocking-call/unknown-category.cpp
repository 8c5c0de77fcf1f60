// RUN: not %nostall %s --checks=-*,nostall-blocking-call "--config={CheckOptions: {nostall-blocking-call.Categories: 'sleep;coffee'}}" -- -std=c++20 2>&1 | FileCheck %s
// A category that does not exist is named; the others count.
unsigned sleep(unsigned);
// CHECK: unknown category 'coffee' in option 'nostall-blocking-call.Categories'
