//===- ModelPack.cpp - models as bytes, read entry by entry ---------------===//
//
// See ModelPack.h. `describe` says once what a model consists of; writing and
// reading are two archives that walk over it. It takes each struct apart with a
// structured binding, so that a member added to Models.h and forgotten here
// does not compile.
//
//===----------------------------------------------------------------------===//

#include "ModelPack.h"
#include "ModelText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <tuple>

using namespace llvm;

namespace nostall {
namespace {

//===----------------------------------------------------------------------===//
// What models consist of
//===----------------------------------------------------------------------===//

template <class A> void describe(A &Ar, ArgumentTest &T) {
  auto &[Arg, Equals, HasBits, Member, IsZero, IsNull, TypeIs, Involves, Names,
         Count] = T;
  Ar(Arg, Equals, HasBits, Member, IsZero, IsNull, TypeIs, Involves, Names,
     Count);
}
template <class A> void describe(A &Ar, Replacement &R) {
  auto &[Dialect, Text, Includes, When] = R;
  Ar(Dialect, Text, Includes, When);
}
template <class A> void describe(A &Ar, CallableModel &C) {
  auto &[Arg, Use, ExecutorArg, When] = C;
  Ar(Arg, Use, ExecutorArg, When);
}
template <class A> void describe(A &Ar, FunctionName &M) {
  auto &[Name, Params] = M;
  Ar(Name, Params);
}
template <class A> void describe(A &Ar, BlockingModel &M) {
  auto &[Says, What, When, Unless, Otherwise, WouldBlock, Ready] = M;
  Ar(Says, What, When, Unless, Otherwise, WouldBlock, Ready);
}
template <class A> void describe(A &Ar, ReadinessModel &M) {
  auto &[IsTest, Ready, NotReady, GivesFuture, Fulfils] = M;
  Ar(IsTest, Ready, NotReady, GivesFuture, Fulfils);
}
template <class A> void describe(A &Ar, DestructionModel &M) {
  auto &[WaitsOnDestroy, LetsGo] = M;
  Ar(WaitsOnDestroy, LetsGo);
}
template <class A> void describe(A &Ar, CallablesModel &M) {
  auto &[Callables] = M;
  Ar(Callables);
}
template <class A> void describe(A &Ar, TaskModel &M) {
  auto &[Spawns, Droppable, Outside, SwitchesTo, ToExecutorOf, Yields,
         DropsResults, RunsLoop] = M;
  Ar(Spawns, Droppable, Outside, SwitchesTo, ToExecutorOf, Yields, DropsResults,
     RunsLoop);
}
template <class A> void describe(A &Ar, ResultModel &M) {
  auto &[Forwards, Quick, GivesDescriptor] = M;
  Ar(Forwards, Quick, GivesDescriptor);
}
template <class A> void describe(A &Ar, AffinityModel &M) {
  auto &[LoopOnly, Twin] = M;
  Ar(LoopOnly, Twin);
}
template <class A> void describe(A &Ar, ObjectModel::Construction &M) {
  auto &[OfClass, TypeArg, From, ByNew] = M;
  Ar(OfClass, TypeArg, From, ByNew);
}
template <class A> void describe(A &Ar, ObjectModel &M) {
  auto &[SetsNonblocking, Constructs] = M;
  Ar(SetsNonblocking, Constructs);
}
template <class A> void describe(A &Ar, LockModel &M) {
  auto &[Acquires, Releases, ZeroIsSuccess] = M;
  Ar(Acquires, Releases, ZeroIsSuccess);
}
template <class A> void describe(A &Ar, RemedyModel &M) {
  auto &[Replacements, Advice] = M;
  Ar(Replacements, Advice);
}
template <class A> void describe(A &Ar, OriginModel &M) {
  auto &[Source, File, Line] = M;
  Ar(Source, File, Line);
}
template <class A> void describe(A &Ar, FunctionModel &M) {
  M.forEachGroup([&](auto &Group) { describe(Ar, Group); });
}
template <class A> void describe(A &Ar, TypeModel &M) {
  auto &[Name, Droppable, Awaitable, Executor, LockGuard, Releases, Acquires,
         DeferTags, AdoptTags, Owns, OwnsAlone, GivesUp, Deleter, StaysAs,
         CancellationType, Source, File, Line] = M;
  Ar(Name, Droppable, Awaitable, Executor, LockGuard, Releases, Acquires,
     DeferTags, AdoptTags, Owns, OwnsAlone, GivesUp, Deleter, StaysAs,
     CancellationType, Source, File, Line);
}
template <class A> void describe(A &Ar, DialectModel &M) {
  auto &[Name, TaskTypes, Namespace, Offload, OffloadIncludes,
         ResumesOnOwnExecutor, HasLoop, AwaitsMembers, Spawn, File] = M;
  Ar(Name, TaskTypes, Namespace, Offload, OffloadIncludes, ResumesOnOwnExecutor,
     HasLoop, AwaitsMembers, Spawn, File);
}
template <class A> void describe(A &Ar, OpaqueNamespace &O) {
  auto &[Name, Use] = O;
  Ar(Name, Use);
}
template <class A> void describe(A &Ar, StateNames &S) {
  auto &[WouldBlock, NonblockingFd, Serialises, MemoryFiles, EndsWork,
         AwaitsAll, RunsLoops, LoopCallbacks, Forks] = S;
  Ar(WouldBlock, NonblockingFd, Serialises, MemoryFiles, EndsWork, AwaitsAll,
     RunsLoops, LoopCallbacks, Forks);
}
/// `extends`, `overrides` and `root` are for files on disk and are not packed.
template <class A> void describe(A &Ar, ModelFile &F) {
  auto &[Functions, Types, Dialects, Opaque, State, Extends, Overrides, Root] =
      F;
  Ar(Functions, Types, Dialects, Opaque, State);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

class Writer {
public:
  template <class... T> void operator()(T &...Values) { (write(Values), ...); }

  size_t position() { return OS.tell(); }
  unsigned intern(StringRef S) {
    auto [It, New] = Numbers.try_emplace(S, Strings.size());
    if (New)
      Strings.push_back(It->first());
    return It->second;
  }
  const std::string &bytes() { return Bytes; }
  ArrayRef<StringRef> strings() const { return Strings; }

private:
  void write(std::string &S) { encodeULEB128(intern(S), OS); }
  template <class T> void write(std::vector<T> &V) {
    encodeULEB128(V.size(), OS);
    for (T &Item : V)
      write(Item);
  }
  template <class T> void write(std::optional<T> &V) {
    encodeULEB128(V.has_value(), OS);
    if (V)
      write(*V);
  }
  void write(std::shared_ptr<const FunctionModel> &V) {
    encodeULEB128(V != nullptr, OS);
    if (V) {
      FunctionModel Copy = *V;
      write(Copy);
    }
  }
  template <class T> void write(T &V) {
    if constexpr (std::is_class_v<T>)
      describe(*this, V);
    else
      encodeSLEB128(static_cast<int64_t>(V), OS);
  }

  std::string Bytes;
  raw_string_ostream OS{Bytes};
  StringMap<unsigned> Numbers;
  std::vector<StringRef> Strings;
};

void append32(std::string &Out, size_t Value) {
  char Bytes[4];
  support::endian::write32le(Bytes, static_cast<uint32_t>(Value));
  Out.append(Bytes, 4);
}

uint32_t read32(StringRef Bytes, size_t Number) {
  return support::endian::read32le(Bytes.data() + 4 * Number);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The string of that number in a table of \p NumStrings.
StringRef stringAt(StringRef Strings, size_t NumStrings, size_t Number) {
  StringRef Characters = Strings.drop_front(4 * (NumStrings + 1));
  return Characters.slice(read32(Strings, Number), read32(Strings, Number + 1));
}

class Reader {
public:
  Reader(StringRef Strings, size_t NumStrings, StringRef Entries, size_t Offset)
      : Strings(Strings), NumStrings(NumStrings),
        At(Entries.bytes_begin() + Offset) {}

  template <class... T> void operator()(T &...Values) { (read(Values), ...); }

private:
  uint64_t number() {
    unsigned Length;
    uint64_t Value = decodeULEB128(At, &Length);
    At += Length;
    return Value;
  }
  void read(std::string &S) {
    S = stringAt(Strings, NumStrings, number()).str();
  }
  template <class T> void read(std::vector<T> &V) {
    V.resize(number());
    for (T &Item : V)
      read(Item);
  }
  template <class T> void read(std::optional<T> &V) {
    if (number())
      read(V.emplace());
  }
  void read(std::shared_ptr<const FunctionModel> &V) {
    if (!number())
      return;
    auto Model = std::make_shared<FunctionModel>();
    read(*Model);
    V = std::move(Model);
  }
  template <class T> void read(T &V) {
    if constexpr (std::is_class_v<T>) {
      describe(*this, V);
    } else {
      unsigned Length;
      V = static_cast<T>(decodeSLEB128(At, &Length));
      At += Length;
    }
  }

  StringRef Strings;
  size_t NumStrings;
  const uint8_t *At;
};

} // namespace

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

// Layout: six 32-bit words (sizes of the three parts; numbers of strings and
// keys; where the rest begins among the entries), then the parts:
//   strings  begin of each string and the end of the last, then the characters
//   entries  as written by Writer
//   index    for each key, sorted: number of its string, number of its first
//            reference; then the end of the references; then the references,
//            each the offset of an entry
std::string packModels(std::vector<ModelFile> Files) {
  ModelFile Rest;
  Writer Write;
  std::map<std::string, std::vector<size_t>> ByKey;
  for (ModelFile &File : Files) {
    // As ModelSet::add has it: within a file, entries for some overloads last.
    for (bool Narrow : {false, true})
      for (FunctionModel &M : File.Functions) {
        if (M.Params.has_value() != Narrow)
          continue;
        StringRef Name = withoutGlobal(M.Name);
        if (isPattern(Name)) {
          Rest.Functions.push_back(std::move(M));
          continue;
        }
        ByKey[lookupKeyOf(Name).str()].push_back(Write.position());
        Write(M);
      }
    append_range(Rest.Types, File.Types);
    append_range(Rest.Dialects, File.Dialects);
    append_range(Rest.Opaque, File.Opaque);
    Rest.State.append(File.State);
  }
  size_t RestAt = Write.position();
  Write(Rest);

  std::string Index, References;
  size_t NumReferences = 0;
  for (auto &[Key, Offsets] : ByKey) {
    append32(Index, Write.intern(Key));
    append32(Index, NumReferences);
    for (size_t Offset : Offsets)
      append32(References, Offset);
    NumReferences += Offsets.size();
  }
  append32(Index, 0); // no key, but the end of the last one's references
  append32(Index, NumReferences);
  Index += References;

  std::string Strings, Characters;
  for (StringRef S : Write.strings()) {
    append32(Strings, Characters.size());
    Characters += S;
  }
  append32(Strings, Characters.size());
  Strings += Characters;

  std::string Result;
  for (size_t Word : {Strings.size(), Write.bytes().size(), Index.size(),
                      Write.strings().size(), ByKey.size(), RestAt})
    append32(Result, Word);
  return Result + Strings + Write.bytes() + Index;
}

PackedModels::PackedModels(StringRef Bytes) {
  constexpr size_t HeaderSize = 6 * 4;
  StringRef Parts = Bytes.drop_front(HeaderSize);
  Strings = Parts.take_front(read32(Bytes, 0));
  Entries = Parts.drop_front(Strings.size()).take_front(read32(Bytes, 1));
  Index = Parts.take_back(read32(Bytes, 2));
  NumStrings = read32(Bytes, 3);
  NumKeys = read32(Bytes, 4);
  RestAt = read32(Bytes, 5);
  Buckets = std::make_unique<std::atomic<const Bucket *>[]>(NumKeys);
}

PackedModels::~PackedModels() = default;

StringRef PackedModels::keyAt(size_t Slot) const {
  return stringAt(Strings, NumStrings, read32(Index, 2 * Slot));
}

const PackedModels::Bucket &PackedModels::bucketAt(size_t Slot) const {
  if (const Bucket *Known = Buckets[Slot].load(std::memory_order_acquire))
    return *Known;
  std::lock_guard<std::mutex> Lock(Reading);
  if (const Bucket *Known = Buckets[Slot].load(std::memory_order_relaxed))
    return *Known;
  Bucket &New = BucketStore.emplace_back();
  size_t References = 2 * (NumKeys + 1);
  for (size_t I = read32(Index, 2 * Slot + 1), E = read32(Index, 2 * Slot + 3);
       I != E; ++I) {
    FunctionModel &M = Functions.emplace_back();
    Reader Read(Strings, NumStrings, Entries, read32(Index, References + I));
    Read(M);
    New.push_back(&M);
  }
  Buckets[Slot].store(&New, std::memory_order_release);
  return New;
}

ArrayRef<const FunctionModel *> PackedModels::functions(StringRef Key) const {
  size_t Begin = 0, End = NumKeys;
  while (Begin != End) {
    size_t Middle = (Begin + End) / 2;
    if (keyAt(Middle) < Key)
      Begin = Middle + 1;
    else
      End = Middle;
  }
  if (Begin == NumKeys || keyAt(Begin) != Key)
    return {};
  return bucketAt(Begin);
}

ModelFile PackedModels::rest() const {
  ModelFile Rest;
  Reader Read(Strings, NumStrings, Entries, RestAt);
  Read(Rest);
  return Rest;
}

std::vector<const FunctionModel *> PackedModels::allFunctions() const {
  std::vector<const FunctionModel *> Result;
  for (size_t Slot = 0; Slot != NumKeys; ++Slot)
    append_range(Result, bucketAt(Slot));
  sort(Result, [](const FunctionModel *A, const FunctionModel *B) {
    return std::tie(A->File, A->Line, A->Name) <
           std::tie(B->File, B->Line, B->Name);
  });
  return Result;
}

} // namespace nostall
