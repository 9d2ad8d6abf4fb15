#include "cli/database_url.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <utility>
#include <vector>

namespace postern::cli {
namespace {

TEST(DatabaseUrl, PasswordsAreMaskedInBothForms) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"postgresql://app:s3cret@db.example:5432/postern",
       "postgresql://app:********@db.example:5432/postern"},
      {"postgres://app:s3cret@/postern?host=/run/postgresql",
       "postgres://app:********@/postern?host=/run/postgresql"},
      {"postgresql://app@db/postern?password=s3cret&sslmode=verify-full",
       "postgresql://app@db/postern?password=********&sslmode=verify-full"},
      {"postgresql://app@db/postern?sslpassword=s3cret",
       "postgresql://app@db/postern?sslpassword=********"},
      {"postgresql://app@db/x?pass%77ord=s3cret", "postgresql://app@db/x?pass%77ord=********"},
      {"host=db user=app password=s3cret dbname=postern",
       "host=db user=app password=******** dbname=postern"},
      {"host=db password = 's3 \\'cret' user=app", "host=db password = ******** user=app"},
      {"password=s3cret password=t0psecret", "password=******** password=********"},
      {"postgresql://a1,b:s3cret@h1:1,h2:2/x", "postgresql://a1,b:********@h1:1,h2:2/x"},
  };
  for (const auto& [url, masked] : cases) EXPECT_EQ(mask_database_url(url), masked);
}

TEST(DatabaseUrl, WhatHoldsNoPasswordIsShownWhole) {
  for (const auto* url : {"host=/run/postgresql user=postern_app dbname=postern",
                          "postgresql://app@h1:1,h2:2/postern?target_session_attrs=read-write",
                          "postgresql:///postern", "dbname=postern", ""}) {
    EXPECT_EQ(mask_database_url(url), url);
  }
}

TEST(DatabaseUrl, WhatCannotBeReadWithoutDoubtIsNotShownAtAll) {
  for (const auto* url :
       {"postgresql://app:s3/cret@db/postern", "postgresql://app:s3@cret@db/postern",
        "postgresql://app:s3?cret@db/postern", "postgresql://app:%zz@db/x", "host=db password='s3",
        "host=db password=s3\\", "s3cret", "postgresql://app@db/x?s3cret",
        "dbname=postgresql://app:s3cret@db/x", "host=db s3cret", "mysql://app:s3cret@db/x",
        "postgresql://app@db/x?password=%00"}) {
    EXPECT_FALSE(parse_database_url(url)) << url;
    EXPECT_EQ(mask_database_url(url), kMask) << url;
  }
}

TEST(DatabaseUrl, UserIsFoundAsLibpqFindsIt) {
  EXPECT_EQ(database_user("postgresql://post%65rn@db/x"), "postern");
  EXPECT_EQ(database_user("host=db user='a \\'b'"), "a 'b");
  EXPECT_EQ(database_user("user=a user=b"), "b");
  EXPECT_EQ(database_user("postgresql://a@db/x?user=b"), "b");
  setenv("PGUSER", "from_environment", 1);
  EXPECT_EQ(database_user("host=db"), "from_environment");
  EXPECT_EQ(database_user("user=named"), "named");
  unsetenv("PGUSER");
  EXPECT_FALSE(database_user("host=db").empty()) << "this process's own user";
}

TEST(DatabaseUrl, ParametersAreRead) {
  EXPECT_EQ(database_parameter("host=/run dbname=x", "host"), "/run");
  EXPECT_EQ(database_parameter("postgresql://u@h:5433/x", "dbname"), "x");
  EXPECT_EQ(database_parameter("host=/run", "dbname"), std::nullopt);
}

}  // namespace
}  // namespace postern::cli
