#include "domain/sweep_table.hpp"

namespace postern::domain {
namespace {

constexpr std::int64_t kBatch = 1000;
constexpr int kBatches = 100;

}  // namespace

void sweep_batches(const std::function<std::int64_t(std::int64_t most)>& sweep) {
  for (int batch = 0; batch < kBatches && sweep(kBatch) == kBatch; ++batch) {
  }
}

std::int64_t sweep_table(Services& services, const Statement& statement, Instant until) {
  std::int64_t deleted = 0;
  sweep_batches([&](std::int64_t most) {
    const std::int64_t now = services.database.run(statement, {until, most}).affected;
    deleted += now;
    return now;
  });
  return deleted;
}

}  // namespace postern::domain
