# Headers that nearly every file reads and that are not ours: read once a library. Ours stay out, so
# that what a file includes is still what it needs, and a change of one header builds only what uses
# it.
set(postern_standard_headers
  <algorithm> <array> <atomic> <chrono> <cstdint> <functional> <map> <memory> <optional> <span>
  <stdexcept> <string> <string_view> <tuple> <utility> <variant> <vector>)

function(postern_precompile target)
  if(POSTERN_PCH)
    target_precompile_headers(${target} PRIVATE ${postern_standard_headers} ${ARGN})
    # g++ 12 forgets that a precompiled header is the system's and warns of what it takes libstdc++'s
    # strings for (GCC bug 105329 and its like). The release preset precompiles nothing and keeps
    # these warnings.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
  endif()
endfunction()
