#include <gtest/gtest.h>
#include <sodium.h>

#include "handlers/oauth/basic_credentials.hpp"

namespace postern::handlers::oauth {
namespace {

std::string basic(std::string_view text, std::string_view scheme = "Basic ") {
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return std::string(scheme) + out;
}

struct Parts {
  std::string id, secret;
  bool operator==(const Parts&) const = default;
};
std::optional<Parts> parse(const std::string& header) {
  const auto credentials = BasicCredentials::parse(header);
  if (!credentials) return std::nullopt;
  return Parts{credentials->client_id, std::string(credentials->secret.reveal())};
}

TEST(OAuthBasicCredentials, AreSplitAtTheFirstColonAndDecodedAfterwards) {
  EXPECT_EQ(parse(basic("id:secret")), (Parts{"id", "secret"}));
  EXPECT_EQ(parse(basic("id:a:b")), (Parts{"id", "a:b"}));
  EXPECT_EQ(parse(basic("a%2Db%3ac:s%20e+c")), (Parts{"a-b:c", "s e c"}));
  EXPECT_EQ(parse(basic("id:")), (Parts{"id", ""}));
}

TEST(OAuthBasicCredentials, TheSchemeIsInEitherCase) {
  EXPECT_EQ(parse(basic("id:s", "basic ")), (Parts{"id", "s"}));
  EXPECT_EQ(parse(basic("id:s", "BASIC   ")), (Parts{"id", "s"}));
}

TEST(OAuthBasicCredentials, AnAddressIsOneClientId) {
  EXPECT_EQ(parse(basic("https://app.example.com/client:")),
            (Parts{"https://app.example.com/client", ""}));
  EXPECT_EQ(parse(basic("https%3A%2F%2Fapp.example.com%2Fclient:")),
            (Parts{"https://app.example.com/client", ""}));
  EXPECT_EQ(parse(basic("https://app.example.com/client:x")),
            (Parts{"https", "//app.example.com/client:x"}));
}

TEST(OAuthBasicCredentials, PaddingOfEveryLength) {
  for (const char* text : {"a:", "a:b", "a:bc", "a:bcd", "a:bcde"}) {
    const auto parts = parse(basic(text));
    ASSERT_TRUE(parts) << text;
    EXPECT_EQ(parts->secret, std::string_view(text).substr(2));
  }
}

TEST(OAuthBasicCredentials, OthersAreNone) {
  for (const std::string& bad : {std::string(),
                                 std::string("Basic"),
                                 std::string("Basic "),
                                 std::string("Basic    "),
                                 basic("id:s", "Bearer "),
                                 basic("id:s", "Basic"),
                                 basic("id:s", "DPoP "),
                                 basic("no colon"),
                                 basic(":secret"),
                                 basic("id:%"),
                                 basic("%zz:s"),
                                 basic("id:%00"),
                                 basic("id:\xff"),
                                 basic(std::string("i\0d:s", 5)),
                                 basic("id:s") + "=",
                                 basic("id:s") + " ",
                                 basic("id:secret") + "!",
                                 std::string("Basic ===="),
                                 std::string("Basic aWQ6cw"),    // no padding
                                 std::string("Basic aWQ6cx=="),  // bits behind the end
                                 std::string("Basic aWQ6_w=="),  // the other alphabet
                                 std::string("Basic a===")}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth
