//===- Models.cpp - what is known of other people's code ------------------===//
//
// The lookup half of Models.h. Entries are found by the last part of their
// name: a declaration's identifier (its class's for constructors, destructors
// and conversions, its symbol for operators) is looked up first, and only when
// some entry has it is the qualified name built and compared. Nearly all
// declarations of a program end at that first look.
//
// A set may stand on a base (the built-in models under a user's): its own
// entries are asked first, exact names in both before patterns in either.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "ModelPack.h"
#include "ModelParser.h"
#include "ModelText.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include <deque>
#include <utility>

using namespace clang;
using namespace llvm;

namespace nostall {

//===----------------------------------------------------------------------===//
// Names of declarations
//===----------------------------------------------------------------------===//

/// Contexts that a qualified name does not mention.
static bool isSilent(const DeclContext *DC) {
  if (auto *NS = dyn_cast<NamespaceDecl>(DC))
    return NS->isInline() || NS->isAnonymousNamespace();
  if (auto *Enum = dyn_cast<EnumDecl>(DC))
    return !Enum->isScoped();
  auto *Named = dyn_cast<NamedDecl>(DC);
  return !Named || Named->getDeclName().isEmpty();
}

static std::string lastPart(const NamedDecl *D) {
  DeclarationName Name = D->getDeclName();
  auto ClassName = [&] {
    auto *R = cast<CXXRecordDecl>(D->getDeclContext());
    return R->getIdentifier() ? R->getName().str() : std::string();
  };
  switch (Name.getNameKind()) {
  case DeclarationName::CXXConstructorName:
    return ClassName();
  case DeclarationName::CXXDestructorName:
    return "~" + ClassName();
  default:
    return Name.getAsString();
  }
}

std::string modelName(const NamedDecl *D) {
  SmallVector<const NamedDecl *, 8> Parts{D};
  for (const DeclContext *DC = D->getDeclContext(); DC; DC = DC->getParent())
    if (!isSilent(DC))
      Parts.push_back(cast<NamedDecl>(DC));
  std::string Result;
  for (const NamedDecl *Part : reverse(Parts)) {
    if (!Result.empty())
      Result += "::";
    Result += lastPart(Part);
  }
  return Result;
}

/// What entries for \p D are filed under; empty where there can be none.
static StringRef lookupKey(const NamedDecl *D) {
  DeclarationName Name = D->getDeclName();
  switch (Name.getNameKind()) {
  case DeclarationName::Identifier:
    return D->getIdentifier() ? D->getName() : StringRef();
  case DeclarationName::CXXConstructorName:
  case DeclarationName::CXXDestructorName:
  case DeclarationName::CXXConversionFunctionName:
    if (auto *R = dyn_cast<CXXRecordDecl>(D->getDeclContext()))
      return R->getIdentifier() ? R->getName() : StringRef();
    return {};
  case DeclarationName::CXXOperatorName:
    return getOperatorSpelling(Name.getCXXOverloadedOperator());
  default:
    return {};
  }
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// A type as compared: no qualifiers, no scope, no template arguments, no
/// references; pointers stay. "const std::string &" is "string".
static std::string looseType(StringRef Type) {
  std::string Result;
  unsigned Depth = 0;
  for (size_t I = 0; I != Type.size(); ++I) {
    char C = Type[I];
    if (C == '<')
      ++Depth;
    else if (C == '>' && Depth)
      --Depth;
    else if (!Depth)
      Result += C;
  }
  static constexpr llvm::StringLiteral Noise[] = {
      "const", "volatile", "struct",   "class",
      "union", "enum",     "typename", "__restrict"};
  std::string Base, Pointers;
  SmallVector<StringRef, 8> Words;
  SplitString(Result, Words, " ");
  for (StringRef Word : Words) {
    size_t Stars = Word.count('*');
    Pointers.append(Stars, '*');
    Word = Word.rtrim("*&");
    if (Word.empty() || is_contained(Noise, Word))
      continue;
    Base += Base.empty() ? "" : " ";
    Base += lastPartOf(Word);
  }
  return Base + Pointers;
}

static bool typeFits(QualType Type, StringRef Wanted, const ASTContext &Ctx) {
  if (Wanted == "_")
    return true;
  std::string Loose = looseType(Wanted);
  const PrintingPolicy &Policy = Ctx.getPrintingPolicy();
  return looseType(Type.getAsString(Policy)) == Loose ||
         looseType(Type.getCanonicalType().getAsString(Policy)) == Loose;
}

/// Compares against the declaration as it was written, so that a template's
/// parameter is "Token" and not what it was instantiated with.
static bool paramsFit(const FunctionDecl *F, ArrayRef<std::string> Params) {
  if (const FunctionDecl *Pattern =
          F->getTemplateInstantiationPattern(/*ForDefinition=*/false))
    F = Pattern;
  bool Open = !Params.empty() && Params.back() == "...";
  if (Open)
    Params = Params.drop_back();
  if (Open ? F->getNumParams() < Params.size()
           : F->getNumParams() != Params.size())
    return false;
  for (auto [Param, Wanted] : zip(F->parameters(), Params))
    if (!typeFits(Param->getType(), Wanted, F->getASTContext()))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// The set
//===----------------------------------------------------------------------===//

namespace {

/// A name that ends in '*', cut up for comparing.
struct Pattern {
  const FunctionModel *Model;
  StringRef Stem;     ///< the name without its stars
  StringRef LastStem; ///< the begin of the last part, "" for "a::*"
  bool Deep;          ///< "a::**"
};

/// A C entry has no scope and stands for extern "C" functions alone.
bool linkageFits(StringRef Name, const FunctionDecl *F) {
  return Name.contains("::") || F->isExternC();
}

} // namespace

struct ModelSet::Impl {
  const ModelSet *Base = nullptr;
  /// The built-in functions with exact names; read when they are asked for.
  std::unique_ptr<PackedModels> Packed;
  // Deques: entries are pointed to and must not move.
  std::deque<FunctionModel> Functions;
  std::deque<TypeModel> Types;
  std::deque<DialectModel> Dialects;
  std::vector<OpaqueNamespace> Opaque;
  StateNames State;

  /// Under one key the entry to prefer stands last.
  StringMap<SmallVector<const FunctionModel *, 1>> FunctionsByKey;
  StringMap<SmallVector<const TypeModel *, 1>> TypesByKey;
  StringMap<SmallVector<const DialectModel *, 1>> DialectsByTask;
  std::vector<Pattern> Patterns;

  void addFunction(FunctionModel M);
  llvm::ArrayRef<const FunctionModel *> functionsUnder(StringRef Key) const;
  const FunctionModel *findExact(const FunctionDecl *F, StringRef Key,
                                 std::string &Name) const;
  const FunctionModel *findPattern(const FunctionDecl *F, StringRef Key,
                                   std::string &Name) const;
};

ModelSet::ModelSet() : P(std::make_unique<Impl>()) {}
ModelSet::~ModelSet() = default;
ModelSet::ModelSet(ModelSet &&) = default;
ModelSet &ModelSet::operator=(ModelSet &&) = default;

ModelSet ModelSet::fromPacked(StringRef Bytes) {
  ModelSet Result;
  auto Packed = std::make_unique<PackedModels>(Bytes);
  Result.add(Packed->rest());
  Result.P->Packed = std::move(Packed);
  return Result;
}

ModelSet ModelSet::over(const ModelSet &Base) {
  ModelSet Result;
  Result.P->Base = &Base;
  Result.P->State = Base.stateNames();
  return Result;
}

bool ModelSet::add(StringRef Yaml, StringRef FileName,
                   std::vector<ModelError> &Errors) {
  size_t Before = Errors.size();
  add(parseModelFile(Yaml, FileName, Errors));
  return Errors.size() == Before;
}

void ModelSet::add(ModelFile File) {
  // Within a file an entry for some overloads is preferred to one for all, so
  // it is filed after it.
  for (bool Narrow : {false, true})
    for (FunctionModel &M : File.Functions)
      if (M.Params.has_value() == Narrow)
        P->addFunction(std::move(M));
  for (TypeModel &M : File.Types) {
    const TypeModel &Kept = P->Types.emplace_back(std::move(M));
    P->TypesByKey[lastPartOf(Kept.Name)].push_back(&Kept);
  }
  for (DialectModel &M : File.Dialects) {
    const DialectModel &Kept = P->Dialects.emplace_back(std::move(M));
    for (StringRef Task : Kept.TaskTypes)
      P->DialectsByTask[lastPartOf(Task)].push_back(&Kept);
  }
  append_range(P->Opaque, File.Opaque);
  P->State.append(File.State);
}

void ModelSet::Impl::addFunction(FunctionModel M) {
  const FunctionModel &Kept = Functions.emplace_back(std::move(M));
  StringRef Name = withoutGlobal(Kept.Name);
  if (!isPattern(Name)) {
    FunctionsByKey[lookupKeyOf(Name)].push_back(&Kept);
    return;
  }
  bool Deep = Name.ends_with("::**");
  StringRef Stem = Name.drop_back(Deep ? 2 : 1);
  Patterns.push_back({&Kept, Stem, lastPartOf(Stem), Deep});
}

ArrayRef<const FunctionModel *>
ModelSet::Impl::functionsUnder(StringRef Key) const {
  if (Packed)
    return Packed->functions(Key);
  auto It = FunctionsByKey.find(Key);
  if (It == FunctionsByKey.end())
    return {};
  return It->second;
}

const FunctionModel *ModelSet::Impl::findExact(const FunctionDecl *F,
                                               StringRef Key,
                                               std::string &Name) const {
  for (const FunctionModel *M : reverse(functionsUnder(Key))) {
    if (Name.empty())
      Name = modelName(F);
    // A C function is the same in whatever namespace it was declared.
    StringRef Wanted = withoutGlobal(M->Name);
    bool SameName = Wanted == Name || (F->isExternC() && Wanted == Key);
    if (SameName && linkageFits(M->Name, F) &&
        (!M->Params || paramsFit(F, *M->Params)))
      return M;
  }
  return nullptr;
}

const FunctionModel *ModelSet::Impl::findPattern(const FunctionDecl *F,
                                                 StringRef Key,
                                                 std::string &Name) const {
  for (const Pattern &Pat : reverse(Patterns)) {
    if (!Key.starts_with(Pat.LastStem))
      continue;
    if (Name.empty())
      Name = modelName(F);
    StringRef Rest = Name;
    if (!Rest.consume_front(Pat.Stem) || (!Pat.Deep && Rest.contains("::")))
      continue;
    if (linkageFits(Pat.Model->Name, F) &&
        (!Pat.Model->Params || paramsFit(F, *Pat.Model->Params)))
      return Pat.Model;
  }
  return nullptr;
}

const FunctionModel *ModelSet::find(const FunctionDecl *F) const {
  StringRef Key = lookupKey(F);
  if (Key.empty())
    return nullptr;
  std::string Name; // built when it is first needed
  for (const Impl *I = P.get(); I; I = I->Base ? I->Base->P.get() : nullptr)
    if (const FunctionModel *M = I->findExact(F, Key, Name))
      return M;
  for (const Impl *I = P.get(); I; I = I->Base ? I->Base->P.get() : nullptr)
    if (const FunctionModel *M = I->findPattern(F, Key, Name))
      return M;
  return nullptr;
}

const TypeModel *ModelSet::find(const CXXRecordDecl *R) const {
  if (!R->getIdentifier())
    return nullptr;
  auto It = P->TypesByKey.find(R->getName());
  if (It != P->TypesByKey.end()) {
    std::string Name = modelName(R);
    for (const TypeModel *M : reverse(It->second))
      if (withoutGlobal(M->Name) == Name)
        return M;
  }
  return P->Base ? P->Base->find(R) : nullptr;
}

const DialectModel *ModelSet::findDialect(const CXXRecordDecl *R) const {
  if (!R->getIdentifier())
    return nullptr;
  auto It = P->DialectsByTask.find(R->getName());
  if (It != P->DialectsByTask.end()) {
    std::string Name = modelName(R);
    for (const DialectModel *M : reverse(It->second))
      if (is_contained(M->TaskTypes, Name))
        return M;
  }
  return P->Base ? P->Base->findDialect(R) : nullptr;
}

const DialectModel *ModelSet::findDialect(StringRef Name) const {
  for (const DialectModel &M : P->Dialects)
    if (M.Name == Name)
      return &M;
  return P->Base ? P->Base->findDialect(Name) : nullptr;
}

ArrayRef<std::string>
ModelSet::awaitedMembers(const FunctionDecl *Transform) const {
  for (const DialectModel &M : P->Dialects)
    if (!M.AwaitsMembers.empty())
      if (std::string Name = Transform->getQualifiedNameAsString();
          StringRef(Name).starts_with(M.Namespace + "::"))
        return M.AwaitsMembers;
  return P->Base ? P->Base->awaitedMembers(Transform) : ArrayRef<std::string>();
}

//===----------------------------------------------------------------------===//
// Opaque namespaces
//===----------------------------------------------------------------------===//

/// The entry for the innermost opaque namespace around a declaration whose
/// enclosing namespaces, outermost first, are \p Scope.
static const OpaqueNamespace *findOpaque(ArrayRef<OpaqueNamespace> Entries,
                                         ArrayRef<StringRef> Scope) {
  const OpaqueNamespace *Best = nullptr;
  for (const OpaqueNamespace &O : Entries) {
    StringRef Rest = O.Name;
    bool Fits = true;
    for (StringRef Part : Scope) {
      if (Rest.empty())
        break;
      auto [First, Tail] = Rest.split("::");
      Fits = First == Part;
      if (!Fits)
        break;
      Rest = Tail;
    }
    if (Fits && Rest.empty() && (!Best || O.Name.size() >= Best->Name.size()))
      Best = &O;
  }
  return Best;
}

static SmallVector<StringRef, 4> namespacesAround(const NamedDecl *D) {
  SmallVector<StringRef, 4> Scope;
  const DeclContext *DC =
      isa<NamespaceDecl>(D) ? cast<DeclContext>(D) : D->getDeclContext();
  for (; DC; DC = DC->getParent())
    if (auto *NS = dyn_cast<NamespaceDecl>(DC); NS && !isSilent(NS))
      Scope.push_back(NS->getName());
  std::reverse(Scope.begin(), Scope.end());
  return Scope;
}

/// Written in the file that is linted: the program's own, though it stands in a
/// library's namespace, as that library's tests and sources do.
static bool isInMainFile(const NamedDecl *D) {
  if (const auto *F = dyn_cast<FunctionDecl>(D))
    if (const FunctionDecl *Definition = F->getDefinition())
      D = Definition;
  const SourceManager &SM = D->getASTContext().getSourceManager();
  return SM.isInMainFile(SM.getExpansionLoc(D->getLocation()));
}

bool ModelSet::isOpaque(const NamedDecl *D) const {
  if (isInMainFile(D))
    return false;
  SmallVector<StringRef, 4> Scope = namespacesAround(D);
  for (const Impl *I = P.get(); I; I = I->Base ? I->Base->P.get() : nullptr)
    if (!Scope.empty() && findOpaque(I->Opaque, Scope))
      return true;
  return false;
}

CallableUse ModelSet::opaqueCallableUse(const NamedDecl *D) const {
  SmallVector<StringRef, 4> Scope = namespacesAround(D);
  for (const Impl *I = P.get(); I; I = I->Base ? I->Base->P.get() : nullptr)
    if (const OpaqueNamespace *O = findOpaque(I->Opaque, Scope))
      return O->Use;
  return CallableUse::Inline;
}

//===----------------------------------------------------------------------===//
// Listing
//===----------------------------------------------------------------------===//

const StateNames &ModelSet::stateNames() const { return P->State; }

std::vector<const FunctionModel *> ModelSet::functions() const {
  std::vector<const FunctionModel *> Result;
  if (P->Base)
    Result = P->Base->functions();
  if (P->Packed)
    append_range(Result, P->Packed->allFunctions());
  for (const FunctionModel &M : P->Functions)
    Result.push_back(&M);
  return Result;
}

std::vector<const TypeModel *> ModelSet::types() const {
  std::vector<const TypeModel *> Result;
  if (P->Base)
    Result = P->Base->types();
  for (const TypeModel &M : P->Types)
    Result.push_back(&M);
  return Result;
}

} // namespace nostall
