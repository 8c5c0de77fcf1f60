# nostall_embed_commit(<target>): makes commit.inc, which defines NOSTALL_COMMIT. It
# is written again after a commit or a checkout, and not in every build: what git
# writes then is what it depends on. NOSTALL_COMMIT says the commit where there is
# no git, as in a source archive.

if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT commit)
    set(commit unknown)
  endif()
  file(WRITE "${OUTPUT}" "#define NOSTALL_COMMIT \"${commit}\"\n")
  return()
endif()

set(NOSTALL_COMMIT "" CACHE STRING "The commit that --version tells; empty: git is asked")
set(_nostall_embed_commit_script "${CMAKE_CURRENT_LIST_FILE}")

function(nostall_embed_commit target)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/text/commit.inc")
  target_sources(${target} PRIVATE "${output}")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/text")
  if(NOSTALL_COMMIT)
    file(CONFIGURE OUTPUT "${output}" CONTENT "#define NOSTALL_COMMIT \"${NOSTALL_COMMIT}\"\n")
    return()
  endif()
  foreach(file IN ITEMS HEAD logs/HEAD)
    execute_process(COMMAND git -C "${PROJECT_SOURCE_DIR}" rev-parse --git-path ${file}
      OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    get_filename_component(path "${path}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
    if(EXISTS "${path}" AND NOT IS_DIRECTORY "${path}")
      list(APPEND git_files "${path}")
    endif()
  endforeach()
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${output}"
            -P "${_nostall_embed_commit_script}"
    DEPENDS ${git_files} "${_nostall_embed_commit_script}"
    COMMENT "Embedding the commit" VERBATIM)
endfunction()
