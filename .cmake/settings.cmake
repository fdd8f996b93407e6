# How everything of ours is compiled. Targets link byollm_settings.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(byollm_settings INTERFACE)
target_include_directories(byollm_settings INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
target_compile_options(byollm_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 false positives from inlined library templates.
  target_compile_options(byollm_settings INTERFACE
    -Wno-maybe-uninitialized -Wno-array-bounds -Wno-free-nonheap-object
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
  # The compiler collects garbage from 0.5 GB on, not 0.1: a tenth of its time.
  target_compile_options(byollm_settings INTERFACE
    --param=ggc-min-heapsize=512000)
endif()
# All symbols bound at the start: lazy binding spills vector registers, with
# what was copied last, onto the stack (see messages/registers.hpp).
target_link_options(byollm_settings INTERFACE -Wl,-z,relro -Wl,-z,now)
if(BYOLLM_SANITIZE)
  target_compile_options(byollm_settings INTERFACE
    -fsanitize=${BYOLLM_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(byollm_settings INTERFACE
    -fsanitize=${BYOLLM_SANITIZE})
endif()
