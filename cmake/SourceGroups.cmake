# Sources that do not disturb one another are compiled as one: most of a small source's time goes
# into the headers that it shares with others. source_groups.py says which; it is asked at each
# configuration, as script/test does one.
function(postern_group_sources target)
  if(NOT POSTERN_GROUPED)
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  get_target_property(sources ${target} SOURCES)
  string(REPLACE ";" "\n" paths "${sources}")
  file(WRITE ${CMAKE_BINARY_DIR}/generated/${target}.sources "${paths}\n")
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/cmake/source_groups.py ${CMAKE_BINARY_DIR}
    INPUT_FILE ${CMAKE_BINARY_DIR}/generated/${target}.sources
    OUTPUT_VARIABLE lines OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([0-9]+) (.*)$" line "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} TARGET_DIRECTORY ${target}
                                PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A class of its own source's unnamed namespace within one that a header declares is meant so.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
