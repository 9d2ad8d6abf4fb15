# Refuses a libfcgi that carries CVE-2025-23016. POSTERN_FCGI_VERSION overrides what is found, for
# systems without dpkg or pkg-config and for the test of this very check.
set(POSTERN_FCGI_VERSION "" CACHE STRING "libfcgi's version, where it cannot be found out")

function(postern_fcgi_version out)
  set(version "${POSTERN_FCGI_VERSION}")
  if(NOT version)
    find_program(DPKG_QUERY dpkg-query)
    if(DPKG_QUERY)
      execute_process(COMMAND ${DPKG_QUERY} -W -f=\${Version} libfcgi-dev
                      OUTPUT_VARIABLE version ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    endif()
  endif()
  if(NOT version)
    pkg_check_modules(fcgi_pc QUIET fcgi)
    set(version "${fcgi_pc_VERSION}")
  endif()
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Debian's revision counts, since its 2.4.2-2+deb12u1 is patched and its 2.4.2-2 is not.
function(postern_fcgi_is_patched version out)
  set(patched FALSE)
  if(version MATCHES "^([0-9]+\\.[0-9]+\\.[0-9]+)(-(.*))?$")
    set(upstream ${CMAKE_MATCH_1})
    set(revision "${CMAKE_MATCH_3}")
    if(upstream VERSION_GREATER_EQUAL 2.4.5)
      set(patched TRUE)
    elseif(upstream VERSION_EQUAL 2.4.2 AND revision MATCHES "^([0-9]+)\\+deb([0-9]+)u[1-9]")
      set(patched TRUE)
    endif()
  endif()
  set(${out} ${patched} PARENT_SCOPE)
endfunction()

function(postern_require_patched_libfcgi)
  postern_fcgi_version(version)
  postern_fcgi_is_patched("${version}" patched)
  if(NOT patched)
    message(FATAL_ERROR
      "libfcgi '${version}' is older than the fix of CVE-2025-23016 (a heap overflow). "
      "Install 2.4.5 or newer, or Debian's 2.4.2-2+deb12u1 or newer; if yours is patched "
      "under another number, say so with -DPOSTERN_FCGI_VERSION=2.4.5.")
  endif()
  message(STATUS "libfcgi ${version}")
endfunction()
