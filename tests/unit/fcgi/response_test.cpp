#include "fcgi/response.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace postern::fcgi {
namespace {

TEST(ResponseText, BeginsWithTheStatus) {
  const Response response(404, "text/plain", "gone");
  EXPECT_EQ(response.serialize(),
            "Status: 404 Not Found\r\nCache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\nContent-Type: text/plain\r\n"
            "Content-Length: 4\r\n\r\ngone");
}

TEST(ResponseText, EveryStatusHasALine) {
  for (int status = 100; status < 600; ++status) {
    const std::string text = Response(status).serialize();
    EXPECT_TRUE(text.starts_with("Status: " + std::to_string(status) + " ")) << status;
    EXPECT_FALSE(reason_phrase(status).empty());
  }
}

TEST(ResponseText, HeadKeepsTheLengthAndLeavesTheBodyOut) {
  const std::string text = Response(200, "text/plain", "hello").serialize(true);
  EXPECT_NE(text.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(ResponseText, StatusesWithoutContentHaveNone) {
  for (const int status : {204, 304}) {
    const std::string text = Response(status, "text/plain", "x").serialize();
    EXPECT_EQ(text.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
  }
}

TEST(ResponseHeaders, SetReplacesAndAddAdds) {
  Response response(200);
  response.set("X-One", "1").set("x-one", "2");
  response.add("Set-Cookie", "a=1").add("Set-Cookie", "b=2");
  const std::string text = response.serialize();
  EXPECT_EQ(response.get("X-ONE"), "2");
  EXPECT_EQ(text.find("X-One: 1"), std::string::npos);
  EXPECT_NE(text.find("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), std::string::npos);
  response.set("Set-Cookie", "c=3");
  EXPECT_EQ(response.serialize().find("b=2"), std::string::npos);
  EXPECT_EQ(response.get("X-Other"), "");
}

TEST(ResponseHeaders, TheDefaultsCanBeReplaced) {
  Response response(200);
  response.set("cache-control", "max-age=60");
  EXPECT_EQ(response.serialize().find("no-store"), std::string::npos);
}

TEST(ResponseHeaders, NothingSplitsAResponse) {
  Response response(200);
  for (const std::string& value :
       {std::string("a\r\nX: y"), std::string("a\nb"), std::string("\r"), std::string("a\0b", 3),
        std::string("\x01"), std::string("\x7f")}) {
    EXPECT_THROW(response.set("X", value), std::invalid_argument);
    EXPECT_THROW(response.add("X", value), std::invalid_argument);
    EXPECT_THROW(Response(200, value, ""), std::invalid_argument);
  }
  for (const char* name : {"", "a b", "a:b", "a\r\nb", "\xC3\xA9", "(a)"}) {
    EXPECT_THROW(response.set(name, "x"), std::invalid_argument) << name;
  }
  EXPECT_NO_THROW(response.set("X", "tab\tand \xC3\xA9"));
}

TEST(ResponseHeaders, StatusAndLengthAreNotForHandlers) {
  Response response(200);
  EXPECT_THROW(response.set("Status", "200"), std::invalid_argument);
  EXPECT_THROW(response.add("status", "200"), std::invalid_argument);
  EXPECT_THROW(response.set("content-length", "0"), std::invalid_argument);
}

TEST(ResponseHeaders, RandomValuesNeverAddALine) {
  std::mt19937 chance(11);
  std::uniform_int_distribution<int> byte(0, 255), length(0, 8);
  for (int round = 0; round < 20'000; ++round) {
    std::string value;
    for (int i = length(chance); i > 0; --i) value.push_back(static_cast<char>(byte(chance)));
    Response response(200);
    try {
      response.set("X", value);
    } catch (const std::invalid_argument&) {
      continue;
    }
    const std::string text = response.serialize();
    ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
    ASSERT_EQ(text.find('\0'), std::string::npos);
  }
}

}  // namespace
}  // namespace postern::fcgi
