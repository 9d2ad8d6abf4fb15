#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

constexpr std::int64_t kBatch = 1000;
constexpr int kBatches = 100;

}  // namespace

std::int64_t sweep_table(Services& services, const Statement& statement, Instant until) {
  std::int64_t deleted = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    const std::int64_t now = services.database.run(statement, {until, kBatch}).affected;
    deleted += now;
    if (now < kBatch) break;
  }
  return deleted;
}

}  // namespace postern::domain
