//===- TidyFindings.cpp - clang-tidy's errors, as findings ----------------===//

#include "TidyFindings.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace clang::tidy;
using llvm::StringRef;

namespace nostall {

std::string fullFileName(StringRef Path, StringRef Directory) {
  llvm::SmallString<256> Full(Path);
  llvm::sys::path::make_absolute(Directory, Full);
  llvm::SmallString<256> Short(Full);
  llvm::sys::path::remove_dots(Short, /*remove_dot_dot=*/true);
  bool Same = Short == Full || !Full.str().contains("..") ||
              llvm::sys::fs::equivalent(Short, Full);
  return std::string(Same ? Short : Full);
}

namespace {

class Converter {
public:
  explicit Converter(SourceTexts &Sources) : Sources(Sources) {}

  Finding finding(const ClangTidyError &E) {
    if (BuildDirectory != E.BuildDirectory)
      Names.clear();
    BuildDirectory = E.BuildDirectory;
    Finding F;
    F.Check = E.DiagnosticName;
    F.Severity = E.DiagLevel == ClangTidyError::Error    ? Finding::Error
                 : E.DiagLevel == ClangTidyError::Remark ? Finding::Remark
                                                         : Finding::Warning;
    F.WarningAsError = E.IsWarningAsError;
    F.BuildDirectory = E.BuildDirectory;
    F.Main = message(E.Message);
    for (const tooling::DiagnosticMessage &Note : E.Notes)
      F.Notes.push_back(message(Note));
    return F;
  }

private:
  std::string fullName(StringRef Path) {
    if (Path.empty())
      return "";
    auto [It, IsNew] = Names.try_emplace(Path);
    if (IsNew)
      It->second = fullFileName(Path, BuildDirectory);
    return It->second;
  }

  FindingMessage message(const tooling::DiagnosticMessage &M) {
    FindingMessage Result;
    Result.Text = M.Message;
    Result.File = fullName(M.FilePath);
    if (Result.File.empty())
      return Result;
    Result.Offset = M.FileOffset;
    std::tie(Result.Line, Result.Column) =
        Sources.position(Result.File, Result.Offset);
    for (const tooling::FileByteRange &R : M.Ranges) {
      Result.Ranges.push_back({fullName(R.FilePath), R.FileOffset, R.Length});
      if (R.FileOffset == M.FileOffset && !Result.EndLine && R.Length)
        std::tie(Result.EndLine, Result.EndColumn) =
            Sources.position(Result.File, R.FileOffset + R.Length);
    }
    for (const auto &OfFile : M.Fix)
      for (const tooling::Replacement &R : OfFile.second)
        Result.Edits.push_back(
            {{fullName(R.getFilePath()), R.getOffset(), R.getLength()},
             R.getReplacementText().str()});
    llvm::sort(Result.Edits, [](const Edit &A, const Edit &B) {
      return A.Where.key() < B.Where.key();
    });
    return Result;
  }

  SourceTexts &Sources;
  StringRef BuildDirectory;
  llvm::StringMap<std::string> Names;
};

} // namespace

std::vector<Finding> toFindings(llvm::ArrayRef<ClangTidyError> Errors,
                                SourceTexts &Sources) {
  Converter C(Sources);
  std::vector<Finding> Findings;
  for (const ClangTidyError &E : Errors)
    Findings.push_back(C.finding(E));
  return Findings;
}

static tooling::DiagnosticMessage toTidyMessage(const FindingMessage &M) {
  tooling::DiagnosticMessage Result(M.Text);
  Result.FilePath = M.File;
  Result.FileOffset = M.Offset;
  for (const Span &S : M.Ranges) {
    tooling::FileByteRange &R = Result.Ranges.emplace_back();
    R.FilePath = S.File;
    R.FileOffset = S.Offset;
    R.Length = S.Length;
  }
  for (const Edit &E : M.Edits)
    if (llvm::Error Overlap = Result.Fix[E.Where.File].add(tooling::Replacement(
            E.Where.File, E.Where.Offset, E.Where.Length, E.Text))) {
      // Half a fix is none.
      llvm::consumeError(std::move(Overlap));
      Result.Fix.clear();
      break;
    }
  return Result;
}

ClangTidyError toTidyError(const Finding &F) {
  ClangTidyError E(F.Check,
                   F.Severity == Finding::Error    ? ClangTidyError::Error
                   : F.Severity == Finding::Remark ? ClangTidyError::Remark
                                                   : ClangTidyError::Warning,
                   F.BuildDirectory, F.WarningAsError);
  E.Message = toTidyMessage(F.Main);
  for (const FindingMessage &Note : F.Notes)
    E.Notes.push_back(toTidyMessage(Note));
  return E;
}

} // namespace nostall
