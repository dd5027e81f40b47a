# SPDX-License-Identifier: Apache-2.0
# libmicrohttpd, which comes without a CMake package of its own: makes the target libmicrohttpd::libmicrohttpd, the name
# that Conan gives. Sets libmicrohttpd_FOUND and libmicrohttpd_VERSION.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_libmicrohttpd QUIET libmicrohttpd)
endif()

find_path(libmicrohttpd_INCLUDE_DIR microhttpd.h HINTS ${PC_libmicrohttpd_INCLUDE_DIRS})
find_library(libmicrohttpd_LIBRARY NAMES microhttpd libmicrohttpd HINTS ${PC_libmicrohttpd_LIBRARY_DIRS})
mark_as_advanced(libmicrohttpd_INCLUDE_DIR libmicrohttpd_LIBRARY)

if(PC_libmicrohttpd_VERSION)
  set(libmicrohttpd_VERSION "${PC_libmicrohttpd_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libmicrohttpd
  REQUIRED_VARS libmicrohttpd_LIBRARY libmicrohttpd_INCLUDE_DIR VERSION_VAR libmicrohttpd_VERSION)

if(libmicrohttpd_FOUND AND NOT TARGET libmicrohttpd::libmicrohttpd)
  add_library(libmicrohttpd::libmicrohttpd UNKNOWN IMPORTED)
  set_target_properties(libmicrohttpd::libmicrohttpd PROPERTIES
    IMPORTED_LOCATION "${libmicrohttpd_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${libmicrohttpd_INCLUDE_DIR}")
  # A static library is used together with a thread library, though no thread is started here.
  find_package(Threads QUIET)
  if(Threads_FOUND)
    set_target_properties(libmicrohttpd::libmicrohttpd PROPERTIES INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
endif()
