# What `cmake --install` puts where. A host writes `#include <byollm.hpp>` and
# links byollm::byollm or `pkg-config byollm`; the target is written by hand,
# so that none of our own compiler flags reaches a host.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS byollm LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS byollm-cli byollmd byollm-standin byollm-verify
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Visibility alone is not enough: Boost.Asio's headers show their symbols, and
# a host with another Boost must not meet ours.
set(BYOLLM_EXPORTS ${CMAKE_SOURCE_DIR}/.cmake/exports.map)
target_link_options(byollm PRIVATE LINKER:--version-script=${BYOLLM_EXPORTS})
set_property(TARGET byollm APPEND PROPERTY LINK_DEPENDS ${BYOLLM_EXPORTS})

# The tree may be moved as a whole: programs look for the library beside them.
file(RELATIVE_PATH BYOLLM_BIN_TO_LIB
  ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
set_target_properties(byollm-cli PROPERTIES
  INSTALL_RPATH "$ORIGIN/${BYOLLM_BIN_TO_LIB}")

# systemd wants absolute paths, and only now it is known where all goes.
install(CODE "
  set(BYOLLM_BIN \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  set(unit lib/systemd/system/byollmd.service)
  configure_file(\"${CMAKE_CURRENT_SOURCE_DIR}/daemon/byollmd.service.in\"
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/\${unit}\" @ONLY)
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES
    \"\${CMAKE_INSTALL_PREFIX}/\${unit}\")")

# The API and the vocabulary that it speaks; the CAF bindings stay here.
install(FILES access.hpp admin.hpp byollm.hpp context.hpp coroutine.hpp
  described.hpp functions.hpp handler.hpp options.hpp pending.hpp run.hpp
  shape.hpp stats.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/byollm/app)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/messages
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/byollm
  FILES_MATCHING PATTERN "*.hpp" PATTERN protocol EXCLUDE)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/byollm.hpp
  "#include \"byollm/app/byollm.hpp\"\n"
  "#include \"byollm/app/functions.hpp\"\n"
  "#include \"byollm/app/run.hpp\"\n")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/byollm.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(BYOLLM_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/byollm)
configure_package_config_file(
  ${CMAKE_SOURCE_DIR}/.cmake/byollm-config.cmake.in byollm-config.cmake
  INSTALL_DESTINATION ${BYOLLM_PACKAGE_DIR}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(byollm-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/byollm-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/byollm-config-version.cmake
  DESTINATION ${BYOLLM_PACKAGE_DIR})

set(BYOLLM_PKGCONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH BYOLLM_PKGCONFIG_TO_PREFIX
  ${CMAKE_INSTALL_PREFIX}/${BYOLLM_PKGCONFIG_DIR} ${CMAKE_INSTALL_PREFIX})
configure_file(${CMAKE_SOURCE_DIR}/.cmake/byollm.pc.in byollm.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/byollm.pc
  DESTINATION ${BYOLLM_PKGCONFIG_DIR})
