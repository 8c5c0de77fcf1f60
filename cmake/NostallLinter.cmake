# What every target of the linter is built with.
#
# LLVM and Clang are the distribution's shared libraries; only the clang-tidy
# and clangd parts, which have no shared library, are linked statically.
# All objects are position independent, because one object file of checks
# serves the two programs and the plugin.
#
# What is shipped is hardened as Debian's packages are: the same flags, which the
# sanitizers' builds do without. No path of the machine that builds gets into it.
#
# Gives: nostall-flags (interface library), nostall-pch (the precompiled
# header that all linter targets reuse), CLANG_RESOURCE_DIR.

find_package(LLVM 22.1 CONFIG PATHS /usr/lib/llvm-22)
if(NOT LLVM_FOUND)
  message(FATAL_ERROR "the linter needs LLVM 22: apt-get install llvm-22-dev "
                      "libclang-22-dev clang-22, or configure with -DNOSTALL_LINTER=OFF")
endif()
find_package(Clang REQUIRED CONFIG PATHS "${LLVM_LIBRARY_DIR}/cmake/clang" NO_DEFAULT_PATH)

# Debian installs both a clang-22 and unversioned clangs of other releases; the
# precompiled header must be read by the compiler that wrote it and that knows
# LLVM 22's headers.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 22)
  message(FATAL_ERROR "the linter is built with clang++-22, not ${CMAKE_CXX_COMPILER} "
                      "(${CMAKE_CXX_COMPILER_VERSION}): configure with a preset, or with "
                      "-DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22")
endif()

set(CLANG_RESOURCE_DIR "${LLVM_LIBRARY_DIR}/clang/${LLVM_VERSION_MAJOR}")

# libstdc++ 12's stable_sort uses what C++20 deprecates, which clang 22 says
# to those who call it: hence no deprecation warnings.
add_library(nostall-flags INTERFACE)
target_compile_features(nostall-flags INTERFACE cxx_std_20)
target_compile_options(nostall-flags INTERFACE
  -fno-rtti -fno-exceptions -fPIC -fvisibility-inlines-hidden
  -Wall -Wextra -Wno-unused-parameter -Wno-deprecated-declarations -Wimplicit-fallthrough
  $<$<BOOL:${NOSTALL_WERROR}>:-Werror>)
target_compile_options(nostall-flags INTERFACE -ffunction-sections -fdata-sections
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=" "-ffile-prefix-map=${PROJECT_BINARY_DIR}/=build/"
  $<$<CONFIG:Release>:-fstack-protector-strong> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
separate_arguments(_nostall_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(nostall-flags INTERFACE ${_nostall_llvm_definitions})
target_include_directories(nostall-flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
target_include_directories(nostall-flags INTERFACE "${PROJECT_SOURCE_DIR}/checks")

# A check takes 6 s to compile without this header and 1.5 s with it.
add_library(nostall-pch OBJECT "${CMAKE_CURRENT_LIST_DIR}/pch.cpp")
target_link_libraries(nostall-pch PRIVATE nostall-flags)
target_precompile_headers(nostall-pch PRIVATE "${CMAKE_CURRENT_LIST_DIR}/pch.h")

# nostall_linter_target(<target>): the flags and the precompiled header.
function(nostall_linter_target target)
  target_link_libraries(${target} PRIVATE nostall-flags)
  target_precompile_headers(${target} REUSE_FROM nostall-pch)
endfunction()
