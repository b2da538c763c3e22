#include "api/contract.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/paths.hpp"
#include "support/read_file.hpp"

namespace telltale::api {
namespace {

TEST(Contract, IsUpToDate) {
  const auto document = testing::read_file(testing::source_path("docs/contract.md"));
  ASSERT_FALSE(document.empty());
  EXPECT_TRUE(derive_contract(document) == document) << "docs/contract.md is out of date: run scripts/gen";
}

TEST(Contract, KeepsWhatIsWrittenByHand) {
  const auto text = derive_contract("before\n<!-- derived: errors -->\nold\n<!-- end -->\nafter\n");
  EXPECT_TRUE(text.starts_with("before\n<!-- derived: errors -->\n"));
  EXPECT_TRUE(text.ends_with("\n<!-- end -->\nafter\n"));
  EXPECT_EQ(text.find("old"), std::string::npos);
  EXPECT_NE(text.find("| 404 | `not_found` |"), std::string::npos);
}

TEST(Contract, RefusesBlocksThatItCannotWrite) {
  EXPECT_THROW(derive_contract("<!-- derived: nothing -->\n<!-- end -->"), std::runtime_error);
  EXPECT_THROW(derive_contract("<!-- derived: errors -->\n"), std::runtime_error);
}

}  // namespace
}  // namespace telltale::api
