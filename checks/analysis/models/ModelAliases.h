//===- ModelAliases.h - the abbreviations of one model file -----*- C++ -*-===//
//
// `aliases: {asio: [boost::asio, asio]}`: an entry stands once for each
// alternative, see FORMAT.md. Which of a model's strings are names, the
// overloads of eachNames say, by group.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELALIASES_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELALIASES_H

#include "Models.h"
#include "llvm/ADT/STLExtras.h"

namespace nostall {

class Aliases {
public:
  /// How many names each alias stands for that stands for several.
  size_t alternatives() const { return Alternatives; }
  void add(std::string Short, std::vector<std::string> Long) {
    Alternatives = std::max(Alternatives, Long.size());
    Known.push_back({std::move(Short), std::move(Long)});
  }

  std::string expand(llvm::StringRef Name, size_t Alternative) const;
  bool usesAlternatives(llvm::StringRef Name) const;
  /// \p Name, once for each alternative if it uses them.
  template <class Fn> void eachExpanded(llvm::StringRef Name, Fn Visit) const {
    const size_t Count = usesAlternatives(Name) ? Alternatives : 1;
    for (size_t I = 0; I != Count; ++I)
      Visit(expand(Name, I));
  }
  template <class Model>
  void addExpanded(Model M, std::vector<Model> &Out) const;

private:
  template <class Model>
  void expandNames(Model &M, size_t Alternative, bool Varies) const;

  /// A file's abbreviation and what it stands for.
  struct Alias {
    std::string Short;
    std::vector<std::string> Long;
  };
  std::vector<Alias> Known;
  size_t Alternatives = 1;
};

/// The alias that \p Name begins with, and what follows it.
inline bool consumeAlias(llvm::StringRef &Name, llvm::StringRef Short) {
  if (!Name.starts_with(Short))
    return false;
  llvm::StringRef Rest = Name.drop_front(Short.size());
  if (!Rest.empty() && !Rest.starts_with("::"))
    return false;
  Name = Rest;
  return true;
}

inline std::string Aliases::expand(llvm::StringRef Name,
                                   size_t Alternative) const {
  for (const Alias &A : Known)
    if (llvm::StringRef Rest = Name; consumeAlias(Rest, A.Short))
      return A.Long[std::min(Alternative, A.Long.size() - 1)] + Rest.str();
  return Name.str();
}

inline bool Aliases::usesAlternatives(llvm::StringRef Name) const {
  return llvm::any_of(Known, [&](const Alias &A) {
    return A.Long.size() > 1 && consumeAlias(Name, A.Short);
  });
}

/// The qualified names in a model: \p F takes a list of them or a single one.
template <class Fn> void eachNames(std::vector<ArgumentTest> &Tests, Fn F) {
  for (ArgumentTest &T : Tests) {
    F(T.TypeIs);
    F(T.Involves);
    F(T.Names);
  }
}
template <class Group, class Fn> void eachNames(Group &, Fn) {}
template <class Fn> void eachNames(BlockingModel &M, Fn F) {
  for (auto *Groups : {&M.When, &M.Unless})
    for (std::vector<ArgumentTest> &Tests : *Groups)
      eachNames(Tests, F);
}
template <class Fn> void eachNames(ReadinessModel &M, Fn F) {
  F(M.ReadyValue);
  F(M.NotReadyValue);
}
template <class Fn> void eachNames(CallablesModel &M, Fn F) {
  for (CallableModel &C : M.Callables)
    eachNames(C.When, F);
}
template <class Fn> void eachNames(RemedyModel &M, Fn F) {
  for (Replacement &R : M.Replacements)
    eachNames(R.When, F);
}
template <class Fn> void eachNames(FunctionModel &M, Fn F) {
  M.forEachGroup([&](auto &Group) { eachNames(Group, F); });
}
template <class Fn> void eachNames(TypeModel &M, Fn F) {
  F(M.CancellationType);
  F(M.DeferTags);
  F(M.AdoptTags);
}
template <class Fn> void eachNames(DialectModel &M, Fn F) { F(M.TaskTypes); }

/// What decides which alternative of the aliases an entry is for.
inline std::string &leadingName(FunctionModel &M) { return M.Name; }
inline std::string &leadingName(TypeModel &M) { return M.Name; }
inline std::string &leadingName(DialectModel &M) { return M.Namespace; }

/// An entry whose leading name is abbreviated stands once for each alternative.
/// In any other entry a list of names holds the names of all alternatives.
template <class Model>
void Aliases::addExpanded(Model M, std::vector<Model> &Out) const {
  const std::string Lead = leadingName(M);
  bool Varies = usesAlternatives(Lead);
  for (size_t I = 0, E = Varies ? Alternatives : 1; I != E; ++I) {
    Model Copy = M;
    leadingName(Copy) = expand(Lead, I);
    expandNames(Copy, I, Varies);
    Out.push_back(std::move(Copy));
  }
}

template <class Model>
void Aliases::expandNames(Model &M, size_t Alternative, bool Varies) const {
  eachNames(M, [&](auto &Names) {
    if constexpr (std::is_same_v<std::decay_t<decltype(Names)>, std::string>) {
      Names = expand(Names, Alternative);
    } else {
      std::vector<std::string> Expanded;
      for (const std::string &Name : Names) {
        bool All = !Varies && usesAlternatives(Name);
        for (size_t I = 0, E = All ? Alternatives : 1; I != E; ++I)
          Expanded.push_back(expand(Name, Varies ? Alternative : I));
      }
      Names = std::move(Expanded);
    }
  });
  if constexpr (std::is_same_v<Model, FunctionModel>)
    if (M.Otherwise) {
      FunctionModel Rest = *M.Otherwise;
      expandNames(Rest, Alternative, Varies);
      M.Otherwise = std::make_shared<FunctionModel>(std::move(Rest));
    }
}

} // namespace nostall

#endif
