#include <gtest/gtest.h>

#include <limits>

#include "domain/database.hpp"

namespace postern::domain {
namespace {

Row row_of(const char* text) {
  return Row({std::string(text)});
}

// A10.1: libpqxx cuts a text at its first NUL.
TEST(Parameters, RefuseNulBytes) {
  EXPECT_THROW(Param(std::string_view("a\0b", 3)), std::invalid_argument);
  EXPECT_THROW(Param(std::string("a\0b", 3)), std::invalid_argument);
  EXPECT_THROW(Param(std::vector<std::string>{"fine", std::string("a\0b", 3)}),
               std::invalid_argument);
  EXPECT_THROW(Param(std::optional<std::string>(std::string(1, '\0'))), std::invalid_argument);
}

TEST(Parameters, WriteEachTypeAsPostgresReadsIt) {
  EXPECT_EQ(Param(nullptr).text(), std::nullopt);
  EXPECT_EQ(Param(std::optional<std::string>()).text(), std::nullopt);
  EXPECT_EQ(Param(true).text(), "t");
  EXPECT_EQ(Param(std::int64_t{-5}).text(), "-5");
  EXPECT_EQ(Param(Bytes{0x00, 0xFF}).text(), "\\x00ff");
  EXPECT_EQ(Param(from_unix_seconds(0)).text(), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(Param(std::vector<std::string>{}).text(), "{}");
  EXPECT_EQ(Param(std::vector<std::string>{"a", "", "q\"\\,{}"}).text(), R"({"a","","q\"\\,{}"})");
}

TEST(RowValues, AreReadStrictly) {
  EXPECT_EQ(row_of("-9223372036854775808").integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(row_of("t").boolean(0));
  EXPECT_EQ(row_of("\\x00ff").bytes(0), (Bytes{0x00, 0xFF}));
  EXPECT_EQ(row_of("1000000").instant(0), from_unix_seconds(1));
  EXPECT_EQ(Row({std::nullopt}).instant_or_null(0), std::nullopt);
}

TEST(RowValues, NonsenseIsADatabaseErrorThatNamesNoValue) {
  for (const char* text : {"", "1x", " 1", "9223372036854775808", "0x10", "1.0"})
    EXPECT_THROW((void)row_of(text).integer(0), DatabaseError) << text;
  for (const char* text : {"", "true", "1", "T"})
    EXPECT_THROW((void)row_of(text).boolean(0), DatabaseError) << text;
  for (const char* text : {"", "00ff", "\\x0", "\\xzz"})
    EXPECT_THROW((void)row_of(text).bytes(0), DatabaseError) << text;
  EXPECT_THROW((void)row_of("not a uuid").uuid(0), DatabaseError);
  EXPECT_THROW((void)Row({std::nullopt}).text(0), DatabaseError);
  EXPECT_THROW((void)row_of("x").text(1), DatabaseError);
  try {
    (void)row_of("s3cret").integer(0);
    FAIL();
  } catch (const DatabaseError& error) {
    EXPECT_EQ(std::string(error.what()).find("s3cret"), std::string::npos);
  }
}

TEST(TextArrays, AreReadAsPostgresWritesThem) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(row_of("{}").texts(0), Texts{});
  EXPECT_EQ(row_of("{a,b.c}").texts(0), (Texts{"a", "b.c"}));
  EXPECT_EQ(row_of(R"({"","q\"u\\o,te{}","NULL"})").texts(0), (Texts{"", "q\"u\\o,te{}", "NULL"}));
}

TEST(TextArrays, NonsenseIsRefused) {
  for (const char* text : {"", "{", "}", "a", "{a", "{a,", "{a,}", "{,a}", "{\"a}", "{\"a\\",
                           "{a}b", "{NULL}", "{{a}}", "{\"a\"b}"})
    EXPECT_THROW((void)row_of(text).texts(0), DatabaseError) << text;
}

}  // namespace
}  // namespace postern::domain
