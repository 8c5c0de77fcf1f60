//===- SourceTexts.cpp - the sources that reports quote -------------------===//

#include "SourceTexts.h"
#include <algorithm>

using llvm::StringRef;

namespace nostall {

const SourceTexts::Source &SourceTexts::read(StringRef File) {
  auto [It, IsNew] = Sources.try_emplace(File);
  Source &S = It->second;
  if (!IsNew || File.empty())
    return S;
  // Not mapped: somebody may be editing it.
  auto Text = Disk->getBufferForFile(File, /*FileSize=*/-1,
                                     /*RequiresNullTerminator=*/true,
                                     /*IsVolatile=*/true);
  if (!Text)
    return S;
  S.Text = std::move(*Text);
  StringRef Rest = S.Text->getBuffer();
  S.Starts.push_back(0);
  for (size_t At = Rest.find('\n'); At != StringRef::npos;
       At = Rest.find('\n', At + 1))
    S.Starts.push_back(At + 1);
  return S;
}

std::pair<unsigned, unsigned> SourceTexts::position(StringRef File,
                                                    unsigned Offset) {
  const Source &S = read(File);
  if (!S.Text || Offset > S.Text->getBufferSize())
    return {0, 0};
  auto After = std::upper_bound(S.Starts.begin(), S.Starts.end(), Offset);
  unsigned Line = After - S.Starts.begin();
  return {Line, Offset - S.Starts[Line - 1] + 1};
}

StringRef SourceTexts::line(StringRef File, unsigned Number) {
  const Source &S = read(File);
  if (Number == 0 || Number > S.Starts.size())
    return "";
  return S.Text->getBuffer()
      .drop_front(S.Starts[Number - 1])
      .take_until([](char C) { return C == '\n'; })
      .rtrim('\r');
}

unsigned SourceTexts::lineCount(StringRef File) {
  return read(File).Starts.size();
}

unsigned SourceTexts::lineOffset(StringRef File, unsigned Number) {
  return read(File).Starts[Number - 1];
}

StringRef SourceTexts::text(StringRef File) {
  const Source &S = read(File);
  return S.Text ? S.Text->getBuffer() : StringRef("");
}

} // namespace nostall
