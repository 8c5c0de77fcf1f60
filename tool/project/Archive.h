//===- Archive.h - values as bytes, and back --------------------*- C++ -*-===//
//
//   template <class A> void describe(A &Ar, T &V) { Ar(V.X, V.Y); }
//
// One description of a type serves both ways: Writer turns values into bytes,
// Reader turns bytes into values. Numbers are LEB128; a text is written once
// and then referred to, because file names come a thousand times.
//
// A Reader never reads outside of its bytes: what does not fit makes it fail,
// and everything that it then gives is empty.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_ARCHIVE_H
#define NOSTALL_TOOL_PROJECT_ARCHIVE_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace nostall {

class Writer {
public:
  template <class... T> void operator()(T &...Values) { (write(Values), ...); }
  std::string take() { return std::move(Bytes); }

private:
  void number(uint64_t Value) { llvm::encodeULEB128(Value, OS); }
  void write(std::string &S) {
    auto [It, IsNew] = Numbers.try_emplace(S, Numbers.size() + 1);
    number(IsNew ? 0 : It->second);
    if (IsNew) {
      number(S.size());
      OS << S;
    }
  }
  template <class T> void write(std::vector<T> &V) {
    number(V.size());
    for (T &Item : V)
      write(Item);
  }
  template <class T> void write(T &V) {
    if constexpr (std::is_class_v<T>)
      describe(*this, V);
    else
      number(static_cast<uint64_t>(V));
  }

  std::string Bytes;
  llvm::raw_string_ostream OS{Bytes};
  llvm::StringMap<uint64_t> Numbers;
};

class Reader {
public:
  explicit Reader(llvm::StringRef Bytes) : Rest(Bytes) {}

  template <class... T> void operator()(T &...Values) { (read(Values), ...); }
  /// All was read, and nothing is left.
  bool succeeded() const { return !Failed && Rest.empty(); }

private:
  uint64_t number() {
    unsigned Length = 0;
    const char *Error = nullptr;
    uint64_t Value = llvm::decodeULEB128(Rest.bytes_begin(), &Length,
                                         Rest.bytes_end(), &Error);
    if (Error || Failed) {
      Failed = true;
      return 0;
    }
    Rest = Rest.drop_front(Length);
    return Value;
  }
  void read(std::string &S) {
    S.clear();
    uint64_t Number = number();
    if (Number) {
      if (Number > Known.size())
        Failed = true;
      else
        S = Known[Number - 1].str();
      return;
    }
    uint64_t Size = number();
    if (Size > Rest.size())
      Failed = true;
    if (Failed)
      return;
    Known.push_back(Rest.take_front(Size));
    Rest = Rest.drop_front(Size);
    S = Known.back().str();
  }
  template <class T> void read(std::vector<T> &V) {
    V.clear();
    // Each item takes a byte at least.
    uint64_t Size = number();
    if (Size > Rest.size())
      Failed = true;
    for (uint64_t I = 0; I != Size && !Failed; ++I)
      read(V.emplace_back());
  }
  template <class T> void read(T &V) {
    if constexpr (std::is_class_v<T>)
      describe(*this, V);
    else
      V = static_cast<T>(number());
  }

  llvm::StringRef Rest;
  std::vector<llvm::StringRef> Known;
  bool Failed = false;
};

} // namespace nostall

#endif
