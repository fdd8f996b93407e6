# Debian's packages; ./run and ./test install them.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)

find_path(RAPIDJSON_INCLUDE rapidjson/reader.h REQUIRED)
add_library(byollm_rapidjson INTERFACE)
target_include_directories(byollm_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE})
target_compile_definitions(byollm_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

if(BYOLLM_FUZZ)
  return()
endif()

# Debian's libcaf-dev ships neither a CMake nor a pkg-config file.
find_path(CAF_INCLUDE caf/config.hpp REQUIRED)
find_library(CAF_CORE caf_core REQUIRED)
file(STRINGS ${CAF_INCLUDE}/caf/config.hpp CAF_VERSION_LINE
     REGEX "#define CAF_VERSION [0-9]+")
string(REGEX MATCH "[0-9]+" CAF_VERSION "${CAF_VERSION_LINE}")
if(NOT CAF_VERSION EQUAL 1706)
  message(FATAL_ERROR "CAF 0.17.6 (1706) is needed, found ${CAF_VERSION}: "
          "install Debian's libcaf-dev")
endif()
add_library(byollm_caf INTERFACE)
target_include_directories(byollm_caf SYSTEM INTERFACE ${CAF_INCLUDE})
target_link_libraries(byollm_caf INTERFACE ${CAF_CORE} Threads::Threads)
target_compile_definitions(byollm_caf INTERFACE CAF_ENABLE_TYPE_ID_CHECKS)

# What is precompiled: CAF's headers alone. GCC knows a `#pragma once` header of
# a precompiled one again by its time; ours change theirs with each checkout, and
# a precompiled header that ccache remembered would bring them in twice.
set(BYOLLM_CAF_HEADERS
  <caf/actor_cast.hpp> <caf/actor_system.hpp> <caf/result.hpp> <caf/send.hpp>
  <caf/stateful_actor.hpp> <caf/typed_actor.hpp> <caf/typed_event_based_actor.hpp>
  <caf/typed_response_promise.hpp>)

find_path(BOOST_INCLUDE boost/beast/version.hpp REQUIRED)
add_library(byollm_asio INTERFACE)
target_include_directories(byollm_asio SYSTEM INTERFACE ${BOOST_INCLUDE})
target_link_libraries(byollm_asio INTERFACE Threads::Threads OpenSSL::SSL)
target_compile_definitions(byollm_asio INTERFACE
  BOOST_ASIO_NO_DEPRECATED)
if(BYOLLM_SANITIZE STREQUAL "thread")
  target_compile_definitions(byollm_asio INTERFACE
    BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(BYOLLM_IO_URING)
  target_compile_definitions(byollm_asio INTERFACE
    BOOST_ASIO_HAS_IO_URING BOOST_ASIO_DISABLE_EPOLL)
  target_link_libraries(byollm_asio INTERFACE uring)
endif()

find_package(spdlog REQUIRED)
find_package(Catch2 2.13 REQUIRED)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
find_path(RE2_INCLUDE re2/re2.h REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
find_path(PROMETHEUS_INCLUDE prometheus/registry.h REQUIRED)
find_library(PROMETHEUS_CORE prometheus-cpp-core REQUIRED)
