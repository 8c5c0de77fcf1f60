# nostall_embed_text(<target> <file>...): makes <file>.inc of each, one
# raw string literal that a source includes. The build runs this file again, as
# a script, to write it.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${INPUT}" body)
  file(WRITE "${OUTPUT}" "R\"nostalltext(${body})nostalltext\"\n")
  return()
endif()

set(_nostall_embed_text_script "${CMAKE_CURRENT_LIST_FILE}")

function(nostall_embed_text target)
  foreach(input IN LISTS ARGN)
    get_filename_component(input "${input}" ABSOLUTE)
    get_filename_component(name "${input}" NAME)
    set(output "${CMAKE_CURRENT_BINARY_DIR}/text/${name}.inc")
    add_custom_command(OUTPUT "${output}"
      COMMAND "${CMAKE_COMMAND}" "-DINPUT=${input}" "-DOUTPUT=${output}"
              -P "${_nostall_embed_text_script}"
      DEPENDS "${input}" "${_nostall_embed_text_script}"
      COMMENT "Embedding ${name}" VERBATIM)
    target_sources(${target} PRIVATE "${output}")
  endforeach()
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/text")
endfunction()
