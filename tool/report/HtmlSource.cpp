//===- HtmlSource.cpp - source lines, as HTML -----------------------------===//

#include "HtmlSource.h"
#include "clang/Basic/IdentifierTable.h"
#include "clang/Basic/LangOptions.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace nostall {

std::string htmlText(StringRef Text) {
  std::string Result;
  raw_string_ostream Out(Result);
  printHTMLEscaped(json::fixUTF8(Text), Out);
  return Result;
}

static clang::LangOptions currentCxx() {
  clang::LangOptions Options;
  Options.CPlusPlus = Options.CPlusPlus11 = Options.CPlusPlus14 =
      Options.CPlusPlus17 = Options.CPlusPlus20 = Options.Coroutines =
          Options.Bool = Options.WChar = Options.Char8 =
              Options.RawStringLiterals = Options.LineComment =
                  Options.Digraphs = true;
  return Options;
}

static char classOf(const clang::Token &T, bool IsDirective,
                    clang::IdentifierTable &Words) {
  namespace tok = clang::tok;
  if (T.is(tok::comment))
    return 'c';
  if (T.is(tok::numeric_constant))
    return 'n';
  if (tok::isLiteral(T.getKind()))
    return 's';
  if (T.is(tok::hash) && T.isAtStartOfLine())
    return 'k';
  if (T.is(tok::raw_identifier) &&
      (IsDirective ||
       Words.get(T.getRawIdentifier()).getTokenID() != tok::identifier))
    return 'k';
  return 0;
}

const std::vector<HtmlSource::Token> &HtmlSource::tokens(StringRef File) {
  auto It = Lexed.find(File);
  if (It != Lexed.end())
    return It->second;
  std::vector<Token> &Tokens = Lexed[File.str()];
  static const clang::LangOptions Options = currentCxx();
  static clang::IdentifierTable Words(Options);
  StringRef Text = Sources.text(File);
  clang::Lexer Lexer(clang::SourceLocation(), Options, Text.begin(),
                     Text.begin(), Text.end());
  Lexer.SetCommentRetentionState(true);
  bool IsDirective = false; // the last token was the # of one
  clang::Token T;
  while (true) {
    Lexer.LexFromRawLexer(T);
    if (T.is(clang::tok::eof))
      return Tokens;
    unsigned End = Lexer.getBufferLocation() - Text.begin();
    Tokens.push_back(
        {End - T.getLength(), End, classOf(T, IsDirective, Words)});
    IsDirective = T.is(clang::tok::hash) && T.isAtStartOfLine();
  }
}

/// Line \p Number; the token at \p MarkedOffset is marked.
void HtmlSource::line(StringRef File, unsigned Number, int MarkedOffset,
                      raw_ostream &Out) {
  StringRef Line = Sources.line(File, Number);
  unsigned Begin = Sources.lineOffset(File, Number), End = Begin + Line.size();
  unsigned At = Begin;
  auto Plain = [&](unsigned To) {
    Out << htmlText(Line.slice(At - Begin, To - Begin));
    At = To;
  };
  const std::vector<Token> &All = tokens(File);
  auto It =
      partition_point(All, [&](const Token &T) { return T.End <= Begin; });
  for (; It != All.end() && It->Begin < End; ++It) {
    bool IsMarked = static_cast<int>(It->Begin) == MarkedOffset;
    if (!It->Class && !IsMarked)
      continue;
    Plain(std::max(It->Begin, Begin));
    if (IsMarked)
      Out << "<mark>";
    if (It->Class)
      Out << "<span class=\"" << It->Class << "\">";
    Plain(std::min(It->End, End));
    Out << (It->Class ? "</span>" : "") << (IsMarked ? "</mark>" : "");
  }
  Plain(End);
}

void HtmlSource::quote(const FindingMessage &Place, unsigned Around,
                       raw_ostream &Out) {
  unsigned Count = Sources.lineCount(Place.File);
  if (Place.Line == 0 || Place.Line > Count)
    return;
  unsigned First = Place.Line > Around ? Place.Line - Around : 1;
  unsigned Last = std::min(Count, Place.Line + Around);
  Out << "<pre class=\"source\">";
  for (unsigned Number = First; Number <= Last; ++Number) {
    bool IsHit = Number == Place.Line;
    Out << "<span class=\"l" << (IsHit ? " hit" : "") << "\" data-n=\""
        << Number << "\">";
    line(Place.File, Number, IsHit ? static_cast<int>(Place.Offset) : -1, Out);
    Out << "</span>";
  }
  Out << "</pre>\n";
}

void HtmlSource::difference(ArrayRef<Edit> Edits, raw_ostream &Out) {
  StringRef File = Edits.front().Where.File;
  StringRef Text = Sources.text(File);
  Out << "<pre class=\"source\">";
  while (!Edits.empty()) {
    // The lines of one edit, and of all that follow in the same lines.
    size_t Taken = 0;
    unsigned First = Sources.position(File, Edits[0].Where.Offset).first;
    unsigned Last = First;
    std::string After;
    unsigned At = First ? Sources.lineOffset(File, First) : Text.size();
    for (const Edit &E : Edits) {
      unsigned End = E.Where.Offset + E.Where.Length;
      auto [FromLine, FromColumn] = Sources.position(File, E.Where.Offset);
      auto [ToLine, ToColumn] = Sources.position(File, End);
      if (!FromLine || !ToLine || (Taken && FromLine > Last))
        break;
      After += Text.slice(At, E.Where.Offset);
      After += E.Text;
      At = End;
      Last = ToLine;
      ++Taken;
    }
    if (!Taken) // the file is another one by now
      break;
    Edits = Edits.drop_front(Taken);
    unsigned Number = First;
    for (; Number <= Last; ++Number) {
      Out << "<span class=\"l gone\" data-n=\"" << Number << "\">";
      line(File, Number, -1, Out);
      Out << "</span>";
    }
    After += Text.drop_front(At).take_until([](char C) { return C == '\n'; });
    for (StringRef Line : split(After, '\n'))
      Out << "<span class=\"l new\" data-n=\"+\">" << htmlText(Line.rtrim('\r'))
          << "</span>";
  }
  Out << "</pre>\n";
}

} // namespace nostall
