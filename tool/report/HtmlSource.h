//===- HtmlSource.h - source lines, as HTML ---------------------*- C++ -*-===//
//
// Quotes lines of a file with their numbers, coloured by Clang's lexer: the
// whole file is lexed once, so that comments and raw strings of many lines are
// what they are.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_HTMLSOURCE_H
#define NOSTALL_TOOL_REPORT_HTMLSOURCE_H

#include "Finding.h"
#include "SourceTexts.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace nostall {

/// \p Text as HTML, in elements and in attributes; valid UTF-8.
std::string htmlText(llvm::StringRef Text);

class HtmlSource {
public:
  explicit HtmlSource(SourceTexts &Sources) : Sources(Sources) {}

  /// The line of \p Place, with the token there marked, and \p Around lines
  /// before and after it. Nothing, if the file cannot be read.
  void quote(const FindingMessage &Place, unsigned Around,
             llvm::raw_ostream &Out);

  /// The lines that \p Edits, all of one file, change: before and after.
  void difference(llvm::ArrayRef<Edit> Edits, llvm::raw_ostream &Out);

private:
  struct Token {
    unsigned Begin, End;
    char Class; ///< of the style sheet; 0: none
  };
  const std::vector<Token> &tokens(llvm::StringRef File);
  void line(llvm::StringRef File, unsigned Number, int MarkedOffset,
            llvm::raw_ostream &Out);

  SourceTexts &Sources;
  std::map<std::string, std::vector<Token>, std::less<>> Lexed;
};

} // namespace nostall

#endif
