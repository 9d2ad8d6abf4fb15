// Does one operation a given number of times, with the same inputs in every process: for valgrind,
// which counts.
//
//   bench_instructions --list             each operation's name and title, a tab between
//   bench_instructions OPERATION TIMES
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>

#include "bench/micro/fixed_nonces.hpp"
#include "bench/micro/operation.hpp"

namespace {

int list() {
  for (const auto& [name, title, prepare] : postern::bench::operations()) {
    std::printf("%.*s\t%.*s\n", static_cast<int>(name.size()), name.data(),
                static_cast<int>(title.size()), title.data());
  }
  return 0;
}

int complain(const char* what) {
  std::fprintf(stderr, "bench_instructions: %s\n", what);
  return 2;
}

int count(std::string_view name, std::string_view times_text) {
  const auto* operation = postern::bench::find_operation(name);
  if (operation == nullptr) return complain("there is no such operation");
  std::size_t times = 0;
  const char* const end = times_text.data() + times_text.size();
  const auto read = std::from_chars(times_text.data(), end, times);
  if (read.ec != std::errc() || read.ptr != end) return complain("TIMES is a number");
  postern::bench::fix_openssl_random();
  operation->prepare()(times);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string_view(argv[1]) == "--list") return list();
    if (argc == 3) return count(argv[1], argv[2]);
    return complain("OPERATION TIMES, or --list");
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
