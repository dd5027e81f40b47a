# SPDX-License-Identifier: Apache-2.0
# An overlay port: it packages the checkout that it lies in (vcpkg install weir[kafka] --overlay-ports=cmake/vcpkg/ports).
# vcpkg's cache knows the port's own files only: after a change of the headers, add --no-binarycaching.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

# Header-only: nothing differs between debug and release.
set(VCPKG_BUILD_TYPE release)

# A feature brings its third party along and builds nothing: the components are found where they are used.
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DWEIR_BUILD_TESTS=OFF
        -DWEIR_BUILD_EXAMPLES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/weir)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib" "${CURRENT_PACKAGES_DIR}/debug")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
