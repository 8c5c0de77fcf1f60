//===- SharedMap.h - maps whose copies share their entries ------*- C++ -*-===//
//
// What paths know of many variables differs in a few of them. A copy of such a
// map costs nothing; a change makes the nodes anew that lead to the entry; and
// two maps that meet, or are compared, are looked at only where they differ.
//
// A treap whose priorities are hashes of the keys: its shape depends on the
// keys alone, and not on the order in which they came.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_SHAREDMAP_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_SHAREDMAP_H

#include "llvm/ADT/DenseMapInfo.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include <utility>

namespace nostall {

template <class K, class V> class SharedMap {
  struct Node;
  using Ref = llvm::IntrusiveRefCntPtr<const Node>;

public:
  bool empty() const { return !Root; }

  /// The value of \p Key, or null; until the map changes.
  const V *find(const K &Key) const {
    const Node *N = Root.get();
    while (N && N->Key != Key)
      N = (Key < N->Key ? N->Less : N->More).get();
    return N ? &N->Value : nullptr;
  }

  void set(const K &Key, V Value) {
    SharedMap One;
    One.Root = llvm::makeIntrusiveRefCnt<Node>(Key, std::move(Value));
    join(One, [](const V &, const V &Given) { return Given; });
  }

  void erase(const K &Key) {
    if (find(Key))
      Root = without(Root, Key);
  }

  /// Takes the entries of \p Other, too; \p Both(Mine, Theirs) is the value of
  /// a key that both have.
  template <class Fn> void join(const SharedMap &Other, Fn Both) {
    Root = joined(Root, Other.Root, Both);
  }

  /// Calls \p Visit(Key, Value) for each entry, in the order of the keys.
  template <class Fn> void forEach(Fn Visit) const { walk(Root, Visit); }

  bool operator==(const SharedMap &Other) const {
    return same(Root, Other.Root);
  }

private:
  struct Node : llvm::RefCountedBase<Node> {
    Node(K Key, V Value, Ref Less = Ref(), Ref More = Ref())
        : Key(std::move(Key)), Value(std::move(Value)), Less(std::move(Less)),
          More(std::move(More)) {}
    /// Whether it stands above \p Other, if both are in one map.
    bool isAbove(const Node &Other) const {
      const unsigned Mine = llvm::DenseMapInfo<K>::getHashValue(Key),
                     Theirs = llvm::DenseMapInfo<K>::getHashValue(Other.Key);
      return Mine != Theirs ? mix(Mine) > mix(Theirs) : Key < Other.Key;
    }

    K Key;
    V Value;
    Ref Less, More;
  };

  /// The hash of a pointer grows with it. One to one, so that priorities differ
  /// where hashes do.
  static unsigned mix(unsigned Hash) {
    Hash = (Hash ^ Hash >> 16) * 0x7feb352dU;
    Hash = (Hash ^ Hash >> 15) * 0x846ca68bU;
    return Hash ^ Hash >> 16;
  }

  /// \p N with other subtrees; itself if they are the same.
  static Ref with(const Ref &N, Ref Less, Ref More) {
    if (N->Less == Less && N->More == More)
      return N;
    return llvm::makeIntrusiveRefCnt<Node>(N->Key, N->Value, std::move(Less),
                                           std::move(More));
  }

  struct Parts {
    Ref Less, At, More;
  };
  /// \p N, cut in two at \p Key, and the node that has it.
  static Parts split(const Ref &N, const K &Key) {
    if (!N)
      return Parts();
    if (N->Key == Key)
      return {N->Less, N, N->More};
    if (Key < N->Key) {
      Parts P = split(N->Less, Key);
      P.More = with(N, std::move(P.More), N->More);
      return P;
    }
    Parts P = split(N->More, Key);
    P.Less = with(N, N->Less, std::move(P.Less));
    return P;
  }

  template <class Fn> static Ref joined(const Ref &A, const Ref &B, Fn &Both) {
    if (A == B || !B)
      return A;
    if (!A)
      return B;
    if (A->Key != B->Key && B->isAbove(*A)) {
      Parts Of = split(A, B->Key);
      return with(B, joined(Of.Less, B->Less, Both),
                  joined(Of.More, B->More, Both));
    }
    Parts Of = split(B, A->Key);
    Ref Less = joined(A->Less, Of.Less, Both);
    Ref More = joined(A->More, Of.More, Both);
    if (Of.At) {
      V Met = Both(A->Value, Of.At->Value);
      if (!(Met == A->Value))
        return llvm::makeIntrusiveRefCnt<Node>(
            A->Key, std::move(Met), std::move(Less), std::move(More));
    }
    return with(A, std::move(Less), std::move(More));
  }

  /// All of \p A, whose keys are less than all of \p B's.
  static Ref beside(const Ref &A, const Ref &B) {
    if (!A || !B)
      return A ? A : B;
    return A->isAbove(*B) ? with(A, A->Less, beside(A->More, B))
                          : with(B, beside(A, B->Less), B->More);
  }

  static Ref without(const Ref &N, const K &Key) {
    if (N->Key == Key)
      return beside(N->Less, N->More);
    return Key < N->Key ? with(N, without(N->Less, Key), N->More)
                        : with(N, N->Less, without(N->More, Key));
  }

  template <class Fn> static void walk(const Ref &N, Fn &Visit) {
    if (!N)
      return;
    walk(N->Less, Visit);
    Visit(N->Key, N->Value);
    walk(N->More, Visit);
  }

  static bool same(const Ref &A, const Ref &B) {
    return A == B || (A && B && A->Key == B->Key && A->Value == B->Value &&
                      same(A->Less, B->Less) && same(A->More, B->More));
  }

  Ref Root;
};

} // namespace nostall

#endif
