//===- config.h - compiler attributes and build modes ---------------------===//
//
// Every attribute that lets a compiler find a mistake by itself has a name
// here, empty where the compiler does not know it. Nothing in this header
// changes the layout of a type: code from g++ and clang, optimised or not,
// links together.
//
// NOSTALL_TASK_TYPE marks `task` where the program defines NOSTALL_STRICT_TASK. With
// clang this makes two mistakes visible to the compiler alone: an argument that dies
// before the task runs, and a plain function that hands out a task that it has not
// made. The second is an error also where nothing is wrong: in
// `task<> f() { return g(); }`, in `std::function<task<T>()>` and in `std::invoke`.
// So strictness is the program's choice; the linter finds the first without it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CONFIG_H
#define NOSTALL_CONFIG_H

#if defined(__clang__) && __has_cpp_attribute(clang::coro_return_type) && \
    defined(NOSTALL_STRICT_TASK)
#define NOSTALL_TASK_TYPE [[clang::coro_return_type, clang::coro_lifetimebound]]
#else
#define NOSTALL_TASK_TYPE
#endif

#if defined(__clang__) && __has_cpp_attribute(clang::coro_await_elidable)
#define NOSTALL_ELIDABLE [[clang::coro_await_elidable]]
#else
#define NOSTALL_ELIDABLE
#endif

/// On a plain function that returns a task made by a coroutine that it calls.
#if defined(__clang__) && __has_cpp_attribute(clang::coro_wrapper)
#define NOSTALL_CORO_WRAPPER [[clang::coro_wrapper]]
#else
#define NOSTALL_CORO_WRAPPER
#endif

/// On a function that returns a task which refers to none of its arguments.
#if defined(__clang__) && __has_cpp_attribute(clang::coro_disable_lifetimebound)
#define NOSTALL_CORO_UNBOUND [[clang::coro_disable_lifetimebound]]
#else
#define NOSTALL_CORO_UNBOUND
#endif

/// On a parameter: what is returned must not outlive what the argument refers to.
#if defined(__clang__) && __has_cpp_attribute(clang::lifetimebound)
#define NOSTALL_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define NOSTALL_LIFETIMEBOUND
#endif

/// Clang always makes a tail call of a symmetric transfer. g++ does so only when
/// it optimises without a sanitizer, and then not at -O1: its builds go through
/// a trampoline instead, so that no chain of awaits grows the stack.
// A deleted function that says why, where the compiler can.
#if defined(__clang__) && __cpp_deleted_function >= 202403L
#define NOSTALL_DELETED(why)                                                             \
  _Pragma("clang diagnostic push")                                                       \
  _Pragma("clang diagnostic ignored \"-Wpre-c++26-compat\"")                             \
  _Pragma("clang diagnostic ignored \"-Wc++26-extensions\"") = delete ("nostall: " why)  \
  _Pragma("clang diagnostic pop")
#else
#define NOSTALL_DELETED(why) = delete
#endif

#if defined(__clang__)
#define NOSTALL_TRAMPOLINE 0
#else
#define NOSTALL_TRAMPOLINE 1
#endif

/// Address and thread sanitizers see through frames only when these come from
/// the heap; recycling is off there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NOSTALL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define NOSTALL_SANITIZED 1
#endif
#endif
#ifndef NOSTALL_SANITIZED
#define NOSTALL_SANITIZED 0
#endif

#endif
