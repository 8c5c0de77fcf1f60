//===- Sources.cpp - from the command line's names to compile commands ----===//

#include "Sources.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <map>

using namespace clang::tooling;
using llvm::StringRef;

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static bool isCxxSource(StringRef File) {
  StringRef Suffix = path::extension(File);
  return llvm::is_contained({".cpp", ".cc", ".cxx", ".c++", ".C", ".cppm",
                             ".ixx", ".ccm", ".cxxm", ".c++m", ".mpp"},
                            Suffix);
}

/// Of a program that a database lists, C sources count as well: coroutines call
/// what is in them.
static bool isListedSource(StringRef File) {
  return isCxxSource(File) || path::extension(File) == ".c";
}

static std::string quoted(StringRef Name) { return ("'" + Name + "'").str(); }

namespace {

/// The state of one collectJobs().
class Collector {
public:
  explicit Collector(Compilations &From) : From(From) {}
  Jobs take() && {
    llvm::append_range(Result.Remarks, From.takeRemarks());
    return std::move(Result);
  }

  void add(StringRef Name) {
    llvm::SmallString<256> Path(Name);
    if (std::error_code EC = fs::make_absolute(Path))
      return problem(quoted(Name) + ": " + EC.message());
    path::remove_dots(Path, /*remove_dot_dot=*/true);
    if (fs::is_directory(Path))
      return addDirectory(Name, Path);
    if (fs::exists(Path))
      return addFile(Name, Path);
    if (Path.str().find_first_of("*?[{") != StringRef::npos)
      return addGlob(Name, Path);
    problem("there is no file or folder " + quoted(Name));
  }

  /// All that the given databases list and that there is.
  void addListed() {
    std::vector<std::string> Files, Lists;
    for (const Compilations::Source *Source : From.all()) {
      Lists.push_back(Source->Path);
      for (const std::string &Listed : Source->Commands->getAllFiles()) {
        llvm::SmallString<256> File(Listed);
        path::remove_dots(File, /*remove_dot_dot=*/true);
        if (isListedSource(File))
          Files.push_back(std::string(File));
      }
    }
    llvm::sort(Files);
    Files.erase(llvm::unique(Files), Files.end());
    if (Files.empty())
      return problem("no C++ source is listed in " + llvm::join(Lists, " or ") +
                     "; name the files");
    for (const std::string &File : Files)
      addFile(File, File);
  }

private:
  void problem(const llvm::Twine &Text) {
    Result.Problems.push_back(Text.str());
  }

  void addFile(StringRef Name, StringRef Path) {
    if (!Seen.insert(Path).second)
      return;
    if (!fs::exists(Path))
      return problem("there is no file " + quoted(Name) +
                     ", which a compilation database lists; make it, or the "
                     "database anew");
    // To open a pipe may take for ever.
    if (!fs::is_regular_file(Path))
      return problem(quoted(Name) + " is not a regular file");
    if (auto FD = fs::openNativeFileForRead(Path))
      fs::closeFile(*FD);
    else
      return problem("cannot read " + quoted(Name) + ": " +
                     llvm::toString(FD.takeError()));

    auto Source = From.find(Path);
    if (!Source)
      return databaseProblem(Source.takeError());
    Job New;
    New.File = Path.str();
    if (*Source) {
      New.Commands = From.commands(**Source, Path);
      New.Origin = (*Source)->Path;
      New.GivenFlags = New.Origin.empty();
    }
    if (New.Commands.empty()) {
      New.Commands = FixedCompilationDatabase(".", {FallbackStandard})
                         .getCompileCommands(Path);
      sayFallback(Name);
    }
    if (isListedByAnotherName(New))
      return;
    Result.List.push_back(std::move(New));
  }

  /// A file with two names is one, unless it is compiled in two ways.
  bool isListedByAnotherName(const Job &New) {
    fs::UniqueID Id;
    if (fs::getUniqueID(New.File, Id))
      return false;
    std::vector<size_t> &Same = ById[{Id.getDevice(), Id.getFile()}];
    if (llvm::any_of(Same, [&](size_t I) {
          return llvm::equal(Result.List[I].Commands, New.Commands,
                             compilesTheSame);
        }))
      return true;
    Same.push_back(Result.List.size());
    return false;
  }

  static bool compilesTheSame(const CompileCommand &A,
                              const CompileCommand &B) {
    return A.Directory == B.Directory &&
           llvm::equal(A.CommandLine, B.CommandLine,
                       [&](StringRef Flag, StringRef Other) {
                         return Flag == Other ||
                                (Flag == A.Filename && Other == B.Filename);
                       });
  }

  void sayFallback(StringRef Name) {
    if (std::exchange(SaidFallback, true))
      return;
    Result.Remarks.push_back(
        "no compile_commands.json is known for " + quoted(Name) +
        ": parsing it with " + FallbackStandard +
        " alone; give -p BUILD_DIR, or the flags after --");
  }

  /// A database that cannot be read concerns every file under it: said once.
  void databaseProblem(llvm::Error Error) {
    std::string Text = llvm::toString(std::move(Error));
    if (DatabaseProblems.insert(Text).second)
      problem(Text);
  }

  void addDirectory(StringRef Name, StringRef Path) {
    auto Sources = From.below(Path);
    if (!Sources)
      return databaseProblem(Sources.takeError());
    std::vector<std::string> Files, Lists;
    for (const Compilations::Source *Source : *Sources)
      if (std::vector<std::string> All = Source->Commands->getAllFiles();
          !Source->Path.empty() && !All.empty()) {
        Lists.push_back(Source->Path);
        llvm::append_range(Files, listedBelow(Path, All));
      }
    Unreadable = false;
    if (Lists.empty())
      walk(Path, Files);
    llvm::sort(Files);
    Files.erase(llvm::unique(Files), Files.end());
    if (Files.empty() && !Unreadable)
      return problem(Lists.empty()
                         ? "there is no C++ source below " + quoted(Name)
                         : "no C++ source below " + quoted(Name) +
                               " is listed in " + llvm::join(Lists, " or ") +
                               "; name the files, or another -p");
    for (const std::string &File : Files)
      addFile(File, File);
  }

  /// Adds every file that fits the pattern \p Path.
  void addGlob(StringRef Name, StringRef Path) {
    llvm::SmallVector<StringRef, 16> Names;
    Path.split(Names, '/', -1, /*KeepEmpty=*/false);
    std::vector<llvm::GlobPattern> Globs;
    for (StringRef Part : Names) {
      auto Glob = llvm::GlobPattern::create(Part, /*MaxSubPatterns=*/1024);
      if (!Glob)
        return problem(quoted(Name) + " is not a pattern: " +
                       llvm::toString(Glob.takeError()));
      Globs.push_back(std::move(*Glob));
    }
    // Names before the first that is a pattern are the folder to look in.
    size_t First =
        llvm::find_if(Names,
                      [](StringRef Part) {
                        return Part.find_first_of("*?[{") != StringRef::npos;
                      }) -
        Names.begin();
    llvm::SmallString<256> Folder("/");
    for (StringRef Part : llvm::ArrayRef(Names).take_front(First))
      path::append(Folder, Part);
    bool NamesSuffix = Names.back().contains('.');

    std::vector<std::string> Below, Files;
    if (fs::is_directory(Folder))
      walk(Folder, Below, /*AnyFile=*/NamesSuffix);
    for (std::string &File : Below) {
      llvm::SmallVector<StringRef, 16> Parts;
      StringRef(File).split(Parts, '/', -1, /*KeepEmpty=*/false);
      if (fits(llvm::ArrayRef(Parts).drop_front(First),
               llvm::ArrayRef(Names).drop_front(First),
               llvm::ArrayRef(Globs).drop_front(First)))
        Files.push_back(std::move(File));
    }
    if (Files.empty())
      return problem("no " + llvm::Twine(NamesSuffix ? "file" : "C++ source") +
                     " fits " + quoted(Name));
    llvm::sort(Files);
    for (const std::string &File : Files)
      addFile(File, File);
  }

  /// Whether the names in \p Parts fit the patterns one by one; "**" fits any
  /// number of names.
  static bool fits(llvm::ArrayRef<StringRef> Parts,
                   llvm::ArrayRef<StringRef> Names,
                   llvm::ArrayRef<llvm::GlobPattern> Globs) {
    if (Names.empty())
      return Parts.empty();
    if (Names.front() == "**") {
      for (size_t Skipped = 0; Skipped <= Parts.size(); ++Skipped)
        if (fits(Parts.drop_front(Skipped), Names.drop_front(),
                 Globs.drop_front()))
          return true;
      return false;
    }
    return !Parts.empty() && Globs.front().match(Parts.front()) &&
           fits(Parts.drop_front(), Names.drop_front(), Globs.drop_front());
  }

  std::vector<std::string> listedBelow(StringRef Directory,
                                       llvm::ArrayRef<std::string> All) {
    // Build systems write real paths, people type through symbolic links.
    llvm::SmallString<256> Real;
    if (fs::real_path(Directory, Real))
      Real = Directory;
    std::vector<std::string> Files;
    for (const std::string &Listed : All) {
      llvm::SmallString<256> File(Listed);
      path::remove_dots(File, /*remove_dot_dot=*/true);
      if (!isListedSource(File))
        continue;
      for (StringRef Root : {Directory, StringRef(Real)}) {
        StringRef Rest = File;
        if (Rest.consume_front(Root) &&
            (Root.ends_with("/") || Rest.starts_with("/"))) {
          Files.push_back(std::string(File));
          break;
        }
      }
    }
    return Files;
  }

  /// Adds the C++ sources below \p Directory, or all files, to \p Files; hidden
  /// folders (.git and its like) are left out, links to folders are not
  /// followed.
  void walk(StringRef Directory, std::vector<std::string> &Files,
            bool AnyFile = false) {
    std::error_code EC;
    for (fs::directory_iterator It(Directory, EC, /*follow_symlinks=*/false),
         End;
         !EC && It != End; It.increment(EC)) {
      StringRef Path = It->path();
      if (path::filename(Path).starts_with("."))
        continue;
      if (It->type() == fs::file_type::directory_file)
        walk(Path, Files, AnyFile);
      else if (AnyFile || isCxxSource(Path))
        Files.push_back(Path.str());
    }
    if (EC) {
      Unreadable = true;
      problem("cannot read the folder " + quoted(Directory) + ": " +
              EC.message());
    }
  }

  Compilations &From;
  Jobs Result;
  llvm::StringSet<> Seen, DatabaseProblems;
  /// Numbers in the list, by device and inode.
  std::map<std::pair<uint64_t, uint64_t>, std::vector<size_t>> ById;
  bool SaidFallback = false;
  bool Unreadable = false;
};

} // namespace

Jobs collectJobs(llvm::ArrayRef<std::string> Names, Compilations &From) {
  Collector C(From);
  for (StringRef Name : Names)
    C.add(Name);
  return std::move(C).take();
}

Jobs listedJobs(Compilations &From) {
  Collector C(From);
  C.addListed();
  return std::move(C).take();
}

std::vector<Job> otherJobs(llvm::ArrayRef<Job> Chosen, Compilations &From) {
  llvm::StringSet<> Seen, Origins;
  for (const Job &J : Chosen) {
    Seen.insert(J.File);
    // People type through symbolic links.
    if (llvm::SmallString<256> Real; !fs::real_path(J.File, Real))
      Seen.insert(Real);
    Origins.insert(J.Origin);
  }
  std::vector<Job> Others;
  for (const Compilations::Source *Source : From.all()) {
    if (Source->Path.empty() ||
        (!From.areGiven() && !Origins.contains(Source->Path)))
      continue;
    for (const std::string &Listed : Source->Commands->getAllFiles()) {
      llvm::SmallString<256> File(Listed);
      path::remove_dots(File, /*remove_dot_dot=*/true);
      if (!isListedSource(File) || !Seen.insert(File).second ||
          !fs::exists(File))
        continue;
      Job &New = Others.emplace_back();
      New.File = std::string(File);
      New.Commands = From.commands(*Source, File);
      New.Origin = Source->Path;
    }
  }
  return Others;
}

} // namespace nostall
