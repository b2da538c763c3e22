#include "cdp/decode.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json_encode.hpp"
#include "support/paths.hpp"
#include "support/read_file.hpp"

namespace telltale::cdp {
namespace {

using nlohmann::json;

std::vector<std::filesystem::path> captured_frames() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(testing::source_path("tests/unit/cdp/frames"))) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Removes the members that a table ignores by name, so that what is left must survive the round trip.
template <class T>
void strip_ignored(json& value) {
  if constexpr (base::IsOptional<T>::value || base::IsBoxed<T>::value) {
    strip_ignored<typename T::value_type>(value);
  } else if constexpr (base::IsVector<T>::value) {
    for (auto& item : value) strip_ignored<typename T::value_type>(item);
  } else if constexpr (base::Described<T>) {
    base::for_each_row<T>([&](const auto& row) {
      using Row = std::remove_cvref_t<decltype(row)>;
      if constexpr (base::kHasMember<Row>) {
        if (const auto member = value.find(row.name); member != value.end()) {
          strip_ignored<typename Row::member_type>(*member);
        }
      } else {
        value.erase(std::string(row.name));
      }
    });
  }
}

class CapturedFrame : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(CapturedFrame, SurvivesDecodingAndEncodingWithEveryFieldThatIsNotIgnoredByName) {
  const auto text = testing::read_file(GetParam());
  const auto frame = decode_copy(text);
  ASSERT_TRUE(frame) << frame.error().message;
  const auto* notification = std::get_if<Notification>(&*frame);
  ASSERT_NE(notification, nullptr) << "the method is not in the catalog";

  json expected = json::parse(text);
  std::visit(
      [&](const auto& event) { strip_ignored<std::remove_cvref_t<decltype(event)>>(expected["params"]); },
      notification->event);
  EXPECT_EQ(json::parse(encode_params(notification->event)), expected["params"]);
  EXPECT_EQ(notification->session.value, expected.value("sessionId", ""));
}

INSTANTIATE_TEST_SUITE_P(Chromium156, CapturedFrame, ::testing::ValuesIn(captured_frames()),
                         [](const auto& test) {
                           auto name = test.param.stem().string();
                           std::ranges::replace_if(
                               name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; },
                               '_');
                           return name;
                         });

template <class... E>
std::set<std::string> methods_of(std::type_identity<std::variant<E...>>) {
  return {std::string(E::kMethod)...};
}

TEST(Catalog, HasACapturedFrameForEveryMethod) {
  std::set<std::string> captured;
  for (const auto& file : captured_frames()) captured.insert(json::parse(testing::read_file(file))["method"]);
  EXPECT_EQ(captured, methods_of(std::type_identity<Event>{}));
}

TEST(Decoder, HandsOutTheResultOfAReplyAsText) {
  const auto frame = decode_copy(R"({"id":7,"result":{"targetId":"T1","x":[1,{"y":2}]},"sessionId":"S"})");
  ASSERT_TRUE(frame) << frame.error().message;
  const auto& reply = std::get<Reply>(*frame);
  EXPECT_EQ(reply.id, 7u);
  ASSERT_TRUE(reply.result);
  EXPECT_EQ(*reply.result, R"({"targetId":"T1","x":[1,{"y":2}]})");
}

TEST(Decoder, TurnsABrowserErrorIntoAProtocolErrorWithItsMessage) {
  const auto frame = decode_copy(R"({"id":3,"error":{"code":-32601,"message":"'Foo.bar' wasn't found"}})");
  ASSERT_TRUE(frame);
  const auto& reply = std::get<Reply>(*frame);
  ASSERT_FALSE(reply.result);
  EXPECT_EQ(reply.result.error().code, base::Errc::protocol);
  EXPECT_EQ(reply.result.error().message, "'Foo.bar' wasn't found");
}

TEST(Decoder, SkipsMethodsThatItDoesNotKnow) {
  const auto frame = decode_copy(R"({"method":"Network.loadNetworkResource","params":{"requestId":"1"}})");
  ASSERT_TRUE(frame);
  EXPECT_TRUE(std::holds_alternative<Unused>(*frame));
}

TEST(Decoder, NamesMethodAndMemberOfABadShape) {
  const auto frame = decode_copy(R"({"method":"Page.frameNavigated","params":{"frame":{"id":5}}})");
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, base::Errc::protocol);
  EXPECT_EQ(frame.error().message, "Page.frameNavigated: frame.id is not a string");
}

TEST(Decoder, ReportsAMissingMember) {
  const auto frame = decode_copy(R"({"method":"Page.loadEventFired","params":{}})");
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().message, "Page.loadEventFired: timestamp missing");
}

TEST(Decoder, ReplacesLoneSurrogatesThatAPageLogged) {
  const auto frame = decode_copy(
      R"({"method":"Runtime.bindingCalled","params":{"name":"\ud800","payload":"a\udc00b \ud83d\ude00 \\ud800","executionContextId":1}})");
  ASSERT_TRUE(frame) << frame.error().message;
  const auto& called = std::get<runtime::BindingCalled>(std::get<Notification>(*frame).event);
  EXPECT_EQ(called.name, "\xEF\xBF\xBD");
  EXPECT_EQ(called.payload,
            "a\xEF\xBF\xBD"
            "b \xF0\x9F\x98\x80 \\ud800");
}

TEST(Decoder, RefusesWhatIsNotJsonAndGoesOn) {
  Decoder decoder;
  for (const char* text : {"", "{", "[]", "null", "{\"id\":", "{\"id\":\"x\"}", "{\"x\":1}", "\xff\xfe"}) {
    std::string padded(text);
    padded.resize(padded.size() + 64);
    EXPECT_FALSE(decoder.decode({padded.data(), std::strlen(text)})) << text;
  }
  const std::string good = R"({"method":"Page.loadEventFired","params":{"timestamp":1.5},"sessionId":"S"})";
  std::string padded = good;
  padded.resize(padded.size() + 64);
  EXPECT_TRUE(decoder.decode({padded.data(), good.size()}));
}

TEST(IdOfPrefix, FindsTheCommandOfADiscardedReply) {
  EXPECT_EQ(id_of_prefix(R"({"id":42,"result":{"data":"AAAA)"), 42u);
  EXPECT_EQ(id_of_prefix(R"({"method":"Network.dataReceived")"), std::nullopt);
  EXPECT_EQ(id_of_prefix(R"({"id":)"), std::nullopt);
}

TEST(DecodeResult, ReadsTypedResults) {
  const auto created = decode_result<target::CreateTargetResult>(R"({"targetId":"T9"})");
  ASSERT_TRUE(created);
  EXPECT_EQ(created->target_id.value, "T9");
  EXPECT_FALSE(decode_result<target::CreateTargetResult>("{}"));
}

}  // namespace
}  // namespace telltale::cdp
