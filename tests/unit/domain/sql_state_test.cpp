#include "domain/sql_state.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

TEST(SqlStates, SayWhatToDoNext) {
  for (const char* state : {"40001", "40P01"}) EXPECT_EQ(classify(state), Failure::Conflict);
  for (const char* state : {"0A000", "26000"}) EXPECT_EQ(classify(state), Failure::StalePlan);
  for (const char* state : {"08000", "08006", "57P01", "57P02", "57P03", "57P05", "25006", "25P03"})
    EXPECT_EQ(classify(state), Failure::Gone) << state;
  for (const char* state : {"53000", "53100", "53300", "57014", "55P03", "58030"})
    EXPECT_EQ(classify(state), Failure::Unavailable) << state;
  for (const char* state : {"", "23505", "42601", "42501", "22021", "25P02", "XX000"})
    EXPECT_EQ(classify(state), Failure::Defect) << state;
}

}  // namespace
}  // namespace postern::domain
