// docs/threat-model.md names a test for each claim; this holds that they exist.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include "support/paths.hpp"
#include "support/read_file.hpp"

namespace telltale {
namespace {

/// What is wrong with the references of a line; `count` grows by those that are right.
std::string problems_of(const std::string& line, std::size_t& count) {
  static const std::regex kReference("`(tests/[^`:]+\\.(cpp|mjs|py)): ([^`]+)`");
  std::string problems;
  for (std::sregex_iterator found(line.begin(), line.end(), kReference), end; found != end; ++found) {
    const auto file = testing::source_path((*found)[1].str());
    const auto name = (*found)[3].str();
    // An empty text is also what a file that does not exist is read as.
    const auto text = testing::read_file(file);
    if (text.find(name) == std::string::npos) problems += (*found)[0].str() + " does not exist\n";
    ++count;
  }
  return problems;
}

TEST(ThreatModel, NamesTestsThatExist) {
  const auto document = testing::read_file(testing::source_path("docs/threat-model.md"));
  ASSERT_FALSE(document.empty());
  std::istringstream lines(document);
  std::size_t references = 0;
  std::size_t claims = 0;
  bool in_claims = false;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(problems_of(line, references), "");
    if (line.starts_with("| claim |")) {
      in_claims = true;
    } else if (!line.starts_with('|')) {
      in_claims = false;
    } else if (in_claims && !line.starts_with("| ---")) {
      ++claims;
      std::size_t of_this = 0;
      problems_of(line, of_this);
      EXPECT_GT(of_this, 0u) << "no test shows this: " << line;
    }
  }
  EXPECT_GE(claims, 25u);
  EXPECT_GE(references, claims);
}

TEST(ThreatModel, WouldNoticeATestThatIsGone) {
  std::size_t count = 0;
  EXPECT_NE(problems_of("| x | `tests/unit/api/cors_test.cpp: No" "SuchTest` |", count), "");
  EXPECT_NE(problems_of("| x | `tests/unit/api/no_such_test.cpp: RefusesChangesByForeignPages` |", count), "");
  EXPECT_EQ(problems_of("| x | `tests/unit/api/cors_test.cpp: RefusesChangesByForeignPages` |", count), "");
}

}  // namespace
}  // namespace telltale
