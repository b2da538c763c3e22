# Compiler flags, dependencies and the two functions that every src and tests folder uses.

find_package(Threads REQUIRED)
# 1.81 is the first Boost with everything telltale uses of Asio, Beast and URL.
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS url)
find_package(simdjson REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)

find_program(TELLTALE_CCACHE ccache)
if(TELLTALE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TELLTALE_CCACHE})
endif()

# Asio and Beast are compiled once (src/base/asio.cpp, src/net/beast.cpp) instead of in every file.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                        BOOST_ASIO_NO_DEPRECATED)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
# Newer compilers have new warnings, which shall not keep a newcomer from building.
set(newest_known_GNU 14)
set(newest_known_Clang 19)
string(REGEX MATCH "^[0-9]+" compiler_major "${CMAKE_CXX_COMPILER_VERSION}")
if(TELLTALE_WERROR AND compiler_major GREATER "${newest_known_${CMAKE_CXX_COMPILER_ID}}")
  message(STATUS "Warnings are no errors: this compiler is newer than those that telltale is known to be free of warnings with")
elseif(TELLTALE_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the headers of std and Boost, never in ours so far.
  add_compile_options(-Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict
                      -Wno-free-nonheap-object -Wno-dangling-pointer)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The stable algorithms of libstdc++ 12 use what it deprecates; the scripts for pages are one long literal.
  add_compile_options(-Wno-deprecated-declarations -Wno-overlength-strings)
endif()
if(TELLTALE_SANITIZE)
  add_compile_options(-fsanitize=${TELLTALE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TELLTALE_SANITIZE})
endif()

if(TELLTALE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# telltale_library(<folder> DEPS <lower folders...> LIBS <external targets...>)
# One static library of all .cpp files in the folder. DEPS is the layering: check-layers compares it with the includes.
function(telltale_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(telltale_${name} STATIC ${sources})
  target_include_directories(telltale_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPS PREPEND telltale_)
  target_link_libraries(telltale_${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS})
endfunction()

# telltale_test(<name> LABEL unit|integration|e2e LIBS <targets...> [SOURCES <files...>] [TIMEOUT <seconds>]
#               [PROPERTIES <name value...>])
# One GoogleTest executable of all .cpp files in the folder (or SOURCES); each of its tests is one ctest entry. When CTest
# runs, <name>_TESTS is the list of their names.
function(telltale_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "LIBS;SOURCES;PROPERTIES" ${ARGN})
  if(NOT ARG_SOURCES)
    file(GLOB ARG_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} ${ARG_PROPERTIES})
endfunction()
