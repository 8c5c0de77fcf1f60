//===- process_call.h - a callable named at compile time, as data ---------===//
//
// A callable crosses as the place of its entry: module (by build id) and offset. Both
// ends run the same file, so the place is the same, wherever each has loaded it; a
// worker that does not have that very module refuses the call. What lies there is not
// code but a constant object that only a use of a pool or process makes, and that can
// be told from everything else: so no other code can be called.
//
// So the callable is a function or a captureless lambda, known when the caller is
// compiled. The parameters' types decide what is sent: an argument is converted
// here, not there.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_PROCESS_CALL_H
#define NOSTALL_DETAIL_PROCESS_CALL_H

#include "nostall/detail/thread/thread_job.h"
#include "nostall/detail/ipc/wire.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace nostall::detail {

/// Runs in the worker: reads the arguments, calls, writes the result.
using entry_function = void (*)(in_message&, out_message&);

/// A callable that was offered to other processes.
struct registered_entry {
  static constexpr std::uint64_t marks[2] = {0x6e6f7374616c6c01, 0xb3c1f0e5d2a79684};
  std::uint64_t mark[2];
  const registered_entry* self;
  entry_function run;
};

struct code_place {
  std::uint64_t module = 0;
  std::uint64_t offset = 0;
};
/// Throws std::runtime_error for an address in no module.
code_place place_of(const void* address);
inline code_place place_of(entry_function code) {
  return place_of(reinterpret_cast<const void*>(code));
}

/// What a callable takes. The primary: unknown (a generic lambda, an overload set).
template <class F> struct parameters_of {
  static constexpr bool known = false;
};
template <class R, class... P> struct parameters_of<R(P...)> {
  static constexpr bool known = true;
  using type = std::tuple<P...>;
};
template <class R, class... P>
struct parameters_of<R(P...) noexcept> : parameters_of<R(P...)> {};
template <class R, class... P>
struct parameters_of<R (*)(P...)> : parameters_of<R(P...)> {};
template <class R, class... P>
struct parameters_of<R (*)(P...) noexcept> : parameters_of<R(P...)> {};
template <class C, class R, class... P>
struct parameters_of<R (C::*)(P...) const> : parameters_of<R(P...)> {};
template <class C, class R, class... P>
struct parameters_of<R (C::*)(P...) const noexcept> : parameters_of<R(P...)> {};
template <class F>
  requires requires { &F::operator(); }
struct parameters_of<F> : parameters_of<decltype(&F::operator())> {};

template <class P> constexpr bool check_parameter() {
  constexpr bool value =
      !std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>>;
  static_assert(value,
                "nostall: a reference cannot cross to another process: the function "
                "would change a copy; take the argument by value or by const reference, "
                "and return what changed");
  if constexpr (value)
    return check_crossing<std::remove_cvref_t<P>>();
  else
    return false;
}
template <class R> constexpr bool check_result() {
  static_assert(!std::is_reference_v<R>,
                "nostall: a reference cannot come back from another process: return the "
                "value");
  static_assert(!is_task_type<std::remove_cvref_t<R>>,
                "nostall: a worker process runs plain functions, and this one returns a "
                "task, which only a loop can run");
  if constexpr (!std::is_void_v<R> && !std::is_reference_v<R> &&
                !is_task_type<std::remove_cvref_t<R>>)
    return check_crossing<std::remove_cvref_t<R>>();
  else
    return std::is_void_v<R>;
}

/// The same as "f", for messages.
constexpr std::string_view name_in(std::string_view pretty) {
  const auto begin = pretty.find("F = ");
  if (begin == pretty.npos)
    return pretty;
  pretty.remove_prefix(begin + 4);
  const auto end = pretty.find_first_of(";]");
  pretty = pretty.substr(0, end);
  if (!pretty.empty() && pretty[0] == '&')
    pretty.remove_prefix(1);
  return pretty;
}
template <auto F> constexpr std::string_view callable_name() {
  return name_in(__PRETTY_FUNCTION__);
}

/// The callable F as called with arguments of the types P.
template <auto F, class... P> struct entry {
  using result = std::invoke_result_t<decltype(F), P...>;

  static const registered_entry registered;

  static void run(in_message& in, out_message& out) {
    std::tuple<P...> args;
    if constexpr (sizeof...(P) != 0) {
      wire_reader r(in);
      std::apply([&r](P&... p) { r(p...); }, args);
    }
    if constexpr (std::is_void_v<result>)
      std::apply([](P&... p) { std::invoke(F, std::move(p)...); }, args);
    else
      write(out, std::apply(
                     [](P&... p) -> result { return std::invoke(F, std::move(p)...); },
                     args));
  }
};

template <auto F, class... P>
constinit const registered_entry entry<F, P...>::registered = {
    {registered_entry::marks[0], registered_entry::marks[1]}, &registered, &run};

/// A call that is ready to be sent.
struct prepared_call {
  out_message request;
  std::string_view name;
};

template <class P, class A> void write_argument(wire_writer& w, A& a) {
  if constexpr (std::is_same_v<std::remove_cv_t<A>, P>)
    w(a);
  else
    w(static_cast<P>(std::forward<A>(a)));
}

template <auto F, class... P, class... A>
void prepare_as(prepared_call& c, std::tuple<P...>*, A&... args) {
  if constexpr (sizeof...(P) == sizeof...(A)) {
    static const code_place place =
        place_of(&entry<F, std::remove_cvref_t<P>...>::registered);
    c.request.header.module = place.module;
    c.request.header.offset = place.offset;
    c.name = callable_name<F>();
    [[maybe_unused]] wire_writer w(c.request);
    (write_argument<std::remove_cvref_t<P>>(w, args), ...);
  }
}

/// What it takes: what it says, or what it is given.
template <auto F, class... A> constexpr auto pick_parameters() {
  using parameters = parameters_of<std::remove_cvref_t<decltype(F)>>;
  if constexpr (parameters::known)
    return static_cast<typename parameters::type*>(nullptr);
  else
    return static_cast<std::tuple<std::decay_t<A>...>*>(nullptr);
}
template <auto F, class... A> struct process_result {
  template <class... P>
  static typename entry<F, std::remove_cvref_t<P>...>::result of(std::tuple<P...>*);
  using type = decltype(of(pick_parameters<F, A...>()));
};
template <auto F, class... A>
using process_result_t = typename process_result<F, A...>::type;

template <class A, class P>
inline constexpr bool convertible_argument =
    std::is_same_v<A, P> || requires(A&& a) { static_cast<P>(static_cast<A&&>(a)); };

template <auto F, class... P, class... A>
constexpr bool check_parameters(std::tuple<P...>*, std::tuple<A...>*) {
  static_assert(sizeof...(P) == sizeof...(A),
                "nostall: the callable takes another number of arguments");
  if constexpr (sizeof...(P) != sizeof...(A) || !(check_parameter<P>() && ...)) {
    return false;
  } else if constexpr (!(convertible_argument<A, std::remove_cvref_t<P>> && ...)) {
    static_assert((convertible_argument<A, std::remove_cvref_t<P>> && ...),
                  "nostall: an argument cannot be converted to what the callable takes");
    return false;
  } else {
    using callable = decltype(F);
    constexpr bool callable_so = std::is_invocable_v<callable, std::remove_cvref_t<P>...>;
    static_assert(callable_so, "nostall: the callable does not take these arguments");
    if constexpr (callable_so)
      return check_result<std::invoke_result_t<callable, std::remove_cvref_t<P>...>>();
    else
      return false;
  }
}
/// Says first, and in a sentence, what would not compile anyway. False: it was said.
template <auto F, class... A> constexpr bool check_call() {
  return check_parameters<F>(pick_parameters<F, A...>(),
                             static_cast<std::tuple<std::decay_t<A>...>*>(nullptr));
}

// A handle that was moved in is the other process's alone from now on.
template <class A> void give_away(std::remove_reference_t<A>& a) {
  if constexpr (!std::is_reference_v<A> && !std::is_const_v<A> && made_for_the_wire<A>)
    [[maybe_unused]] const A gone(std::move(a));
}

/// Throws what the arguments' serialisation throws. `spare`: memory that may be used.
template <auto F, class... A> prepared_call prepare(unique_fd* spare, A&&... args) {
  static_assert(check_call<F, A...>());
  prepared_call c;
  c.request.spare = spare;
  prepare_as<F>(c, pick_parameters<F, A...>(), args...);
  (give_away<A>(args), ...);
  c.request.spare = nullptr;
  return c;
}

template <class F> constexpr bool check_callable() {
  constexpr bool pointer = std::is_pointer_v<F> || std::is_member_pointer_v<F>;
  constexpr bool stateless = std::is_empty_v<F> && std::is_default_constructible_v<F>;
  static_assert(!pointer,
                "nostall: a function pointer's value cannot cross to another process: "
                "name the function as a template argument, run<function>(args...)");
  static_assert(pointer || stateless,
                "nostall: a callable with captures or state cannot cross to another "
                "process: pass what it needs as arguments");
  return stateless;
}

} // namespace nostall::detail

#endif
