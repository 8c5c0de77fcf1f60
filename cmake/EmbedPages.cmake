# nostall_embed_pages(<target>): makes EmbeddedPages.inc, the text of every
# check's page, for `nostall explain`. The build runs this file again, as a
# script, to write it.

if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Generated from checks/*/*.md.\n")
  foreach(page IN LISTS PAGES)
    get_filename_component(id "${page}" NAME_WE)
    file(READ "${page}" body)
    string(APPEND text "{\"nostall-${id}\", R\"nostallpage(${body})nostallpage\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${text}")
  return()
endif()

set(_nostall_embed_pages_script "${CMAKE_CURRENT_LIST_FILE}")

function(nostall_embed_pages target)
  file(GLOB pages CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*/*.md")
  list(FILTER pages EXCLUDE REGEX "/models/")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/pages/EmbeddedPages.inc")
  # A list keeps its semicolons only when it is one quoted argument.
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DPAGES=${pages}" "-DOUTPUT=${output}"
            -P "${_nostall_embed_pages_script}"
    DEPENDS ${pages} "${_nostall_embed_pages_script}"
    COMMENT "Embedding the checks' pages" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/pages")
endfunction()
