// Times every operation with Google Benchmark, whose options it takes.
#include <benchmark/benchmark.h>

#include <exception>
#include <string>

#include "bench/micro/operation.hpp"

namespace {

/// Large enough that asking whether to go on costs nothing beside the quickest operation.
constexpr std::size_t kBatch = 16;

void time_it(benchmark::State& state, const postern::bench::Operation& operation) {
  state.SetLabel(std::string(operation.title));
  try {
    const auto run = operation.prepare();
    while (state.KeepRunningBatch(kBatch)) run(kBatch);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const auto& operation : postern::bench::operations()) {
    benchmark::RegisterBenchmark(
        std::string(operation.name).c_str(),
        [operation](benchmark::State& state) { time_it(state, operation); });
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
