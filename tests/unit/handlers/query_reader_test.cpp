#include "handlers/native/query_reader.hpp"

#include <gtest/gtest.h>

#include "domain/uuid.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

Request with_query(std::string query) {
  Request made;
  made.uri = fcgi::Uri{"/x", std::move(query)};
  return made;
}

std::string fault_of(std::optional<Response> refusal) {
  if (!refusal) return "";
  EXPECT_EQ(refusal->status(), 422);
  const auto error = parse_json(refusal->body()).value.value()["errors"][0];
  return error["path"].asString() + ":" + error["code"].asString();
}

std::string page_fault(const std::string& query) {
  const auto request = with_query(query);
  QueryReader reader(request);
  (void)reader.page();
  return fault_of(reader.refusal());
}

TEST(QueryReader, IgnoresWhatNobodyAskedFor) {
  EXPECT_EQ(page_fault("utm_source=x&utm_source=y&limit=10"), "");
  EXPECT_EQ(page_fault(""), "");
}

TEST(QueryReader, LimitIsOneToAHundred) {
  for (const auto* good : {"limit=1", "limit=100", "limit=007"}) EXPECT_EQ(page_fault(good), "");
  for (const auto* bad : {"limit=0", "limit=101", "limit=-1", "limit=+1", "limit=", "limit=1x",
                          "limit=%201", "limit=1.0", "limit=99999999999"}) {
    EXPECT_EQ(page_fault(bad), "limit:out_of_range") << bad;
  }
}

TEST(QueryReader, PageDefaultsToFiftyFromTheStart) {
  const auto request = with_query("cursor=abc");
  QueryReader reader(request);
  const auto page = reader.page();
  EXPECT_EQ(page.limit, 50U);
  EXPECT_EQ(page.after, "abc");
}

TEST(QueryReader, RefusesRepetitionAndBrokenEncoding) {
  EXPECT_EQ(page_fault("limit=1&limit=2"), "limit:repeated");
  EXPECT_EQ(page_fault("cursor=%zz"), ":invalid_encoding");
  EXPECT_EQ(page_fault("cursor=%00"), ":invalid_encoding");
  EXPECT_EQ(page_fault("cursor=%ff"), ":invalid_encoding");
}

TEST(QueryReader, FlagsAreTrueOrFalse) {
  const auto read = [](const std::string& query) {
    const auto request = with_query(query);
    QueryReader reader(request);
    const bool value = reader.flag("all");
    const auto fault = fault_of(reader.refusal());
    return fault.empty() ? std::string(value ? "yes" : "no") : fault;
  };
  EXPECT_EQ(read("all=true"), "yes");
  EXPECT_EQ(read("all=false"), "no");
  EXPECT_EQ(read(""), "no");
  EXPECT_EQ(read("all=1"), "all:wrong_type");
  EXPECT_EQ(read("all"), "all:wrong_type");
}

TEST(QueryReader, IdsAreUuids) {
  const auto request = with_query("account=x");
  QueryReader reader(request);
  EXPECT_EQ(reader.id<domain::AccountId>("account"), std::nullopt);
  EXPECT_EQ(fault_of(reader.refusal()), "account:invalid_format");
}

}  // namespace
}  // namespace postern::handlers::native
