add_library(postern_options INTERFACE)
target_include_directories(postern_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(postern_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # What travels inside the binary is one literal, of which g++ says nothing.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>)

if(POSTERN_SANITIZE)
  target_compile_options(postern_options INTERFACE
    -fsanitize=${POSTERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(postern_options INTERFACE -fsanitize=${POSTERN_SANITIZE})
  # g++ 12 sees uninitialised members in libstdc++'s own <regex> once a sanitizer instruments it;
  # the other builds keep the warning, and the sanitizers look for the real thing.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(postern_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

if(POSTERN_COVERAGE)
  target_compile_options(postern_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(postern_options INTERFACE --coverage)
endif()

# What Debian and the OpenSSF compiler guide ask of a network service. _FORTIFY_SOURCE needs
# optimisation, so the unoptimised and the sanitized builds go without.
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT POSTERN_SANITIZE AND NOT POSTERN_COVERAGE)
  target_compile_options(postern_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(postern_options INTERFACE -fcf-protection)
  endif()
  target_link_options(postern_options INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()
target_compile_definitions(postern_options INTERFACE _GLIBCXX_ASSERTIONS)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

# Tests are many programs of much code, and GNU's usual linker is the slowest. What is at hand is
# taken: gold comes with binutils.
if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT POSTERN_SANITIZE AND NOT POSTERN_COVERAGE)
  foreach(linker mold lld gold)
    find_program(POSTERN_LINKER_${linker} NAMES ld.${linker})
    mark_as_advanced(POSTERN_LINKER_${linker})
    if(POSTERN_LINKER_${linker})
      target_link_options(postern_options INTERFACE -fuse-ld=${linker})
      break()
    endif()
  endforeach()
endif()
