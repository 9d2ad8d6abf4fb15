# Everything Postern links against. All of it is packaged by Debian 12.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(spdlog 1.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(pqxx REQUIRED IMPORTED_TARGET libpqxx>=6.4)
pkg_check_modules(pq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(jsoncpp REQUIRED IMPORTED_TARGET jsoncpp>=1.9)
pkg_check_modules(oath REQUIRED IMPORTED_TARGET liboath>=2.6)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(fido2 REQUIRED IMPORTED_TARGET libfido2>=1.12)
pkg_check_modules(cbor REQUIRED IMPORTED_TARGET libcbor>=0.8)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl>=7.85)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus>=3.0)

# Header-only, and without a pkg-config file.
find_path(MUSTACHE_INCLUDE_DIR kainjow/mustache.hpp REQUIRED)

# libfcgi ships no pkg-config file in every version, so it is found by name, and its fix level is
# asked of the package database: 2.4.2-2+deb12u1 (Debian 12) and 2.4.5 (upstream) are the first
# without the heap overflow of CVE-2025-23016.
find_path(FCGI_INCLUDE_DIR fcgiapp.h REQUIRED)
find_library(FCGI_LIBRARY fcgi REQUIRED)
include(FcgiVersion)
postern_require_patched_libfcgi()
add_library(fcgi::fcgi INTERFACE IMPORTED)
set_target_properties(fcgi::fcgi PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES ${FCGI_INCLUDE_DIR}
  INTERFACE_LINK_LIBRARIES ${FCGI_LIBRARY})

# It has no pkg-config file in Debian 12.
find_path(QRCODEGEN_INCLUDE_DIR qrcodegen/qrcodegen.hpp REQUIRED)
find_library(QRCODEGEN_LIBRARY qrcodegencpp REQUIRED)
add_library(qrcodegen::qrcodegen INTERFACE IMPORTED)
set_target_properties(qrcodegen::qrcodegen PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES ${QRCODEGEN_INCLUDE_DIR}
  INTERFACE_LINK_LIBRARIES ${QRCODEGEN_LIBRARY})
