# Catch2's main is Debian's.
add_library(byollm_test_main INTERFACE)
target_link_libraries(byollm_test_main
  INTERFACE byollm_settings Catch2::Catch2WithMain)

# What nearly every test includes, precompiled once for those without CAF: the
# standard library and Catch2, no header of ours (see BYOLLM_CAF_HEADERS).
set(BYOLLM_TEST_HEADERS
  <array> <atomic> <chrono> <cstdint> <cstring> <filesystem> <fstream>
  <functional> <future> <iterator> <map> <memory> <optional> <span> <string>
  <string_view> <thread> <vector> <catch2/catch.hpp>)
add_library(byollm_test_headers OBJECT ${CMAKE_CURRENT_LIST_DIR}/headers.cpp)
target_link_libraries(byollm_test_headers PRIVATE byollm_test_main)
target_precompile_headers(byollm_test_headers PRIVATE ${BYOLLM_TEST_HEADERS})

# byollm_test(NAME RING SECONDS SOURCES... ): one Catch2 executable, one CTest
# entry with a time limit that only a hang reaches.
function(byollm_test name ring seconds)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE byollm_test_main)
  # As a library is: what is precompiled is for one kind of code.
  target_compile_options(${name} PRIVATE -fPIC)
  if(ring STREQUAL actor)
    target_precompile_headers(${name} PRIVATE
      ${BYOLLM_CAF_HEADERS} <catch2/catch.hpp>)
  else()
    target_precompile_headers(${name} REUSE_FROM byollm_test_headers)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ring} TIMEOUT ${seconds})
endfunction()

# One step at a time; for the actor ring and the load harness.
add_library(byollm_deterministic STATIC
  ${CMAKE_CURRENT_LIST_DIR}/deterministic_system.cpp)
target_link_libraries(byollm_deterministic PUBLIC byollm_messages byollm_caf)

# Parts of pages that tests generate. The page is in the source tree.
add_library(byollm_generated_part STATIC
  ${CMAKE_CURRENT_LIST_DIR}/generated_part.cpp)
target_link_libraries(byollm_generated_part PUBLIC byollm_settings)
target_compile_definitions(byollm_generated_part INTERFACE
  BYOLLM_DOCS="${CMAKE_SOURCE_DIR}/docs")
