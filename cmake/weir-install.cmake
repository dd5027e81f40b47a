# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts into a prefix: all headers, the CMake package and the pkg-config file. Nothing of it
# depends on the machine that packaged it: components are looked for where they are used.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(weir_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/weir")

# While weir is 0.x a new minor version may break what the last one allowed.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/weir-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file("${PROJECT_SOURCE_DIR}/cmake/weir.pc.in" "${PROJECT_BINARY_DIR}/weir.pc" @ONLY)

install(TARGETS weir EXPORT weir INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT weir FILE weir-targets.cmake NAMESPACE weir:: DESTINATION "${weir_package_dir}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES
  "${PROJECT_SOURCE_DIR}/cmake/weir-config.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/weir-components.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/Findhiredis.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/Findlibmicrohttpd.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/Findrdkafka.cmake"
  "${PROJECT_BINARY_DIR}/weir-config-version.cmake"
  DESTINATION "${weir_package_dir}")
install(FILES "${PROJECT_BINARY_DIR}/weir.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
