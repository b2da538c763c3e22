#include "page/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::page {
namespace {

using testing::HasSubstr;

TEST(KeyOf, KnowsKeysByNameCodeAndKeysym) {
  EXPECT_EQ(key_of("Enter")->key_code, 13);
  EXPECT_EQ(key_of("Return")->key, "Enter");
  EXPECT_EQ(key_of("return")->text, "\r");
  EXPECT_EQ(key_of("BackSpace")->key, "Backspace");
  EXPECT_EQ(key_of("Page_Down")->key, "PageDown");
  EXPECT_EQ(key_of("ctrl")->modifier, Modifiers::kControl);
  EXPECT_EQ(key_of("Control_R")->location, 2);
  EXPECT_EQ(key_of("Space")->text, " ");
  EXPECT_EQ(key_of("KeyB")->key, "b");
  EXPECT_EQ(key_of("F12")->key_code, 123);
  EXPECT_FALSE(key_of("Hyperdrive"));
  EXPECT_FALSE(key_of(""));
}

TEST(KeyOf, KnowsCharactersByThemselves) {
  EXPECT_EQ(key_of("a")->code, "KeyA");
  EXPECT_EQ(key_of("A")->key, "A");
  EXPECT_EQ(key_of("?")->code, "Slash");
  EXPECT_EQ(key_of("7")->key_code, 55);
}

TEST(ParseChord, PutsModifiersFirst) {
  const auto chord = parse_chord("a+Control");
  ASSERT_TRUE(chord);
  ASSERT_EQ(chord->size(), 2u);
  EXPECT_EQ(chord->front().key, "Control");
  EXPECT_EQ(chord->back().key, "a");
}

TEST(ParseChord, TakesThePlusKeyAtTheEnd) {
  EXPECT_EQ(parse_chord("+")->front().key, "+");
  const auto chord = parse_chord("Control++");
  ASSERT_TRUE(chord);
  ASSERT_EQ(chord->size(), 2u);
  EXPECT_EQ(chord->back().key, "+");
}

TEST(ParseChord, NamesTheKeyThatItDoesNotKnow) {
  const auto chord = parse_chord("Control+Hyperdrive");
  ASSERT_FALSE(chord);
  EXPECT_EQ(chord.error().code, base::Errc::invalid_argument);
  EXPECT_THAT(chord.error().message, HasSubstr("'Hyperdrive'"));
  EXPECT_FALSE(parse_chord(""));
}

TEST(Shifted, IsWhatTheKeyTypesThen) {
  EXPECT_EQ(shifted(*key_of("a")).text, "A");
  EXPECT_EQ(shifted(*key_of("1")).key, "!");
  EXPECT_EQ(shifted(*key_of("Enter")).key, "Enter");
  EXPECT_EQ(shifted(*key_of("A")).key, "A");
}

TEST(ChordTyping, HoldsShiftWhereItIsNeeded) {
  EXPECT_EQ(chord_typing(U'a')->size(), 1u);
  const auto capital = chord_typing(U'A');
  ASSERT_EQ(capital->size(), 2u);
  EXPECT_EQ(capital->front().modifier, Modifiers::kShift);
  EXPECT_EQ(chord_typing(U'\n')->front().key, "Enter");
  EXPECT_FALSE(chord_typing(U'ü'));
}

}  // namespace
}  // namespace telltale::page
