#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/fuzz/target.hpp"

// One program for all targets: POSTERN_FUZZ_TARGET names the one that is meant.

namespace {

postern::fuzz::Run chosen() {
  const char* name = std::getenv("POSTERN_FUZZ_TARGET");
  for (const auto& target : postern::fuzz::targets()) {
    if (name != nullptr && std::string_view(name) == target.name) return target.run;
  }
  std::cerr << "POSTERN_FUZZ_TARGET must be one of:";
  for (const auto& target : postern::fuzz::targets()) std::cerr << ' ' << target.name;
  std::cerr << '\n';
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const postern::fuzz::Run kRun = chosen();
  // What it throws ends the program, which keeps the input.
  kRun({reinterpret_cast<const char*>(data), size});
  return 0;
}
