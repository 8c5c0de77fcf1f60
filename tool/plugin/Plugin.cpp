//===- Plugin.cpp - libnostall-tidy.so ------------------------------------===//
//
// The checks for `clang-tidy-22 -load=libnostall-tidy.so`. There is nothing to
// do here: linking the checks registers them in the loading program. The file
// exists because a library wants a source.
//
//===----------------------------------------------------------------------===//
