//===- wire.h - values to messages and back, with cereal ------------------===//
//
// What can cross to another process is what cereal can serialise: numbers, enums,
// strings, containers, and every class with a `serialize` of its own (see cereal's
// documentation). The two archives write plain bytes: both ends are the same
// program on the same machine.
//
// Handles of this library (shared_memory, pipes, ...) cross as descriptors that
// are attached to the message; their save() and load() are for these two archives.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_WIRE_H
#define NOSTALL_DETAIL_WIRE_H

#include "nostall/detail/ipc/message.h"

#include <cereal/cereal.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/vector.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

namespace nostall::detail {

class wire_writer
    : public cereal::OutputArchive<wire_writer, cereal::AllowEmptyClassElision> {
public:
  explicit wire_writer(out_message& m) : OutputArchive(this), message(m) {}
  out_message& message;
};

class wire_reader
    : public cereal::InputArchive<wire_reader, cereal::AllowEmptyClassElision> {
public:
  explicit wire_reader(in_message& m) : InputArchive(this), message(m) {}
  in_message& message;
};

template <class T>
concept number = std::is_arithmetic_v<T>;

template <number T>
void CEREAL_SAVE_FUNCTION_NAME(wire_writer& w, const T& v) {
  w.message.append(std::addressof(v), sizeof v);
}
template <number T> void CEREAL_LOAD_FUNCTION_NAME(wire_reader& r, T& v) {
  r.message.take(std::addressof(v), sizeof v);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(wire_writer& w, const cereal::BinaryData<T>& b) {
  if (b.size != 0)
    w.message.append(b.data, b.size);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(wire_reader& r, cereal::BinaryData<T>& b) {
  if (b.size != 0)
    r.message.take(b.data, b.size);
}
template <class A, class T>
  requires(std::is_same_v<A, wire_writer> || std::is_same_v<A, wire_reader>)
void CEREAL_SERIALIZE_FUNCTION_NAME(A& a, cereal::NameValuePair<T>& p) {
  a(p.value);
}
template <class A, class T>
  requires(std::is_same_v<A, wire_writer> || std::is_same_v<A, wire_reader>)
void CEREAL_SERIALIZE_FUNCTION_NAME(A& a, cereal::SizeTag<T>& t) {
  a(t.size);
}

// What cannot cross, with a sentence for each kind.

template <class T> inline constexpr bool is_view = false;
template <class C, class R>
inline constexpr bool is_view<std::basic_string_view<C, R>> = true;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;

/// As a thread handle, a mutex, a loop: what is bound to this process's threads.
template <class T>
concept bound_to_threads =
    requires(T& t) { t.lock(); t.unlock(); } ||
    requires(T& t) { t.joinable(); } || requires { typename T::mutex_type; } ||
    requires(T& t) { t.await_ready(); } || requires(T& t) { t.wait(); t.valid(); } ||
    requires(T& t) { t.cancel(); t.done(); } ||
    requires { typename T::value_type; typename T::promise_type; };

template <class T>
concept made_for_the_wire = requires { typename T::crosses_processes; };

/// The first that holds of it is all that is said. False: it was.
template <class T> constexpr bool check_crossing() {
  constexpr bool pointer = std::is_pointer_v<T>;
  constexpr bool other_pointer = std::is_member_pointer_v<T> || std::is_null_pointer_v<T>;
  constexpr bool threads = !made_for_the_wire<T> && bound_to_threads<T>;
  static_assert(!pointer,
                "nostall: a pointer cannot cross to another process: what it points "
                "to is not there; pass the value, or put it into shared_memory");
  static_assert(!other_pointer,
                "nostall: a pointer to a member cannot cross to another process");
  static_assert(!is_view<T>,
                "nostall: a view (string_view, span) cannot cross to another process: "
                "what it looks at is not there; pass a string or a vector");
  static_assert(!threads,
                "nostall: a lock, a thread, a future, a task or its handle cannot cross "
                "to another process: it belongs to the threads of this one; use "
                "ipc_mutex, or pass the result");
  constexpr bool told = pointer || other_pointer || is_view<T> || threads;
  constexpr bool writable =
      told || cereal::traits::is_output_serializable<T, wire_writer>::value;
  constexpr bool readable =
      told || cereal::traits::is_input_serializable<T, wire_reader>::value;
  constexpr bool made_there = told || !(writable && readable) || made_for_the_wire<T> ||
                              std::is_default_constructible_v<T>;
  static_assert(writable && readable,
                "nostall: this type has no serialisation, so it cannot cross to another "
                "process: give it a serialize(Archive&) as cereal describes, or include "
                "cereal's header for it");
  static_assert(made_there,
                "nostall: a type that crosses to another process is default-constructed "
                "there, and then filled: give it a default constructor");
  return !told && writable && readable && made_there;
}

template <class T> void write(out_message& m, const T& value) {
  wire_writer w(m);
  w(value);
}
template <class T> T read(in_message& m) {
  T value;
  wire_reader r(m);
  r(value);
  return value;
}

} // namespace nostall::detail

CEREAL_SETUP_ARCHIVE_TRAITS(nostall::detail::wire_reader, nostall::detail::wire_writer)

#endif
