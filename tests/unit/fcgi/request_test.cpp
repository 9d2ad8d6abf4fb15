#include "fcgi/request.hpp"

#include <gtest/gtest.h>

namespace postern::fcgi {
namespace {

TEST(RequestCookies, AreFoundByTheirWholeName) {
  Request request;
  request.headers = {{"cookie", "a=1; session=abc=d; bb=2;c = 3 ;empty="}};
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("session"), "abc=d");
  EXPECT_EQ(request.cookie("c"), "3");
  EXPECT_EQ(request.cookie("empty"), "");
  EXPECT_EQ(request.cookie("b"), std::nullopt);
  EXPECT_EQ(request.cookie("A"), std::nullopt);
  EXPECT_EQ(request.cookie(""), std::nullopt);
}

TEST(RequestCookies, SentTwiceIsNone) {
  Request request;
  request.headers = {{"cookie", "s=1; s=2"}};
  EXPECT_EQ(request.cookie("s"), std::nullopt);
}

TEST(RequestCookies, NoHeaderNoCookie) {
  EXPECT_EQ(Request{}.cookie("a"), std::nullopt);
}

TEST(RequestHeaders, AreFoundByName) {
  Request request;
  request.headers = {{"x-api-key", "k"}, {"host", ""}};
  EXPECT_EQ(request.header("x-api-key"), "k");
  EXPECT_EQ(request.header("host"), "");
  EXPECT_EQ(request.header("X-Api-Key"), std::nullopt);
}

}  // namespace
}  // namespace postern::fcgi
