#include "domain/key_style.hpp"

#include <gtest/gtest.h>

#include "domain/api_key.hpp"

namespace postern::domain {
namespace {

std::string refused_field(std::string_view dialect, std::string_view type) {
  const auto style = find_key_style(Settings(), dialect, type);
  return style.ok() ? "" : style.error().field;
}

TEST(KeyStyle, NativeKeysBeginAsConfigured) {
  Settings settings;
  settings.keys.prefix = "acme_";
  const auto style = find_key_style(settings, "native", "").value();
  EXPECT_EQ(style.prefix, "acme_");
  EXPECT_EQ(style.dialect, "native");
  EXPECT_TRUE(style.unique_names);
  EXPECT_FALSE(style.longest_lifetime);
  EXPECT_TRUE(style.required_permission.empty());
  EXPECT_EQ(native_key_style(settings).prefix, "acme_");
}

TEST(KeyStyle, OpenSkip) {
  const auto style = find_key_style({}, "openskip", "").value();
  EXPECT_EQ(style.prefix, "osk_");
  EXPECT_FALSE(style.unique_names);
  EXPECT_FALSE(style.longest_lifetime);
}

TEST(KeyStyle, SkedCastNeedsAnEndAndAPermission) {
  for (const auto* type : {"", "live"}) {
    const auto style = find_key_style({}, "skedcast", type).value();
    EXPECT_EQ(style.prefix, "sked_live_");
    EXPECT_EQ(style.type, "live");
    EXPECT_EQ(style.longest_lifetime, days(365));
    EXPECT_EQ(style.required_permission, "keys.create");
  }
}

TEST(KeyStyle, ScriptixHasTokensAndKeysOfAnyWord) {
  EXPECT_EQ(find_key_style({}, "scriptix", "batch")->prefix, "token_");
  EXPECT_EQ(find_key_style({}, "scriptix", "realtime")->prefix, "token_");
  EXPECT_EQ(find_key_style({}, "scriptix", "")->prefix, "sk_live_");
  EXPECT_EQ(find_key_style({}, "scriptix", "")->type, "live");
  EXPECT_EQ(find_key_style({}, "scriptix", "test")->prefix, "sk_test_");
  EXPECT_EQ(find_key_style({}, "scriptix", "abcdefgh")->prefix, "sk_abcdefgh_");
}

TEST(KeyStyle, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refused_field("", ""), "dialect");
  EXPECT_EQ(refused_field("Native", ""), "dialect");
  EXPECT_EQ(refused_field("dispatcharr", ""), "dialect");
  EXPECT_EQ(refused_field("native", "live"), "type");
  EXPECT_EQ(refused_field("openskip", "read"), "type");
  EXPECT_EQ(refused_field("skedcast", "test"), "type");
  for (const auto* type : {"a", "abcdefghi", "Live", "li_ve", "l1ve", " live", "live\n"}) {
    EXPECT_EQ(refused_field("scriptix", type), "type") << type;
  }
}

TEST(KeyStyle, KeysOfEveryStyleAreReadAsKeys) {
  for (const auto& [dialect, type] :
       {std::pair{"native", ""}, std::pair{"openskip", ""}, std::pair{"skedcast", "live"},
        std::pair{"scriptix", "batch"}, std::pair{"scriptix", "abcdefgh"}}) {
    const auto style = find_key_style({}, dialect, type).value();
    const auto text = make_key_text(style.prefix, std::string(kKeyLookupLength, 'A'),
                                    Secret(std::string(kKeySecretLength, 'b')));
    const auto parsed = parse_key_text(text.reveal());
    ASSERT_TRUE(parsed) << dialect << " " << type;
    EXPECT_EQ(parsed->lookup_id, std::string(kKeyLookupLength, 'A'));
  }
}

}  // namespace
}  // namespace postern::domain
