//===- MappedUnit.cpp - what is known of one source, as a file ------------===//

#include "MappedUnit.h"
#include "Archive.h"
#include "ReportArchive.h"
#include "Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

using llvm::StringRef;

namespace nostall {

static constexpr StringRef Magic = "nostall map\n";
static constexpr size_t HashLength = 32;

static const std::string &program() {
  static const std::string Name =
      llvm::formatv("nostall {0} (LLVM " LLVM_VERSION_STRING ", layout {1})",
                    Version, ReportLayout);
  return Name;
}

static std::string hashOf(StringRef Bytes) {
  llvm::XXH128_hash_t Hash =
      llvm::xxh3_128bits(llvm::arrayRefFromStringRef(Bytes));
  return llvm::formatv("{0:x-16}{1:x-16}", Hash.high64, Hash.low64);
}

//===--- names without the root -------------------------------------------===//

// Stands for the root in a text, and for itself.
static constexpr char Escape = '\x1a';
static constexpr char RootEscape = 'R', OwnEscape = 'E';

static bool isPathCharacter(char C) {
  return llvm::isAlnum(C) || C == '.' || C == '_' || C == '-';
}

/// Whether the bytes from \p At to \p End of \p Text can be a whole path, or
/// whole folders of one.
static bool isWholePath(StringRef Text, size_t At, size_t End) {
  return (At == 0 || (!isPathCharacter(Text[At - 1]) && Text[At - 1] != '/')) &&
         (End == Text.size() || !isPathCharacter(Text[End]));
}

static void dropRoot(std::string &Text, StringRef Root) {
  if (Root.empty())
    return;
  for (size_t At = Text.find(Root); At != std::string::npos;
       At = Text.find(Root, At + 1))
    if (isWholePath(Text, At, At + Root.size()))
      Text.replace(At, Root.size(), {Escape, RootEscape});
}

static void doubleEscapes(std::string &Text) {
  for (size_t At = Text.find(Escape); At != std::string::npos;
       At = Text.find(Escape, At + 2))
    Text.insert(At + 1, 1, OwnEscape);
}

/// Sentences name files from the root where nobody is to be told of it.
static void addRoot(std::string &Text, const ProjectRoot &Root) {
  for (size_t At = Text.find(Escape); At != std::string::npos;) {
    StringRef Rest = StringRef(Text).substr(At + 1), By(&Escape, 1);
    size_t Length = 2;
    if (Rest.starts_with(RootEscape)) {
      const bool IsLeftOut = At != 0 && !Root.isTold();
      By = IsLeftOut ? "" : Root.folder();
      Length += IsLeftOut && Rest.drop_front().starts_with("/");
    }
    Text.replace(At, Length, By.data(), By.size());
    At = Text.find(Escape, At + By.size());
  }
}

static void changeTexts(MappedUnit &Unit,
                        llvm::function_ref<void(std::string &)> Change) {
  for (std::string *Text :
       {&Unit.File, &Unit.Origin, &Unit.Checks, &Unit.FormatStyle})
    Change(*Text);
  for (std::string &Problem : Unit.Problems)
    Change(Problem);
  for (UnitReport &Report : Unit.Reports)
    changeTexts(Report, Change);
}

//===--- bytes ------------------------------------------------------------===//

/// What stands in the bytes: a unit, with its reports packed.
namespace {
struct Packed {
  MappedUnit &Unit;
  std::vector<std::string> Reports{};
};
} // namespace

template <class A> static void describe(A &Ar, Packed &V) {
  MappedUnit &U = V.Unit;
  Ar(U.File, U.Origin, U.GivenFlags, U.Checks, U.FormatStyle, U.Problems,
     V.Reports);
}

std::string writeMappedUnit(MappedUnit Unit, const ProjectRoot &Root) {
  changeTexts(Unit, [&](std::string &Text) {
    doubleEscapes(Text);
    dropRoot(Text, Root.folder());
    dropRoot(Text, Root.realFolder());
  });
  Packed All{Unit};
  for (const UnitReport &Report : Unit.Reports)
    All.Reports.push_back(packReport(Report));
  Writer Write;
  Write(All);
  const std::string Body = Write.take();
  return (Magic + program() + "\n" + hashOf(Body) + "\n" + Body).str();
}

llvm::Expected<MappedUnit> readMappedUnit(StringRef Bytes, StringRef Name,
                                          const ProjectRoot &Root) {
  if (!Bytes.consume_front(Magic))
    return llvm::createStringError(
        "'" + Name +
        "' is not a file of nostall map; give files that "
        "'nostall map -o FILE' has written");
  auto [By, Rest] = Bytes.split('\n');
  if (By != program() && By.starts_with("nostall ") && By.ends_with(")"))
    return llvm::createStringError("'" + Name + "' was written by " + By +
                                   ", and this is " + program() +
                                   "; map and link with the same nostall");
  MappedUnit Unit;
  Packed All{Unit};
  auto Damaged = [&] {
    return llvm::createStringError("'" + Name +
                                   "' is damaged or cut short; "
                                   "run nostall map again");
  };
  StringRef Body = Rest.drop_front(std::min(HashLength + 1, Rest.size()));
  if (By != program() || !Rest.starts_with(hashOf(Body) + "\n"))
    return Damaged();
  Reader Read(Body);
  Read(All);
  if (!Read.succeeded())
    return Damaged();
  for (const std::string &Report : All.Reports) {
    auto Unpacked = unpackReport(Report);
    if (!Unpacked)
      return Damaged();
    Unit.Reports.push_back(std::move(*Unpacked));
  }
  changeTexts(Unit, [&](std::string &Text) { addRoot(Text, Root); });
  return Unit;
}

} // namespace nostall
