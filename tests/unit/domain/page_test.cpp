#include "domain/page.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace postern::domain {
namespace {

const Uuid kUuid = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");

TEST(Cursors, RoundTrip) {
  EXPECT_EQ(page_after_uuid({50, make_cursor(kUuid)}).value(), kUuid);
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1},
                                    std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(page_after_number({50, make_cursor(number)}).value(), number);
  EXPECT_EQ(page_after_uuid({50, std::nullopt}).value(), std::nullopt);
}

// CVE-2026-33504: a pagination token that was SQL.
TEST(Cursors, Cve202633504ForeignOnesAreRefused) {
  const std::string good = make_cursor(kUuid);
  for (const std::string& cursor :
       {std::string(), std::string("1"), std::string("' or 1=1 --"), good + "A", good + "=",
        good.substr(1), std::string(1'000'000, 'A'), make_cursor(std::int64_t{7}), kUuid.text()}) {
    const auto answer = page_after_uuid({50, cursor});
    ASSERT_FALSE(answer) << cursor.substr(0, 40);
    EXPECT_EQ(answer.error().code, Errc::InvalidInput);
    EXPECT_EQ(answer.error().field, "cursor");
  }
  EXPECT_FALSE(page_after_number({50, good}));
}

TEST(Cursors, R9LimitsAreOneToAHundred) {
  for (const std::uint32_t limit : {0U, 101U, 4'000'000'000U}) {
    const auto answer = page_after_uuid({limit, std::nullopt});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().field, "limit");
  }
  EXPECT_TRUE(page_after_uuid({1, std::nullopt}));
  EXPECT_TRUE(page_after_uuid({100, std::nullopt}));
}

TEST(Pages, EndWhereNothingIsLeft) {
  const auto key = [](std::int64_t item) { return item; };
  const auto whole = make_page(std::vector<std::int64_t>{1, 2}, {2, std::nullopt}, key);
  EXPECT_EQ(whole.items.size(), 2U);
  EXPECT_FALSE(whole.next_cursor);
  const auto cut = make_page(std::vector<std::int64_t>{1, 2, 3}, {2, std::nullopt}, key);
  EXPECT_EQ(cut.items, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(cut.next_cursor, make_cursor(std::int64_t{2}));
}

}  // namespace
}  // namespace postern::domain
