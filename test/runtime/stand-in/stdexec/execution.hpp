//===- execution.hpp - a stand-in for stdexec -----------------------------===//
//
// As much of P2300 (std::execution) as nostall/stdexec.h and its test name, written from
// the paper, for machines that do not have stdexec: the vocabulary, and of the algorithms
// just, then, schedule and sync_wait. One kind of set_value for each sender.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_STAND_IN_STDEXEC
#define NOSTALL_TEST_STAND_IN_STDEXEC

#include <concepts>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace stdexec {

// Tags.
struct sender_t {};
struct receiver_t {};
struct operation_state_t {};
struct scheduler_t {};

// What a receiver is told.
struct set_value_t {
  template <class R, class... V> void operator()(R&& r, V&&... v) const noexcept {
    std::forward<R>(r).set_value(std::forward<V>(v)...);
  }
};
struct set_error_t {
  template <class R, class E> void operator()(R&& r, E&& e) const noexcept {
    std::forward<R>(r).set_error(std::forward<E>(e));
  }
};
struct set_stopped_t {
  template <class R> void operator()(R&& r) const noexcept {
    std::forward<R>(r).set_stopped();
  }
};
inline constexpr set_value_t set_value{};
inline constexpr set_error_t set_error{};
inline constexpr set_stopped_t set_stopped{};

// Stop tokens: std::stop_token has the semantics, and allocates.
using inplace_stop_source = std::stop_source;
using inplace_stop_token = std::stop_token;
struct never_stop_token {};
template <class F> struct never_called {
  never_called(never_stop_token, F&&) noexcept {}
};
template <class Token, class F>
using stop_callback_for_t =
    std::conditional_t<std::same_as<Token, never_stop_token>, never_called<F>,
                       std::stop_callback<F>>;

// Environments.
struct empty_env {};
struct get_env_t {
  template <class T> auto operator()(const T& t) const noexcept {
    if constexpr (requires { t.get_env(); })
      return t.get_env();
    else
      return empty_env{};
  }
};
inline constexpr get_env_t get_env{};
template <class T> using env_of_t = decltype(get_env(std::declval<T>()));
struct get_stop_token_t {
  template <class E> auto operator()(const E& e) const noexcept {
    if constexpr (requires { e.query(*this); })
      return e.query(*this);
    else
      return never_stop_token{};
  }
};
inline constexpr get_stop_token_t get_stop_token{};
template <class E>
using stop_token_of_t = std::remove_cvref_t<decltype(get_stop_token(std::declval<E>()))>;
template <class Tag> struct get_completion_scheduler_t {};

// What a sender may say.
template <class... Signatures> struct completion_signatures {};
template <class S> using signatures_of = typename std::remove_cvref_t<S>::completion_signatures;

template <class... T> struct types {};
template <class A, class B> struct joined;
template <class... A, class... B> struct joined<types<A...>, types<B...>> {
  using type = types<A..., B...>;
};
template <template <class...> class Tuple, class Signature> struct values_in {
  using type = types<>;
};
template <template <class...> class Tuple, class... V>
struct values_in<Tuple, set_value_t(V...)> {
  using type = types<Tuple<V...>>;
};
template <template <class...> class Tuple, class... S> struct all_values {
  using type = types<>;
};
template <template <class...> class Tuple, class First, class... Rest>
struct all_values<Tuple, First, Rest...> {
  using type = typename joined<typename values_in<Tuple, First>::type,
                               typename all_values<Tuple, Rest...>::type>::type;
};
template <template <class...> class Tuple, class Signatures> struct values_of;
template <template <class...> class Tuple, class... S>
struct values_of<Tuple, completion_signatures<S...>> : all_values<Tuple, S...> {};
template <template <class...> class Variant, class List> struct given_to;
template <template <class...> class Variant, class... T>
struct given_to<Variant, types<T...>> {
  using type = Variant<T...>;
};
template <class S, class Env = empty_env, template <class...> class Tuple = std::tuple,
          template <class...> class Variant = std::variant>
using value_types_of_t =
    typename given_to<Variant, typename values_of<Tuple, signatures_of<S>>::type>::type;

template <class S>
concept sender = std::derived_from<typename std::remove_cvref_t<S>::sender_concept, sender_t>;

// Connecting and starting.
struct connect_t {
  template <class S, class R> auto operator()(S&& s, R r) const {
    return std::forward<S>(s).connect(std::move(r));
  }
};
inline constexpr connect_t connect{};
template <class S, class R>
using connect_result_t = decltype(connect(std::declval<S>(), std::declval<R>()));
struct start_t {
  template <class O> void operator()(O& o) const noexcept { o.start(); }
};
inline constexpr start_t start{};
struct schedule_t {
  template <class S> auto operator()(S&& s) const { return std::forward<S>(s).schedule(); }
};
inline constexpr schedule_t schedule{};
template <class S>
concept scheduler = std::copy_constructible<S> && std::equality_comparable<S> &&
                    requires(const S s) {
                      { schedule(s) } -> sender;
                    };

// just, just_error, just_stopped.
template <class Tag, class... V> struct just_sender {
  using sender_concept = sender_t;
  using completion_signatures = stdexec::completion_signatures<Tag(V...)>;
  std::tuple<V...> values;
  template <class R> struct operation {
    using operation_state_concept = operation_state_t;
    std::tuple<V...> values;
    R receiver;
    void start() & noexcept {
      std::apply([this](V&... v) { Tag()(std::move(receiver), std::move(v)...); }, values);
    }
  };
  template <class R> operation<R> connect(R r) const { return {values, std::move(r)}; }
};
template <class... V> just_sender<set_value_t, V...> just(V... v) {
  return {{std::move(v)...}};
}
template <class E> just_sender<set_error_t, E> just_error(E e) { return {{std::move(e)}}; }
inline just_sender<set_stopped_t> just_stopped() { return {}; }

// then: the function's exception is an error.
template <class S, class F> struct then_sender {
  using values = value_types_of_t<S, empty_env, types, types>;
  template <class... V> static auto called(types<types<V...>>) {
    return std::type_identity<std::invoke_result_t<F, V...>>();
  }
  using result = typename decltype(called(values()))::type;
  using sender_concept = sender_t;
  using completion_signatures = std::conditional_t<
      std::is_void_v<result>,
      stdexec::completion_signatures<set_value_t(), set_error_t(std::exception_ptr),
                                     set_stopped_t()>,
      stdexec::completion_signatures<
          set_value_t(std::conditional_t<std::is_void_v<result>, int, result>),
          set_error_t(std::exception_ptr), set_stopped_t()>>;
  template <class R> struct receiver {
    using receiver_concept = receiver_t;
    R inner;
    F f;
    template <class... V> void set_value(V&&... v) && noexcept {
      try {
        if constexpr (std::is_void_v<result>) {
          std::move(f)(std::forward<V>(v)...);
          stdexec::set_value(std::move(inner));
        } else {
          stdexec::set_value(std::move(inner), std::move(f)(std::forward<V>(v)...));
        }
      } catch (...) {
        stdexec::set_error(std::move(inner), std::current_exception());
      }
    }
    template <class E> void set_error(E&& e) && noexcept {
      stdexec::set_error(std::move(inner), std::forward<E>(e));
    }
    void set_stopped() && noexcept { stdexec::set_stopped(std::move(inner)); }
    auto get_env() const noexcept { return stdexec::get_env(inner); }
  };
  S source;
  F f;
  template <class R> auto connect(R r) && {
    return stdexec::connect(std::move(source), receiver<R>{std::move(r), std::move(f)});
  }
};
template <class S, class F> then_sender<S, F> then(S s, F f) {
  return {std::move(s), std::move(f)};
}

// sync_wait: nothing if it was stopped.
template <class Values> struct waiting_receiver {
  using receiver_concept = receiver_t;
  struct outcome {
    std::mutex mutex;
    std::condition_variable news;
    bool over = false;
    std::optional<Values> values;
    std::exception_ptr error;
  };
  outcome* to;
  template <class Set> void end(Set set) noexcept {
    const std::lock_guard lock(to->mutex);
    set();
    to->over = true;
    to->news.notify_all();
  }
  template <class... V> void set_value(V&&... v) && noexcept {
    end([&] { to->values.emplace(std::forward<V>(v)...); });
  }
  void set_error(std::exception_ptr e) && noexcept {
    end([&] { to->error = std::move(e); });
  }
  void set_stopped() && noexcept {
    end([] {});
  }
};
template <class... A> struct the_only {
  using type = std::tuple<>;
};
template <class A> struct the_only<A> {
  using type = A;
};
template <class S> auto sync_wait(S s) {
  using values = typename value_types_of_t<S, empty_env, std::tuple, the_only>::type;
  typename waiting_receiver<values>::outcome to;
  auto operation = stdexec::connect(std::move(s), waiting_receiver<values>{&to});
  stdexec::start(operation);
  std::unique_lock lock(to.mutex);
  to.news.wait(lock, [&] { return to.over; });
  if (to.error)
    std::rethrow_exception(to.error);
  return std::move(to.values);
}

} // namespace stdexec

#endif
