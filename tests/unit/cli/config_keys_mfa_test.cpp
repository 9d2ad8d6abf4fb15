#include "cli/config_keys_mfa.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config_schema.hpp"
#include "tests/support/config_text.hpp"

namespace postern::cli {
namespace {

using test::check_text;
using test::config_text;

TEST(ConfigKeysMfa, EachArrivesWhereItBelongs) {
  const auto config = check_text(config_text({{"password.min_length_with_mfa", "9"},
                                              {"mfa.totp_issuer", "\"Example & Sons\""},
                                              {"mfa.drift_steps", "2"},
                                              {"mfa.recovery_codes", "12"},
                                              {"mfa.recent_sign_in_seconds", "60"}}))
                          .config.domain;
  EXPECT_EQ(config.password.min_length_with_mfa, 9U);
  EXPECT_EQ(config.mfa.totp_issuer, "Example & Sons");
  EXPECT_EQ(config.mfa.drift_steps, 2U);
  EXPECT_EQ(config.mfa.recovery_codes, 12U);
  EXPECT_EQ(config.mfa.recent_sign_in, std::chrono::minutes(1));
}

TEST(ConfigKeysMfa, WhatWouldWeakenOrBreakItIsRefused) {
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"password.min_length_with_mfa", "7"},
           {"mfa.totp_issuer", "\"\""},
           {"mfa.totp_issuer", "\"a:b\""},
           {"mfa.totp_issuer", "\" a\""},
           {"mfa.totp_issuer", "\"caf\\u00e9\""},
           {"mfa.totp_issuer", '"' + std::string(65, 'a') + '"'},
           {"mfa.drift_steps", "3"},
           {"mfa.recovery_codes", "4"},
           {"mfa.recovery_codes", "21"},
           {"mfa.recent_sign_in_seconds", "86401"}}) {
    EXPECT_THROW((void)check_text(config_text({{key, value}})), ConfigError) << key << value;
  }
}

}  // namespace
}  // namespace postern::cli
