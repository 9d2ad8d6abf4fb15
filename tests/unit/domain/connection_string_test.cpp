#include "domain/connection_string.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/database.hpp"

namespace postern::domain {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ConnectionLimits limits() {
  using std::chrono::milliseconds;
  return {"postern", milliseconds(3100), milliseconds(5000), milliseconds(3000)};
}

TEST(ConnectionStrings, MergeOurSettingsIntoBothForms) {
  for (const char* url :
       {"host=/run/pg dbname=postern user=app", "postgresql://app@%2Frun%2Fpg/postern"}) {
    const std::string text = connection_string(url, limits());
    EXPECT_THAT(text, HasSubstr("dbname='postern'"));
    EXPECT_THAT(text, HasSubstr("host='/run/pg'"));
    EXPECT_THAT(text, HasSubstr("user='app'"));
    EXPECT_THAT(text, HasSubstr("connect_timeout='4'"));
    EXPECT_THAT(text, HasSubstr("application_name='postern'"));
    EXPECT_THAT(text, HasSubstr("client_encoding='UTF8'"));
    EXPECT_THAT(text, HasSubstr("-c statement_timeout=5000"));
    EXPECT_THAT(text, HasSubstr("-c lock_timeout=3000"));
    EXPECT_THAT(text, HasSubstr("-c TimeZone=UTC"));
  }
}

TEST(ConnectionStrings, KeepTheUrlsOwnOptionsInFront) {
  const std::string text =
      connection_string("options='-c work_mem=1MB -c statement_timeout=0'", limits());
  EXPECT_LT(text.find("work_mem"), text.find("statement_timeout=5000"));
  EXPECT_LT(text.find("statement_timeout=0"), text.find("statement_timeout=5000"));
}

TEST(ConnectionStrings, QuoteWhatTheUrlHolds) {
  const std::string text =
      connection_string("postgresql://app:p%27%5C%20dbname%3Devil@h/d", limits());
  EXPECT_THAT(text, HasSubstr(R"(password='p\'\\ dbname=evil')"));
  EXPECT_THAT(text, HasSubstr("dbname='d'"));
}

TEST(ConnectionStrings, SeveralHostsMeanTheOneThatCanWrite) {
  EXPECT_THAT(connection_string("host=a,b", limits()),
              HasSubstr("target_session_attrs='read-write'"));
  EXPECT_THAT(connection_string("host=a,b target_session_attrs=any", limits()),
              HasSubstr("target_session_attrs='any'"));
  EXPECT_THAT(connection_string("host=a", limits()), Not(HasSubstr("'read-write'")));
}

TEST(ConnectionStrings, ABadUrlIsAnErrorThatDoesNotRepeatIt) {
  for (const char* url :
       {"postgresql://app:hunter2@[::1/x", "password=hunter2 nonsense", "hunter2='", "hunter2=1"}) {
    try {
      (void)connection_string(url, limits());
      FAIL() << url;
    } catch (const DatabaseError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
    }
  }
}

}  // namespace
}  // namespace postern::domain
