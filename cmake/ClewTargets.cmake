# How every target of Clew is built: language, warnings, sanitizers, linker, compiler cache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# moc 6.4 cannot read the <concepts> of libstdc++ 12 (reached from <compare>, <stop_token> …); it needs nothing of it.
set(CMAKE_AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS=1")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CLEW_CCACHE ccache)
if(CLEW_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
                                  ${CLEW_CCACHE})
endif()
find_program(CLEW_MOLD mold)
if(CLEW_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(CLEW_SANITIZE)
  # Unoptimised: half of the time goes into compiling.
  add_compile_options(-fsanitize=${CLEW_SANITIZE} -fno-omit-frame-pointer -O0 -g1)
  add_link_options(-fsanitize=${CLEW_SANITIZE})
  if(CLEW_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
if(CLEW_TIDY)
  find_program(CLEW_CLANG_TIDY NAMES clang-tidy-19 REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLEW_CLANG_TIDY})
endif()

# One target per box of the house (ARCHITECTURE.md). Includes are written from the root of the repository.
function(clew_library name)
  cmake_parse_arguments(ARG "QT" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  if(ARG_QT) # Most of such a file is Qt's headers: reading them once for several files takes a third of the time.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ${CLEW_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  endif()
  clew_common(${name})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

function(clew_common name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                         -Wcast-align -Wnull-dereference -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False positives of g++ 12 in optimised standard library code.
    target_compile_options(${name} PRIVATE -Wno-null-dereference -Wno-stringop-overflow -Wno-array-bounds
                                           -Wno-maybe-uninitialized -Wno-restrict)
  endif()
  if(CLEW_WERROR)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
endfunction()
